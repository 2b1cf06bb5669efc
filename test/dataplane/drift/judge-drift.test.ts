import { describe, expect, test } from 'vitest';
import { newsOf, NO_DRIFT, renderNamed, type NamedVerdict } from '../../../dataplane/drift/drift-alert.ts';
import { judgeDrift } from '../../../dataplane/drift/judge-drift.ts';
import { observeKind, type Observed } from '../../../dataplane/drift/observed.ts';
import { definitionDigest, type DefinitionKind } from '../../../dataplane/format/definition-digest.ts';
import { parseJsonTree } from '../../../dataplane/format/json-tree.ts';
import type { Catalog, Definition } from '../../../schemas/types/catalog.ts';

const LOOK =
  '{"name":"look","description":"Looks.","inputSchema":{"type":"object","properties":{"n":{"maximum":1.0}}}}';
const POST = '{"name":"post","inputSchema":{"type":"object"}}';
const ASK = '{"name":"ask","arguments":[{"name":"who"}]}';
const PAGE = '{"name":"page","uriTemplate":"docs://{page}"}';
/** Pending: nobody accepted it yet. */
const NEXT = '{"name":"next","inputSchema":{"type":"object"}}';

function digestOf(kind: DefinitionKind, text: string): string {
  const parsed = parseJsonTree(text);
  const digest = parsed.ok ? definitionDigest(kind, parsed.tree) : null;
  if (digest === null) throw new Error(`${text} is no definition`);
  return digest;
}

function definition(server: number, kind: DefinitionKind, name: string, text: string, pending = false): Definition {
  const digest = digestOf(kind, text);
  const effect = pending ? null : ('read' as const);
  return { server, kind, name, effect, tags: [], pending, digest, json: '{}', keys: null, headers: [] };
}

const catalog: Catalog = {
  format: 1,
  servers: [],
  definitions: [
    // Of another server, which has a tool of that name too.
    definition(0, 'tool', 'post', LOOK),
    definition(1, 'prompt', 'ask', ASK),
    definition(1, 'template', 'docs://{page}', PAGE),
    definition(1, 'tool', 'look', LOOK),
    definition(1, 'tool', 'next', NEXT, true),
    definition(1, 'tool', 'post', POST),
  ],
};
const [, ASK_AT, PAGE_AT, LOOK_AT, , POST_AT] = [...catalog.definitions.keys()];

type Lists = Readonly<Partial<Record<DefinitionKind, readonly string[]>>>;
const AS_REVIEWED = { tool: [LOOK, POST, NEXT], prompt: [ASK], template: [PAGE] };

async function observe(lists: Lists, complete = true): Promise<Observed> {
  const kind = (name: DefinitionKind) =>
    observeKind(
      name,
      (lists[name] ?? []).map((text) => Buffer.from(text)),
      complete,
    );
  return { tool: await kind('tool'), prompt: await kind('prompt'), template: await kind('template') };
}

