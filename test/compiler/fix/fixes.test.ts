import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { applyFixes } from '../../../compiler/fix/apply-fixes.ts';
import { compile } from '../../../compiler/index.ts';

const golden = fileURLToPath(new URL('../../golden/', import.meta.url));
const base = readFolder('base');

/** What the fix of a golden case writes, as removed and inserted text; null where a person has to decide. */
const FIXES: readonly (readonly [name: string, fix: string | null])[] = [
  ['key-misspelt', 'usrs -> users'],
  ['key-misspelt-and-so-missing', 'ownr -> owner'],
  ['kind-unknown', 'Rol -> Role'],
  ['effect-of-unknown-tool', null],
  ['word-misspelt', 'raed -> read'],
  ['word-or-mapping-misspelt', 'redct -> redact'],
  ['reference-unknown', 'suport -> support'],
  ['assignment-unknown', 'tikets -> tickets'],
  ['identity-unknown', 'raeder -> reader'],
  ['tool-unknown', 'close_tickt -> close_ticket'],
  ['prompt-unknown', 'triaje -> triage'],
  ['tag-of-unknown-tool', 'clos_ticket -> close_ticket'],
  ['environment-unknown', 'prodution -> production'],
  ['text-is-a-number', "2026 -> '2026'"],
  ['text-is-a-boolean', "true -> 'true'"],
  ['list-is-a-text', 'support -> [support]'],
  ['item-twice', ', support -> '],
  ['yaml-unquoted-pattern', "* -> '*'"],
  ['yaml-unquoted-at', "@acme/support -> '@acme/support'"],
  ['yaml-comment-without-space', ' ->  '],
  ['condition-begins-with-tag', "!has(args.state) -> '!has(args.state)'"],
  ['condition-begins-with-quote', `"a" == principal.id -> '"a" == principal.id'`],
  ['cel-field-misspelt', 'di -> id'],
  // Decisions:
  ['condition-cut-by-comma', null],
  ['condition-cut-by-bracket', null],
  ['cel-comment-behind', null],
  ['key-unlike-any', null],
  ['keys-both', null],
  ['name-with-capitals', null],
  ['value-is-a-comment', null],
  ['mapping-is-nothing', null],
  ['yaml-alias', null],
  ['yaml-tag', null],
  ['yaml-tab', null],
  ['yaml-invisible-in-name', null],
  ['yaml-duplicate-key', null],
  ['yaml-inexact-number', null],
  ['lock-edited-by-hand', null],
  ['url-without-scheme', null],
];

test.each(FIXES)('%s: %s', (name, expected) => {
  const [diagnostic] = check(new Map([...base, ...readFolder(`err/${name}`)]));
  const edits = diagnostic?.fix?.edits ?? [];
  const written = edits.map(({ span, insert }) => `${span.file.text.slice(span.start, span.end)} -> ${insert}`);
  expect(written).toEqual(expected === null ? [] : [expected]);
});

const names = readdirSync(`${golden}err`).sort();

describe('every fix mends what it is offered for', () => {
  const fixable = names.flatMap((name) => {
    const texts = new Map([...base, ...readFolder(`err/${name}`)]);
    const found = check(texts);
    return found.some(({ fix }) => fix !== null) ? [[name, texts, found] as const] : [];
  });
  test.each(fixable)('%s', (_name, texts, found) => {
    const { texts: changed, applied } = applyFixes(found, texts);
    expect(applied).toHaveLength(1);
    const left = check(new Map([...texts, ...changed]));
    // What was hidden behind it may come to light.
    const still = left.filter(({ code, message }) => found[0]?.code === code && found[0].message === message);
    expect(still).toEqual([]);
  });
});

test('of fixes about the same place only the first is applied, and none to a text that is another by now', () => {
  const file = { path: 'a.yaml', text: 'one two three' };
  const fixOf = (start: number, end: number, insert: string): Diagnostic => ({
    code: 'policy/bad-text',
    severity: 'error',
    message: insert,
    span: { file, start, end },
    help: null,
    related: [],
    fix: { title: insert, edits: [{ span: { file, start, end }, insert }] },
  });
  const diagnostics = [fixOf(0, 3, '1'), fixOf(0, 7, '12'), fixOf(8, 13, '3')];
  const { texts, applied } = applyFixes(diagnostics, new Map([['a.yaml', file.text]]));
  expect(texts.get('a.yaml')).toBe('1 two 3');
  expect(applied.map(({ fix }) => fix.title)).toEqual(['1', '3']);
  expect(applyFixes(diagnostics, new Map([['a.yaml', 'other']])).applied).toEqual([]);
});

test('where two candidates are near, a person decides', () => {
  const texts = new Map(base);
  texts.set('more.yaml', 'kind: Team\nname: supports\nmembers: { groups: [more] }\n');
  texts.set('grant.yaml', (base.get('grant.yaml') ?? '').replace('[support]', '[suport]'));
  const found = check(texts).filter(({ code }) => code === 'link/unknown-reference');
  expect(found).toMatchObject([{ help: 'did you mean `support`?', fix: null }]);
});

function check(texts: ReadonlyMap<string, string>): readonly Diagnostic[] {
  const files = [...texts].map(([path, text]) => ({ path, text }));
  const { diagnostics } = compile({
    files: files.filter(({ path }) => path.endsWith('.yaml')),
    locks: files.filter(({ path }) => path.endsWith('.lock.json')),
    environment: 'production',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
  });
  return diagnostics;
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(golden + folder).filter((name) => /\.(?:yaml|lock\.json)$/.test(name));
  return new Map(files.map((name) => [name, readFileSync(`${golden}${folder}/${name}`, 'utf8')]));
}
