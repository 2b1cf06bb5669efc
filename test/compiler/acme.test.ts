import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compile, environmentsOf } from '../../compiler/index.ts';
import { mcpgw } from '../cli/mcpgw.ts';

/** The example of the language, laid out as a team would. */
const root = fileURLToPath(new URL('../fixtures/acme/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.(?:yaml|lock\.json)$/.test(path))
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
const policies = files.filter(({ path }) => path.endsWith('.yaml'));
const locks = files.filter(({ path }) => path.endsWith('.lock.json'));

test('the example company has two environments', () => {
  expect(environmentsOf(policies)).toEqual(['staging', 'production']);
});

test.each(['staging', 'production'])(
  'the example company compiles for %s, but for a claim that it declares and never reads',
  (environment) => {
    const source = { commit: null, dirty: false };
    const { diagnostics, compiled } = compile({
      files: policies,
      locks,
      environment,
      source,
      compilerVersion: '0.0.0',
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['lint/unused-claim']);
    expect(compiled).not.toBeNull();
  },
);

test('the tests of the example company pass', async () => {
  const { exit, stdout } = await mcpgw(['test', root]);
  expect({ exit, stdout }).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('access in production: 16 tests passed'),
  });
});
