import { expect, test } from 'vitest';
import { collectDiagnostics } from '../../../compiler/diagnostics/collect.ts';
import type { Diagnostic, SourceFile, Span } from '../../../compiler/diagnostics/diagnostic.ts';
import type { Document, ReadResult } from '../../../compiler/source/document.ts';
import { readDocuments } from '../../../compiler/source/read-documents.ts';

const TEAM = 'kind: Team\nname: payments\nmembers: { groups: [payments-eng] }\n';

function read(...texts: readonly string[]): ReadResult & { readonly diagnostics: readonly Diagnostic[] } {
  const files = texts.map((text, at): SourceFile => ({ path: `${at}.yaml`, text }));
  const collector = collectDiagnostics();
  return { ...readDocuments(files, collector.report), diagnostics: collector.diagnostics() };
}

function only({ documents, diagnostics }: ReturnType<typeof read>): Document {
  expect(diagnostics).toEqual([]);
  const [document] = documents;
  if (document === undefined || documents.length !== 1) throw new Error('expected one document');
  return document;
}

function written({ file, start, end }: Span): string {
  return file.text.slice(start, end);
}

test('a document has its kind, name and value', () => {
  const document = only(read(TEAM));
  expect(document).toMatchObject({ kind: 'Team', name: 'payments' });
  expect(document.value).toEqual({ kind: 'Team', name: 'payments', members: { groups: ['payments-eng'] } });
  expect(written(document.span)).toBe('payments');
});

