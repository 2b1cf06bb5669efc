import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Example } from '../../../compiler/diagnostics/explanations/explanation.ts';
import { EXPLANATIONS } from '../../../compiler/diagnostics/explanations/index.ts';
import { DIAGNOSTICS, type DiagnosticCode } from '../../../compiler/diagnostics/registry.ts';
import { renderCodesMarkdown } from '../../../compiler/diagnostics/render-page.ts';
import { compile } from '../../../compiler/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const base = readFolder(`${root}test/golden/base/`);
const codes = Object.keys(DIAGNOSTICS) as readonly DiagnosticCode[];

/** A code that nothing reports yet has examples that cannot be tried. */
const compilerText = readdirSync(`${root}compiler`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/registry\.ts$|explanations\//.test(path))
  .map((path) => readFileSync(`${root}compiler/${path}`, 'utf8'))
  .join('\n');
/** The schemas refuse this before, as `policy/empty`. */
const unreachable: readonly DiagnosticCode[] = ['link/empty-match'];
const reported = codes.filter((code) => compilerText.includes(`'${code}'`) && !unreachable.includes(code));

describe('the examples are tried in a policy that is otherwise without mistakes', () => {
  test.each(reported)('%s', (code) => {
    const { wrong, right, isWhole = false } = EXPLANATIONS[code];
    const mistakes = diagnose(wrong, isWhole);
    expect(mistakes.map((found) => found.code)).toContain(code);
    const errors = mistakes.filter(({ severity }) => severity === 'error');
    expect(errors.map((found) => found.code)).toEqual(DIAGNOSTICS[code].severity === 'error' ? [code] : []);
    const rest = diagnose(right, isWhole).filter((found) => found.severity === 'error' || found.code === code);
    expect(rest.map(({ code: other, message }) => `${other}: ${message}`)).toEqual([]);
  });
});

test.each(codes)('the texts about %s are sentences', (code) => {
  const { meaning, remedy, wrong, right } = EXPLANATIONS[code];
  for (const text of [DIAGNOSTICS[code].summary, meaning, remedy]) expect(text).toMatch(/^[A-Z`0-9][^\n]*\.$/);
  if (reported.includes(code)) expect(wrong).not.toEqual(right);
});

/** `npm run golden` rewrites it. */
test('the list of all codes is that of the registry', () => {
  const path = `${root}compiler/diagnostics/CODES.md`;
  if (process.env['MCPGW_GOLDEN'] === 'write') writeFileSync(path, renderCodesMarkdown());
  expect(renderCodesMarkdown()).toBe(readFileSync(path, 'utf8'));
});

/** An example takes the place of the documents of the base that have its names. */
function diagnose(example: Example, isWhole: boolean) {
  const texts = typeof example === 'string' ? { 'example.yaml': example } : example;
  const names = new Set(Object.values(texts).flatMap(namesIn));
  const isKept = (path: string, text: string): boolean =>
    !isWhole && !(path in texts) && !namesIn(text).some((name) => names.has(name));
  const kept = [...base].filter(([path, text]) => isKept(path, text));
  const files = [...kept, ...Object.entries(texts)].map(([path, text]) => ({ path, text }));
  return compile({
    files: files.filter(({ path }) => path.endsWith('.yaml')),
    locks: files.filter(({ path }) => path.endsWith('.lock.json')),
    environment: 'production',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
    nowMs: Date.parse('2026-11-20T12:00:00Z'),
  }).diagnostics;
}

/** `Kind/name`, also of what is not YAML. */
function namesIn(text: string): readonly string[] {
  return text.split(/^---$/m).flatMap((document) => {
    const kind = /^kind: (\w+)/m.exec(document)?.[1] ?? 'Role';
    const name = /^name: (\S+)/m.exec(document)?.[1];
    return name === undefined ? [] : [`${kind}/${name}`, ...(kind === 'Workspace' ? ['Workspace/acme'] : [])];
  });
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(folder + name, 'utf8')]));
}
