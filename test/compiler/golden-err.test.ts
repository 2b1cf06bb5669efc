import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { DIAGNOSTICS } from '../../compiler/diagnostics/registry.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { compile } from '../../compiler/index.ts';

/**
 * Each folder of `test/golden/err` is one mistake: its files replace or add to those of `test/golden/base`, which is
 * complete and correct. `expected.txt` is what the compiler says; `npm run golden` rewrites it, and the diff is what to
 * read.
 */
const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const base = readFolder('base');
const names = readdirSync(`${golden}err`).sort();

test('the policy that the cases start from has no mistake', () => {
  expect(check(base)).toEqual([]);
});

test.each(names)('%s', (name) => {
  const expected = `${golden}err/${name}/expected.txt`;
  const found = checkCase(name);
  const text = renderText(found, { colour: false, width: 120 });
  if (process.env['MCPGW_GOLDEN'] === 'write') writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, 'utf8'));
  expect(found, 'one mistake is one diagnostic').toHaveLength(1);
  expect(found[0]?.help, 'a diagnostic says what to do').not.toBeNull();
});

test('every diagnostic that the compiler reports is among the cases', () => {
  const shown = new Set<string>(names.flatMap(checkCase).map(({ code }) => code));
  const reported = compilerText();
  const missing = Object.keys(DIAGNOSTICS).filter((code) => reported.includes(`'${code}'`) && !shown.has(code));
  // The analysis has cases of its own for what it warns of.
  expect(missing.filter((code) => !/^(?:dead|lint)\//.test(code))).toEqual([]);
});

/** All of the compiler's source but the registry, where every code stands. */
function compilerText(): string {
  const root = fileURLToPath(new URL('../../compiler/', import.meta.url));
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/registry\.ts$|explanations\//.test(path))
    .map((path) => readFileSync(root + path, 'utf8'))
    .join('\n');
}

function checkCase(name: string): readonly Diagnostic[] {
  return check(new Map([...base, ...readFolder(`err/${name}`)]));
}

function check(texts: ReadonlyMap<string, string>): readonly Diagnostic[] {
  const files = [...texts].map(([path, text]) => ({ path, text }));
  return compile({
    files: files.filter(({ path }) => path.endsWith('.yaml')),
    locks: files.filter(({ path }) => path.endsWith('.lock.json')),
    environment: 'production',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
  }).diagnostics;
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(golden + folder).filter((name) => /\.(?:yaml|lock\.json)$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(`${golden}${folder}/${name}`, 'utf8')]));
}
