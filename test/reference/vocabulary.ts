import type { Schema } from './arguments.ts';
import type { Comparison, Condition, Path, Term } from './expression.ts';

/** Arguments that tools may declare. A name has one type wherever it is declared, so that conditions may reach many tools. */
export const ARGUMENTS = {
  n: { type: 'integer' },
  amount: { type: 'number' },
  flag: { type: 'boolean' },
  title: { type: 'string' },
  state: { type: 'string', enum: ['open', 'closed'] },
  level: { type: 'integer', enum: [1, 2, 3] },
  who: {
    type: 'object',
    properties: { id: { type: 'integer' }, label: { type: 'string' } },
    required: ['id'],
  },
  labels: { type: 'array', items: { type: 'string' } },
  note: { type: ['string', 'null'] },
  'repo-name': { type: 'string' },
  uri: { type: 'string' },
} as const satisfies Record<string, Schema>;
export type ArgumentName = keyof typeof ARGUMENTS;
export const ARGUMENT_NAMES = Object.keys(ARGUMENTS) as readonly ArgumentName[];

/** JSON texts to send, good ones first. */
export const SENT: Readonly<Record<ArgumentName, readonly string[]>> = {
  n: [
    '1',
    '5',
    '0',
    '-7',
    '5.0',
    '1e3',
    '9007199254740993',
    '9223372036854775807',
    '1e18',
    '9223372036854775808',
    '1.5',
    '"1"',
    'null',
  ],
  amount: ['2.5', '3', '0.1', '-0', '1e300', '9007199254740993', '1e400', '"2"', 'true'],
  flag: ['true', 'false', '"true"', 'null'],
  title: ['"a"', '""', '"aa"', '"é😀"', '"abcdef"', '1', 'null'],
  state: ['"open"', '"closed"', '"Open"', '1'],
  level: ['1', '2', '2.0', '4', '"2"'],
  who: [
    '{"id":1}',
    '{"id":1,"label":"x"}',
    '{"id":2,"label":"y"}',
    '{"label":"x"}',
    '{"id":"1"}',
    '{"id":1,"ID":2}',
    '{"id":1,"other":2}',
    '[]',
    'null',
  ],
  labels: ['[]', '["bug"]', '["bug","longer"]', '["a","bug","bug"]', '[1]', '"bug"'],
  note: ['null', '"x"', '"y"', '1'],
  'repo-name': ['"x"', '"y"', 'false'],
  uri: ['"repo://acme/web/readme"', '"docs://guide"', '1'],
};

/** A leaf of a condition, and what it reads of optional things; null: nothing that may be absent. */
export interface Atom {
  readonly path: Path | null;
  readonly condition: Condition;
}

const path = (root: Path['root'], ...names: readonly string[]): Path => ({ root, names });
const read = (of: Path): Term => ({ is: 'path', path: of });
const int = (value: bigint): Term => ({ is: 'int', value });
const double = (value: number): Term => ({ is: 'double', value });
const text = (value: string): Term => ({ is: 'string', value });
const compare = (left: Term, operator: Comparison, right: Term): Condition => ({
  is: 'compare',
  operator,
  left,
  right,
});
const atom = (of: Path, make: (term: Term) => Condition): Atom => ({ path: of, condition: make(read(of)) });
const always = (condition: Condition): Atom => ({ path: null, condition });

const args = (...names: readonly string[]): Path => path('args', ...names);
const calculated =
  (operator: '+' | '*' | '/' | '%' | '-', right: bigint) =>
  (left: Term): Term => ({
    is: 'arithmetic',
    operator,
    left,
    right: int(right),
  });

