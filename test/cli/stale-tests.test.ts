import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

/** What a gateway leaves open after the pointer has expired, in a suite that is about that time. */
const suite = (sees: string): string => `kind: TestSuite
name: after-expiry
now: 2026-11-20T12:00:00Z
stale: true
principals:
  ana: { teams: [engineering] }
tests:
  - { name: what is left, as: ana, gateway: engineering, sees: ${sees} }
  - { name: echo, as: ana, gateway: engineering, call: everything/echo, expect: ${sees.includes('echo') ? 'allow' : 'deny'} }
`;

const MODES: readonly (readonly [name: string, mode: string, sees: string])[] = [
  ['a gateway that does not say is closed', '', '[]'],
  ['a closed one too', 'staleMode: closed\n', '[]'],
  ['one that goes on reading', 'staleMode: read-only\n', '[everything/echo]'],
  ['one that goes on as if nothing was', 'staleMode: serve\nreason: OPS-1\n', '[everything/echo, everything/get-sum]'],
];

test.each(MODES)('%s', async (_name, mode, sees) => {
  const cwd = await starterFolder();
  await edit(cwd, 'policies/gateway.yaml', 'name: engineering\n', `name: engineering\n${mode}`);
  await edit(
    cwd,
    'policies/servers/everything.yaml',
    '[echo, get-sum, get-env]',
    '[echo, get-env]\n  write: [get-sum]',
  );
  await writeFile(join(cwd, 'policies/stale.test.yaml'), suite(sees));
  const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
  expect(run).toEqual({
    exit: 0,
    stdout: 'ok access in dev: 5 tests passed\nok after-expiry in dev: 2 tests passed\n',
    stderr: 'ok: 7 tests passed, for dev\n',
  });
});

test('a workspace may say it for all gateways, and a failing test says that the stale mode decided', async () => {
  const cwd = await starterFolder();
  await edit(cwd, 'policies/workspace.yaml', 'language: 1\n', 'language: 1\ndefaults: { staleMode: closed }\n');
  await writeFile(join(cwd, 'policies/stale.test.yaml'), suite('[everything/echo, everything/get-sum]'));
  const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
  expect(run.exit).toBe(4);
  expect(run.stdout).toContain('because   stale: the stale mode of the gateway withholds it');
});
