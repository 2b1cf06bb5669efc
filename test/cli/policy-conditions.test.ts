import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

const RULES = `kind: Grant
name: guests-echo
gateway: engineering
to: { teams: [guests] }
allow: [short-echo]
---
kind: Allowlist
name: short-echo
allow:
  - server: everything
    tools: [echo]
    when: args.message.size() < 10 && args.message != '[CARD]'
---
kind: Team
name: guests
members: { groups: [guests] }
---
kind: Guard
name: sum-needs-mfa
match: { tools: [get-sum], kinds: [person] }
unless: claims.mfa
message: step up with MFA first
---
kind: Guard
name: level-two
match: { tools: [get-sum], kinds: [person] }
when: claims.level < 2
hide: true
---
kind: Guard
name: loud
match: { tools: [echo] }
when: args.message.endsWith('!')
mode: alert
---
kind: Limit
name: slow-robots
match: { kinds: [robot] }
calls: 60/min
per: principal
`;

const suite = (tests: string): string => `kind: TestSuite
name: conditions
environments: [dev]
now: 2026-11-20T12:00:00Z
principals:
  gil: { teams: [guests] }
  eve: { token: { issuer: corp, sub: u1, email: eve@example.com, groups: [engineering], amr: [mfa], level: 3 } }
  low: { teams: [engineering], claims: { mfa: true, level: 1 } }
  pwd: { teams: [engineering], claims: { mfa: false, level: 3 } }
  none: { teams: [engineering] }
  wrong: { teams: [engineering], claims: { level: high } }
tests:
${tests}`;

async function folder(tests: string): Promise<string> {
  const cwd = await starterFolder();
  await edit(
    cwd,
    'policies/workspace.yaml',
    '    groups: groups\n',
    '    groups: groups\n    claims: { mfa: { from: amr, contains: mfa }, level: level }\nclaims: { mfa: bool, level: int }\n',
  );
  await writeFile(join(cwd, 'policies/conditions.yaml'), RULES);
  await rm(join(cwd, 'policies/access.test.yaml'));
  await writeFile(join(cwd, 'policies/conditions.test.yaml'), suite(tests));
  return cwd;
}

const PASSING = `  - { name: a short text, as: gil, gateway: engineering, call: everything/echo, args: { message: hello }, expect: allow }
  - { name: a long one, as: gil, gateway: engineering, call: everything/echo, args: { message: hello everybody }, expect: deny }
  - { name: what redaction makes of a card, as: gil, gateway: engineering, call: everything/echo, args: { message: '4111111111111111' }, expect: deny }
  - { name: no text at all, as: gil, gateway: engineering, call: everything/echo, expect: deny }
  - { name: a number for a text, as: gil, gateway: engineering, call: everything/echo, args: { message: 7 }, expect: deny }
  - { name: a text under another name, as: gil, gateway: engineering, call: everything/echo, args: { message: a, Message: b }, expect: deny }
  - { name: arguments are not known to a list, as: gil, gateway: engineering, sees: [everything/echo] }
  - { name: claims of a token, as: eve, gateway: engineering, call: everything/get-sum, args: { a: 1, b: 2 }, expect: allow }
  - { name: a claim that hides, as: low, gateway: engineering, sees: [everything/echo] }
  - { name: a claim that denies, as: pwd, gateway: engineering, call: everything/get-sum, args: { a: 1, b: 2 }, expect: deny }
  - { name: and is told so, as: pwd, gateway: engineering, sees: [everything/echo, everything/get-sum] }
  - { name: an absent claim, as: none, gateway: engineering, sees: [everything/echo] }
  - { name: a guard that only records, as: eve, gateway: engineering, call: everything/echo, args: { message: hello! }, expect: allow }
  - { name: a result of a call that is allowed, as: gil, gateway: engineering, result: everything/echo, args: { message: hi }, text: hi, expectText: hi }
`;

test('conditions, guards and claims decide tests as they decide calls', async () => {
  const cwd = await folder(PASSING);
  const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
  expect(run).toMatchObject({ exit: 0, stdout: 'ok conditions in dev: 14 tests passed\n' });
});

const FAILING = `  - { name: a condition that does not hold, as: gil, gateway: engineering, call: everything/echo, args: { message: hello everybody }, expect: allow }
  - { name: one that no more holds after redaction, as: gil, gateway: engineering, call: everything/echo, args: { message: '4111111111111111' }, expect: allow }
  - { name: a guard with a message, as: pwd, gateway: engineering, call: everything/get-sum, args: { a: 1, b: 2 }, expect: allow }
  - { name: arguments that do not fit, as: gil, gateway: engineering, call: everything/echo, args: { message: 7 }, expect: allow }
  - { name: a look-alike, as: eve, gateway: engineering, call: everything/get-sum, args: { a: 1, A: 2, b: 2 }, expect: allow }
  - { name: an alert, as: eve, gateway: engineering, call: everything/echo, args: { message: hello! }, expect: deny }
  - { name: a guard that hides, as: low, gateway: engineering, sees: [everything/echo, everything/get-sum] }
  - { name: a result of a call that is denied, as: gil, gateway: engineering, result: everything/echo, text: hi, expectText: hi }
  - { name: a claim of another type, as: wrong, gateway: engineering, sees: [] }
`;

test('a test that fails names the condition or guard, its place, and what the caller is told', async () => {
  const cwd = await folder(FAILING);
  const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
  expect(run.exit).toBe(4);
  expectGolden('test-conditions.txt', run.stdout);
});
