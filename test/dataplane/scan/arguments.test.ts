import { expect, test } from 'vitest';
import { checkArguments } from '../../../dataplane/mcp/arguments.ts';
import type { KeyTree } from '../../../schemas/types/catalog.ts';

/** As the catalog has it for { repo, amount, to: { iban }, lines: [{ sku, tags: [] }], "größe", Repo_Name }. */
const KEYS: KeyTree = {
  properties: {
    repo: null,
    amount: null,
    to: { properties: { iban: null }, items: null },
    lines: { properties: {}, items: { properties: { sku: null, tags: null }, items: null } },
    größe: null,
    Repo_Name: null,
  },
  items: null,
};

function check(text: string, keys: KeyTree | null = KEYS) {
  const body = Buffer.from(`  ${text} `);
  return checkArguments(body, { start: 2, end: body.length - 1 }, keys);
}

const accepted: [name: string, text: string][] = [
  ['declared names', '{"repo":"a","amount":1,"to":{"iban":"x"},"lines":[{"sku":1},{"tags":[]}]}'],
  ['undeclared names that resemble none', '{"other":1,"to":{"bic":"x"}}'],
  ['names of another level', '{"sku":1,"to":{"AMOUNT":1}}'],
  ['anything below what is not declared further', '{"repo":{"REPO":{"Amount":1}}}'],
  ['a name in other letters than ASCII, escaped as Python does', '{"gr\\u00f6\\u00dfe":1}'],
  ['a declared object that is something else', '{"to":[{"IBAN":1}],"lines":{"SKU":1}}'],
  ['nothing', '{}'],
];

test.each(accepted)('arguments with %s are accepted', (_name, text) => {
  expect(check(text)).toBeNull();
});

const refused: [name: string, text: string, path: readonly (string | number)[], known: string][] = [
  ['another case', '{"Amount":1}', ['Amount'], 'amount'],
  ['an escape', '{"\\u0061mount":1}', ['amount'], 'amount'],
  ['another case of a name in capitals', '{"repo_name":1}', ['repo_name'], 'Repo_Name'],
  ['a Kelvin sign', '{"lines":[{"s\u{212a}u":1}]}', ['lines', 0, 's\u{212a}u'], 'sku'],
  ['a long s', '{"to":{},"lines":[{"\u017fku":1}]}', ['lines', 0, '\u017fku'], 'sku'],
  ['a zero-width space', '{"re\u200bpo":1}', ['re\u200bpo'], 'repo'],
  ['a control character', '{"repo\\u0000":1}', ['repo\u0000'], 'repo'],
  ['a soft hyphen', '{"re\u00adpo":1}', ['re\u00adpo'], 'repo'],
  ['a tag character', '{"repo\u{e0041}":1}', ['repo\u{e0041}'], 'repo'],
  ['case beside the real one', '{"repo":1,"REPO":2}', ['REPO'], 'repo'],
  ['case in an object below', '{"to":{"IBAN":"x"}}', ['to', 'IBAN'], 'iban'],
  ['case in a list', '{"lines":[{"sku":1},{"sku":2},{"Sku":3}]}', ['lines', 2, 'Sku'], 'sku'],
  ['sharp s written out', '{"GR\u00d6SSE":1}', ['GR\u00d6SSE'], 'größe'],
  ['capital sharp s', '{"gr\u00f6\u1e9ee":1}', ['gr\u00f6\u1e9ee'], 'größe'],
];

test.each(refused)('%s makes a look-alike of a declared name', (_name, text, path, known) => {
  expect(check(text)).toEqual({ reason: 'look-alike-key', path, known });
});

test('two declared names that fold alike may both be used', () => {
  const both: KeyTree = { properties: { id: null, ID: null }, items: null };
  expect(check('{"id":1,"ID":2}', both)).toBeNull();
  expect(check('{"Id":1}', both)).toMatchObject({ reason: 'look-alike-key' });
});

test('names with a meaning in JavaScript are names like others', () => {
  const keys: KeyTree = { properties: { ['__proto__']: null, constructor: null }, items: null };
  expect(check('{"__proto__":1,"constructor":2,"toString":3}', keys)).toBeNull();
  expect(check('{"Constructor":2}', keys)).toMatchObject({ known: 'constructor' });
});

test('a schema that declares nothing asks nothing', () => {
  expect(check('{"a":1,"A":2}', null)).toBeNull();
});