const sameMeaning: readonly [name: string, text: string][] = [
  ['CRLF line ends', TEAM.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${TEAM}`],
  ['a document marker', `---\n${TEAM}`],
  ['a document end', `${TEAM}...\n`],
  ['comments around', `# our people\n\n${TEAM}\n# the end\n`],
  ['quotes and blocks', 'kind: "Team"\nname: >-\n  payments\nmembers:\n  groups:\n    - \'payments-eng\'\n'],
  ['another order of keys', 'members: { groups: [payments-eng] }\nname: payments\nkind: Team\n'],
];

test.each(sameMeaning)('%s does not change what a document means', (_name, text) => {
  expect(only(read(text)).value).toEqual(only(read(TEAM)).value);
});

test('the order of the files does not matter', () => {
  const files = ['b', 'a', 'c'].map((path) => ({ path: `${path}.yaml`, text: TEAM.replace('payments', path) }));
  const names = (order: readonly SourceFile[]): readonly string[] =>
    readDocuments(order, () => {}).documents.map(({ name }) => name);
  expect(names(files)).toEqual(['a', 'b', 'c']);
  expect(names(files.toReversed())).toEqual(['a', 'b', 'c']);
});

test('words that older versions of YAML took for booleans and dates are texts', () => {
  const { value } = only(read(TEAM.replace('[payments-eng]', '[no, yes, on, off, y, 2027-03-31, 1_000, 08:30]')));
  expect(value).toMatchObject({ members: { groups: ['no', 'yes', 'on', 'off', 'y', '2027-03-31', '1_000', '08:30'] } });
});

test('keys are texts, whatever they look like, and none reaches a prototype', () => {
  const text =
    'kind: Gateway\nname: g\nservers: { a: { rename: { __proto__: x, 007: y, true: z, constructor: w } } }\n';
  const document = only(read(text));
  const rename = document.kind === 'Gateway' ? document.value.servers['a']?.rename : undefined;
  expect(Object.entries(rename ?? {})).toEqual([
    ['__proto__', 'x'],
    ['007', 'y'],
    ['true', 'z'],
    ['constructor', 'w'],
  ]);
  expect(rename?.['toString']).toBeUndefined();
});

const places: readonly [name: string, path: readonly (string | number)[], part: 'key' | 'value', text: string][] = [
  ['a value', ['name'], 'value', 'payments'],
  ['a key', ['members', 'groups'], 'key', 'groups'],
  ['an item', ['members', 'groups', 1], 'value', '"b c"'],
  ['the key of an item, which has none', ['members', 'groups', 1], 'key', '"b c"'],
  ['a mapping in braces', ['members'], 'value', '{ groups: [a, "b c"] }'],
  ['a block scalar', ['disabled', 'message'], 'value', '>-\n    frozen\n    now'],
  ['a mapping in lines, to its last value', ['disabled'], 'value', 'message: >-\n    frozen\n    now'],
  ['what is absent in a mapping', ['members', 'users', 0], 'value', 'members'],
  ['what is absent in the document', ['github'], 'value', 'payments'],
];

test.each(places)('the place of %s', (_name, path, part, text) => {
  const source = `kind: Team\nname: payments\nmembers: { groups: [a, "b c"] }\ndisabled:\n  message: >-\n    frozen\n    now\n`;
  expect(written(only(read(source)).spanAt(path, part))).toBe(text);
});

const inside: readonly [name: string, message: string, start: number, end: number, text: string][] = [
  ['plain', 'frozen now', 7, 10, 'now'],
  ['single-quoted', "'it''s frozen'", 2, 4, "''s"],
  ['double-quoted', '"fro\\u007aen now"', 3, 5, '\\u007ae'],
  ['folded', '>-\n    frozen\n    now', 7, 10, 'now'],
  ['nothing', 'frozen now', 3, 3, ''],
  ['past the end', 'frozen', 4, 99, 'en'],
];

test.each(inside)('the place of characters inside a %s text', (_name, message, start, end, text) => {
  const document = only(read(`${TEAM}disabled:\n  message: ${message}\n`));
  expect(written(document.spanInside(['disabled', 'message'], start, end))).toBe(text);
});

test('a mistake hides no other, in its document, its file and other files', () => {
  const { diagnostics, documents } = read(
    `kind: Team\nname: Payments\nmembers: { grups: [a], users: [ana] }\nslack: x\n---\nkind: Tem\nname: b\n---\n${TEAM}`,
    'kind: Robot\nname: "r\n---\nkind: Robot\nname: s\nowner: [payments]\nexpires: 2027-02-30\n',
  );
  expect(diagnostics.map(({ code, span }) => `${span.file.path}: ${code} ${written(span)}`)).toEqual([
    '0.yaml: policy/bad-name Payments',
    '0.yaml: policy/unknown-key grups',
    '0.yaml: policy/bad-text ana',
    '0.yaml: policy/unknown-key slack',
    '0.yaml: policy/unknown-kind Tem',
    '1.yaml: yaml/syntax "r',
    '1.yaml: policy/wrong-type [payments]',
    '1.yaml: policy/bad-date 2027-02-30',
  ]);
  expect(documents.map(({ name }) => name)).toEqual(['payments']);
});

const broken: readonly [name: string, text: string, names: readonly string[]][] = [
  ['with a mistake', 'kind: Team\nname: a\nmembers: {}\n', ['Team/a']],
  ['that is no YAML', 'kind: Team\nname: a\nmembers: [\n', ['Team/a']],
  ['whose name lacks its space', 'kind: Team\nname:a\nmembers: {}\n', ['Team/a']],
  ['with a misspelt kind', 'kind: Tem\nname: a\n', ['Team/a']],
  ['with a misspelt key of its name', 'kind: Team\nnme: a\nmembers: { groups: [x] }\n', ['Team/a']],
  ['whose name has capitals', 'kind: Team\nname: Pay Ments\n', ['Team/Pay Ments', 'Team/pay-ments']],
  ['whose name is a number', 'kind: Team\nname: 7\nmembers: { groups: [x] }\n', ['Team/7']],
  ['of a kind that is not supported', 'kind: Approval\nname: a\n', []],
  ['with an alias', 'kind: Team\nname: a\nmembers: *m\n', ['Team/a']],
];

test.each(broken)('a document %s is remembered by name', (_name, text, names) => {
  const { documents, broken } = read(text);
  expect(documents).toEqual([]);
  expect([...broken].sort()).toEqual([...names].sort());
});

test('a document of a kind that nobody can guess counts as any of them', () => {
  expect(read('name: a\nmembers: {}\n').broken).toContain('Team/a');
  expect(read('kind: Deployment\nname: a\n').broken).toContain('Grant/a');
});

const bounded: readonly [name: string, text: string][] = [
  ['a file that is too long', '#'.repeat(5_000_000)],
  ['a file of too many documents', '---\nkind: Team\n'.repeat(10_001)],
  ['brackets without end', '['.repeat(100_000)],
  ['braces without end', '{a: '.repeat(100_000)],
  ['lists within lists', '- '.repeat(100_000)],
  ['too many items', `a: [${'x,'.repeat(300_000)}]`],
];

test.each(bounded)('%s is refused, not read', (_name, text) => {
  const { diagnostics } = read(text);
  expect(diagnostics.map(({ code }) => code)).toContain('yaml/too-large');
});

test('a file says at most a thousand things', () => {
  expect(read('kind: Tem\n---\n'.repeat(5_000)).diagnostics).toHaveLength(1_000);
});
