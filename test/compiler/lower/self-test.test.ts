import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compile } from '../../../compiler/index.ts';
import { readTar } from '../../../dataplane/format/ustar.ts';
import type { SelfTest } from '../../../schemas/types/selftest.ts';

const folder = fileURLToPath(new URL('../../golden/base/', import.meta.url));

/** The self-test of the policy of the golden cases, some of its documents replaced. */
function selfTestOf(replaced: Readonly<Record<string, string>> = {}): SelfTest {
  const texts = readdirSync(folder).map((path) => ({
    path,
    text: replaced[path] ?? readFileSync(folder + path, 'utf8'),
  }));
  const { compiled, diagnostics } = compile({
    files: texts.filter(({ path }) => path.endsWith('.yaml')),
    locks: texts.filter(({ path }) => path.endsWith('.lock.json')),
    environment: 'production',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const tar = readTar(compiled?.bundle().tar ?? Buffer.alloc(0));
  const entry = tar.ok ? tar.entries.find(({ path }) => path === 'selftest.json') : undefined;
  return JSON.parse(entry?.bytes.toString('utf8') ?? 'null') as SelfTest;
}

test('of tools, prompts and resources one is allowed and one is not', () => {
  const { decisions } = selfTestOf();
  const found = new Set(decisions.map(({ what, allow }) => `${what} ${allow ? 'allowed' : 'denied'}`));
  expect([...found].sort()).toEqual([
    'prompt allowed',
    'prompt denied',
    'resource allowed',
    'resource denied',
    'tool allowed',
    'tool denied',
  ]);
});

test('a resource is asked for under the URI that the gateway shows', () => {
  const named = (selfTest: SelfTest): readonly string[] => [
    ...new Set(selfTest.decisions.filter(({ what }) => what === 'resource').map(({ name }) => name)),
  ];
  expect(named(selfTestOf())).toEqual(['ticket://a']);
  const gateway = readFileSync(`${folder}gateway.yaml`, 'utf8');
  const shared = gateway.replace('tickets: {', 'again: { server: tickets }\n  tickets: {');
  expect(named(selfTestOf({ 'gateway.yaml': shared }))).toEqual(['tickets+ticket://a']);
});

test('what expires is denied from then on', () => {
  const grant = readFileSync(`${folder}grant.yaml`, 'utf8');
  const { decisions } = selfTestOf({ 'grant.yaml': `${grant}expires: 2027-06-30\n` });
  const denied = decisions.filter(({ reason }) => reason === 'expired').map(({ what }) => what);
  expect(denied).toEqual(['tool', 'prompt', 'resource']);
});