export const ATOMS: readonly Atom[] = [
  always({ is: 'constant', value: true }),
  always({ is: 'constant', value: false }),
  atom(args('n'), (n) => compare(n, '<', int(5n))),
  atom(args('n'), (n) => compare(n, '==', int(9007199254740993n))),
  atom(args('n'), (n) => compare(n, '>', int(9223372036854775806n))),
  atom(args('n'), (n) => compare(calculated('+', 1n)(n), '>', int(0n))),
  atom(args('n'), (n) => compare(calculated('*', 3n)(n), '!=', int(15n))),
  atom(args('n'), (n) => compare({ is: 'arithmetic', operator: '/', left: int(10n), right: n }, '>=', int(2n))),
  atom(args('n'), (n) => compare(calculated('%', 3n)(n), '==', int(-1n))),
  atom(args('n'), (n) => compare(n, '<=', double(2.5))),
  atom(args('amount'), (amount) => compare(amount, '<=', double(2.5))),
  atom(args('amount'), (amount) => compare(amount, '==', int(3n))),
  atom(args('amount'), (amount) => compare(amount, '>', int(9007199254740992n))),
  { path: args('flag'), condition: { is: 'path', path: args('flag') } },
  { path: args('flag'), condition: { is: 'not', of: { is: 'path', path: args('flag') } } },
  atom(args('title'), (title) => compare({ is: 'size', of: title }, '<=', int(2n))),
  atom(args('title'), (title) => compare(title, '==', text('aa'))),
  atom(args('title'), (title) => ({ is: 'text', method: 'startsWith', of: title, with: 'a' })),
  atom(args('title'), (title) => ({ is: 'text', method: 'contains', of: title, with: '😀' })),
  atom(args('state'), (state) => compare(state, '==', text('open'))),
  atom(args('state'), (state) => compare(state, '!=', text('open'))),
  atom(args('state'), (state) => ({
    is: 'in',
    item: state,
    list: { is: 'list', items: [text('closed'), text('open')] },
  })),
  atom(args('level'), (level) => compare(level, '>=', int(2n))),
  atom(args('who', 'id'), (id) => compare(id, '==', int(1n))),
  atom(args('who', 'label'), (label) => compare(label, '==', text('x'))),
  atom(args('labels'), (labels) => ({ is: 'in', item: text('bug'), list: labels })),
  atom(args('labels'), (labels) => compare({ is: 'size', of: labels }, '==', int(0n))),
  atom(args('labels'), (labels) => compare({ is: 'element', of: labels, at: 0 }, '==', text('bug'))),
  ...(['some', 'every', 'one'] as const).map((is) =>
    atom(args('labels'), (labels) => ({
      is,
      list: labels,
      variable: 'label',
      body: compare({ is: 'variable', name: 'label' }, '==', text('bug')),
    })),
  ),
  atom(args('note'), (note) => compare(note, '==', { is: 'null' })),
  atom(args('note'), (note) => compare(note, '==', text('x'))),
  atom(args('repo-name'), (name) => compare(name, '==', text('x'))),
  atom(args('uri'), (uri) => compare(uri, '==', text('repo://acme/web/readme'))),
  atom(args('uri'), (uri) => ({ is: 'text', method: 'startsWith', of: uri, with: 'repo://' })),
  atom(args('uri'), (uri) => ({ is: 'text', method: 'contains', of: uri, with: 'guide' })),
  { path: path('claims', 'mfa'), condition: { is: 'path', path: path('claims', 'mfa') } },
  atom(path('claims', 'tier'), (tier) => compare(tier, '==', text('gold'))),
  atom(path('claims', 'level'), (level) => compare(level, '>=', int(2n))),
  atom(path('claims', 'ratio'), (ratio) => compare(ratio, '<', int(1n))),
  atom(path('claims', 'regions'), (regions) => ({ is: 'in', item: text('eu'), list: regions })),
  always(compare(read(path('principal', 'kind')), '==', text('robot'))),
  always(compare(read(path('principal', 'email')), '==', text('ana@acme.dev'))),
  always(compare(read(path('principal', 'id')), '==', text('corp:u1'))),
  always(compare(read(path('client', 'id')), '==', text('https://apps.dev/one'))),
  always(compare({ is: 'now' }, '<', { is: 'instant', iso: '2026-11-20T10:00:00Z' })),
  always(compare({ is: 'part', method: 'getFullYear' }, '==', int(2026n))),
  always(compare({ is: 'part', method: 'getDayOfWeek' }, '<=', int(3n))),
  always(compare({ is: 'part', method: 'getHours' }, '<', int(12n))),
  always(compare(read(path('gateway', 'name')), '==', text('desk'))),
];

/** Only where no resource is reached, which is neither tool nor prompt. */
export const TOOL_ATOMS: readonly Atom[] = [
  always(compare(read(path('tool', 'effect')), '==', text('read'))),
  always(compare(read(path('tool', 'server')), '==', text('github'))),
  always({ is: 'text', method: 'startsWith', of: read(path('tool', 'name')), with: 'get' }),
  always({ is: 'in', item: text('egress'), list: read(path('tool', 'tags')) }),
];

/** Workspace.claims. */
export const CLAIMS: Readonly<Record<string, string>> = {
  mfa: 'bool',
  tier: 'string?',
  level: 'int?',
  ratio: 'double',
  regions: 'list?',
};

export const APPS = ['https://apps.dev/one', 'https://apps.dev/two', 'https://apps.dev/other'] as const;

/** Names of arguments that prompts may declare, which are texts. */
export const PROMPT_ARGUMENTS = ['title', 'repo-name', 'uri'] as const;

/** Resources that servers may have: for every two patterns, and every pattern and template, that can name the same one, such a one. */
export const URIS = [
  'repo://acme/web/readme',
  'repo://acme/web/secret',
  'repo://acme/api/readme',
  'repo://acme/web/readme?ref=main',
  'repo://acme/web/deep/readme',
  'docs://guide',
  'docs://guide/intro',
  'docs://guide/readme',
  'docs://guide/intro?page=2',
  'urn:x:1',
  'p+docs://guide',
  'ui://readme',
  'ui://p+chart',
] as const;

/** Ways to write some of them that are refused, and what only a server with opaque URIs has. */
export const ODD_URIS = [
  'repo://acme/api/../web/readme',
  'REPO://acme/web/readme',
  'repo://acme/%77eb/readme',
  'repo://acme//web/readme',
  'repo://acme/web/readme#top',
  'NOTE|1',
] as const;

export const URI_PATTERNS = [
  'repo://acme/*/readme',
  'repo://acme/web/*',
  'repo://**',
  'repo://acme/web/readme',
  'repo://acme/*/readme?ref=*',
  'docs://**',
  'docs://guide/*',
  'docs://**?page=*',
  'urn:*',
  'ui://*',
  '**/readme',
  '**',
  'NOTE|1',
] as const;

export const TEMPLATES = [
  'docs://guide{/page}',
  'docs://{+path}',
  'repo://acme/{name}/readme',
  'repo://acme/{name}/readme{?ref}',
  'ui://{page}',
  'urn:{kind}:1',
] as const;