const cases: readonly (readonly [
  name: string,
  lists: Lists,
  found: { readonly changed?: readonly (number | undefined)[]; readonly missing?: string; readonly added?: string },
])[] = [
  ['is offered as reviewed', AS_REVIEWED, {}],
  ['comes in another order', { ...AS_REVIEWED, tool: [NEXT, POST, LOOK] }, {}],
  [
    'has its members in another order, with other spaces',
    {
      ...AS_REVIEWED,
      tool: [
        '{ "inputSchema":{"properties":{"n":{"maximum":1.0}},"type":"object"},"description":"L\\u006foks.","name":"look"}',
        POST,
        NEXT,
      ],
    },
    {},
  ],
  [
    'has another `_meta` and other icons',
    { ...AS_REVIEWED, tool: [LOOK.replace('{', '{"_meta":{"x":1},"icons":[],'), POST, NEXT] },
    {},
  ],
  [
    'has another description',
    { ...AS_REVIEWED, tool: [LOOK.replace('Looks', 'Look'), POST, NEXT] },
    { changed: [LOOK_AT] },
  ],
  ['has another schema', { ...AS_REVIEWED, tool: [LOOK.replace('1.0', '1'), POST, NEXT] }, { changed: [LOOK_AT] }],
  [
    'says something new',
    { ...AS_REVIEWED, tool: [POST.replace('}}', '},"annotations":{}}'), LOOK, NEXT] },
    { changed: [POST_AT] },
  ],
  ['has another prompt', { ...AS_REVIEWED, prompt: [ASK.replace('who', 'whom')] }, { changed: [ASK_AT] }],
  ['has another template', { ...AS_REVIEWED, template: [PAGE.replace('"page"', '"leaf"')] }, { changed: [PAGE_AT] }],
  [
    'is two, one of them as reviewed',
    { ...AS_REVIEWED, tool: [POST, LOOK, POST.replace('}}', '},"title":"x"}'), NEXT] },
    { changed: [POST_AT] },
  ],
  ['comes twice the same', { ...AS_REVIEWED, tool: [POST, LOOK, POST, NEXT] }, {}],
  ['is not offered any more', { ...AS_REVIEWED, tool: [LOOK, NEXT] }, { missing: 'tool post' }],
  [
    'is now a prompt',
    { ...AS_REVIEWED, tool: [LOOK, NEXT], prompt: [ASK, POST] },
    { missing: 'tool post', added: 'prompt post' },
  ],
  ['is new', { ...AS_REVIEWED, tool: [...AS_REVIEWED.tool, '{"name":"new"}'] }, { added: 'tool new' }],
  ['is pending and changed', { ...AS_REVIEWED, tool: [LOOK, POST, '{"name":"next"}'] }, {}],
  ['is pending and gone', { ...AS_REVIEWED, tool: [LOOK, POST] }, {}],
  ['has no name', { ...AS_REVIEWED, tool: [...AS_REVIEWED.tool, '{"title":"x"}', '{"name":7}'] }, {}],
  [
    'is called like what every object has',
    { ...AS_REVIEWED, tool: [...AS_REVIEWED.tool, '{"name":"__proto__"}'] },
    { added: 'tool __proto__' },
  ],
];

describe('a definition', () => {
  test.each(cases)('%s', async (_name, lists, { changed = [], missing = '', added = '' }) => {
    const verdict = judgeDrift(catalog, 1, await observe(lists));
    const names = (list: typeof verdict.missing): string => list.map(({ kind, name }) => `${kind} ${name}`).join();
    expect([[...verdict.changed], names(verdict.missing), names(verdict.added)]).toEqual([changed, missing, added]);
    const isMissing = (at: number): boolean => missing === `tool ${catalog.definitions[at]?.name}`;
    const unconfirmed = [...catalog.definitions.keys()].filter(
      (at) => at > 0 && (changed.includes(at) || isMissing(at)),
    );
    expect([...verdict.unconfirmed]).toEqual(unconfirmed);
  });

  test('that a list without end does not show is neither missing nor confirmed', async () => {
    const verdict = judgeDrift(catalog, 1, await observe({ ...AS_REVIEWED, tool: [LOOK] }, false));
    expect(verdict).toEqual({ changed: new Set(), unconfirmed: new Set([POST_AT]), missing: [], added: [] });
  });
});

test('a long list is digested whole, and others have their turn', async () => {
  const items = Array.from({ length: 500 }, (_item, at) => Buffer.from(`{"name":"t${at}"}`));
  const observing = observeKind('tool', items, true);
  const other = new Promise((resolve) => setImmediate(resolve, 'another'));
  expect(await Promise.race([observing.then(() => 'the list'), other])).toBe('another');
  expect((await observing).digestsByName.size).toBe(500);
});

test('a name that a server makes up forges no line', () => {
  const name = `a"\n\u202Edrift: ok\u2028${'x'.repeat(500)}`;
  const shown = renderNamed({ kind: 'tool', name });
  expect(shown).toBe(`tool "a\\"\\n\u{fffd}drift: ok\u{fffd}${'x'.repeat(114)}…"`);
});

test('news is what was not said before', () => {
  const tool = (name: string) => ({ kind: 'tool' as const, name });
  const first: NamedVerdict = { changed: [tool('a'), tool('b')], missing: [tool('c')], added: [] };
  expect(newsOf(NO_DRIFT, first)).toEqual([
    { change: 'changed', definitions: [tool('a'), tool('b')] },
    { change: 'missing', definitions: [tool('c')] },
  ]);
  expect(newsOf(first, first)).toEqual([]);
  expect(newsOf(first, { changed: [tool('b')], missing: [tool('c')], added: [tool('d')] })).toEqual([
    { change: 'restored', definitions: [tool('a')] },
    { change: 'added', definitions: [tool('d')] },
  ]);
  // A prompt of that name is another thing.
  expect(newsOf(first, { ...first, missing: [{ kind: 'prompt', name: 'c' }] })).toEqual([
    { change: 'missing', definitions: [{ kind: 'prompt', name: 'c' }] },
  ]);
});
