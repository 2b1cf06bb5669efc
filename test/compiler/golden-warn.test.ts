import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DIAGNOSTICS } from '../../compiler/diagnostics/registry.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { compile } from '../../compiler/index.ts';

/**
 * Each folder of `test/golden/warn` is one thing that a policy may mean and hardly does: its files replace or add to those
 * of `test/golden/base`. `expected.txt` is what the analysis says on 20 November 2026; `npm run golden` rewrites it.
 */
const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const base = readFolder('base');
const names = readdirSync(`${golden}warn`).sort();
const NOW_MS = Date.UTC(2026, 10, 20, 10);

test('the policy that the cases start from draws no warning', () => {
  expect(check(base)).toEqual([]);
});

test.each(names)('%s', (name) => {
  const expected = `${golden}warn/${name}/expected.txt`;
  const found = checkCase(name);
  const text = renderText(found, { colour: false, width: 120 });
  if (process.env['MCPGW_GOLDEN'] === 'write') writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, 'utf8'));
  expect(found, 'one cause is one warning').toHaveLength(1);
  expect(found[0]?.help, 'a warning says what to do').not.toBeNull();
});

test('every warning of the analysis is among the cases', () => {
  const shown = new Set<string>(names.flatMap(checkCase).map(({ code }) => code));
  const codes = Object.keys(DIAGNOSTICS).filter((code) => code.startsWith('dead/') || code.startsWith('lint/'));
  expect(codes.filter((code) => !shown.has(code))).toEqual([]);
});

function checkCase(name: string): readonly Diagnostic[] {
  return check(new Map([...base, ...readFolder(`warn/${name}`)]));
}

function check(texts: ReadonlyMap<string, string>): readonly Diagnostic[] {
  const files = [...texts].map(([path, text]) => ({ path, text }));
  const { diagnostics, compiled } = compile({
    files: files.filter(({ path }) => path.endsWith('.yaml')),
    locks: files.filter(({ path }) => path.endsWith('.lock.json')),
    environment: 'production',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
    nowMs: NOW_MS,
  });
  expect(compiled, 'a warning stops nothing').not.toBeNull();
  return diagnostics;
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(golden + folder).filter((name) => /\.(?:yaml|lock\.json)$/.test(name));
  return new Map(files.map((name) => [name, readFileSync(`${golden}${folder}/${name}`, 'utf8')]));
}
