import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';
import { addNotes, edit, starterFolder } from './starter.ts';

/** Every way in which a test of a policy can fail, and one that passes. */
const FAILING = `kind: TestSuite
name: wrong
environments: [dev]
now: 2026-11-20T12:00:00Z
principals:
  ana: { token: { issuer: corp, sub: u1, email: ana@example.com, groups: [engineering] } }
  nobody: { token: { issuer: corp, sub: u2 } }
  pat: { teams: [engineering] }
  helper: { robot: helper }
tests:
  - { name: what is granted is allowed, as: pat, gateway: engineering, call: everything/echo, expect: allow }
  - { name: a call that is allowed, as: ana, gateway: engineering, call: everything/echo, expect: deny }
  - { name: a call that is denied, as: helper, gateway: engineering, call: everything/echo, expect: allow }
  - { name: a call that nobody may make, as: ana, gateway: engineering, call: everything/get-env, expect: allow }
  - { name: a set with one too few and one too many, as: ana, gateway: engineering, sees: [everything/echo, everything/get-env] }
  - { name: a set that should be empty, as: ana, gateway: engineering, sees: [] }
  - { name: a token that is refused, as: nobody, gateway: engineering, sees: [] }
  - name: arguments that are not rewritten so
    as: ana
    gateway: engineering
    call: everything/echo
    args: { message: 4111 1111 1111 1111 }
    expect: allow
    expectArgs: { message: '[PAN]' }
  - name: a result that is not rewritten so
    as: ana
    gateway: engineering
    result: everything/echo
    text: 4111 1111 1111 1111
    expectText: 4111 1111 1111 1111
  - name: a result in which nothing is found
    as: ana
    gateway: engineering
    result: everything/echo
    text: nothing
    expectText: '[CARD]'
  - name: a result that never arrives
    as: helper
    gateway: engineering
    result: everything/echo
    text: a
    expectText: a
`;

describe('test', () => {
  test('counts what passes, in every environment', async () => {
    const cwd = await starterFolder();
    const run = await mcpgw(['test'], { cwd });
    expect(run).toEqual({
      exit: 0,
      stdout: 'ok access in dev: 5 tests passed\nok access in production: 5 tests passed\n',
      stderr: 'ok: 10 tests passed, for dev, production\n',
    });
  });

  test('a failing test shows what was expected, what came, and which lines decided', async () => {
    const cwd = await starterFolder();
    await writeFile(join(cwd, 'policies/wrong.test.yaml'), FAILING);
    const only = ['test', '--environment', 'dev'];
    const text = await mcpgw(only, { cwd });
    expect(text).toMatchObject({ exit: 4, stderr: '10 tests failed, 6 passed, for dev\n' });
    expectGolden('test.txt', text.stdout);
    const junit = await mcpgw([...only, '--format', 'junit'], { cwd });
    expect(junit.exit).toBe(4);
    expectGolden('test-junit.xml', junit.stdout);
    const json = await mcpgw([...only, '--format', 'json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ passed: 6, failed: 10 });
  });

  test('a blocking rule denies the call and withholds the result', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/rules.yaml', "action: { replace: '[CARD]' }", 'action: block');
    await edit(cwd, 'policies/rules.yaml', ", out: 'pay with [CARD] please'", '');
    const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
    expect(run.exit).toBe(4);
    expect(run.stdout).toContain('actual    the result is blocked');
    expect(run.stdout).toContain(
      'because   1 CARD_NUMBERS found by RedactionRule/card-numbers (policies/rules.yaml:3:7)',
    );
  });

  test('the test follows the policy: a grant that is gone fails it', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/gateway.yaml', 'teams: [engineering]', 'robots: [helper]');
    const run = await mcpgw(['test'], { cwd });
    expect(run.exit).toBe(4);
    expect(run.stdout).toContain('- everything/echo is missing');
  });

  test('no test at all is a failure', async () => {
    const cwd = await starterFolder();
    await rm(join(cwd, 'policies/access.test.yaml'));
    const run = await mcpgw(['test'], { cwd });
    expect(run).toEqual({ exit: 4, stdout: '', stderr: 'no tests for dev, production: write a TestSuite\n' });
  });

  test('a policy with errors is not tested', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: nobody');
    const run = await mcpgw(['test'], { cwd });
    expect(run).toMatchObject({ exit: 3, stdout: '' });
    expect(run.stderr).toMatch(/\[link\/unknown-reference\][^]*1 error in policies: no test was run\n$/);
  });
});

test('a suite is part of the policy repository, so its own mistakes are compile errors', async () => {
  const cwd = await starterFolder();
  await edit(cwd, 'policies/access.test.yaml', 'as: guest', 'as: gest');
  const run = await mcpgw(['test'], { cwd });
  expect(run.exit).toBe(3);
  expect(run.stderr).toContain('did you mean `guest`?');
  expect(await readFile(join(cwd, 'policies/access.test.yaml'), 'utf8')).toContain('gest');
});

/** A server with two prompts and a template, and tests of what the starter's policy says about them. */
const READING = `kind: TestSuite
name: reading
environments: [dev]
now: 2026-11-20T12:00:00Z
principals:
  ana: { token: { issuer: corp, sub: u1, email: ana@example.com, groups: [engineering] } }
  guest: { teams: [] }
tests:
  - { name: a prompt that is granted, as: ana, gateway: engineering, prompt: notes/review, args: { about: web }, expect: allow }
  - { name: a prompt that is denied by its arguments, as: ana, gateway: engineering, prompt: notes/review, args: { about: pay }, expect: allow }
  - { name: a prompt of nobody, as: ana, gateway: engineering, prompt: notes/secret, expect: allow }
  - { name: a prompt that is granted all the same, as: ana, gateway: engineering, prompt: notes/review, args: { about: web }, expect: deny }
  - name: a prompt with arguments that are not rewritten so
    as: ana
    gateway: engineering
    prompt: notes/review
    args: { about: web 4111 1111 1111 1111 }
    expect: allow
    expectArgs: { about: 'web [PAN]' }
  - { name: a resource that is granted, as: ana, gateway: engineering, read: { server: notes, uri: 'note://web/1' }, expect: allow }
  - { name: a resource that is guarded, as: ana, gateway: engineering, read: { server: notes, uri: 'note://web/secret' }, expect: allow }
  - { name: a resource of others, as: guest, gateway: engineering, read: { server: notes, uri: 'note://web/1' }, expect: allow }
  - { name: a resource of nobody, as: ana, gateway: engineering, read: { server: notes, uri: 'note://pay/1' }, expect: allow }
  - { name: a resource that no template has, as: ana, gateway: engineering, read: { server: notes, uri: 'book://1' }, expect: allow }
  - { name: a resource that could be written otherwise, as: ana, gateway: engineering, read: { server: notes, uri: 'note://web/../pay/1' }, expect: allow }
  - { name: a resource that is granted all the same, as: ana, gateway: engineering, read: { server: notes, uri: 'note://web/1' }, expect: deny }
  - { name: the prompts that are seen, as: ana, gateway: engineering, seesPrompts: [notes/review] }
  - { name: prompts that are not seen, as: ana, gateway: engineering, seesPrompts: [notes/secret] }
  - { name: the templates that are seen, as: ana, gateway: engineering, seesTemplates: ['notes/note://{topic}/{id}'] }
  - { name: templates that are not seen, as: ana, gateway: engineering, seesTemplates: ['notes/diary://{day}'] }
  - { name: no template is seen, as: guest, gateway: engineering, seesTemplates: ['notes/note://{topic}/{id}'] }
`;

test('prompts, resources and templates are tested as tools are', async () => {
  const cwd = await starterFolder();
  await addNotes(cwd);
  await writeFile(join(cwd, 'policies/reading.test.yaml'), READING);
  const run = await mcpgw(['test', '--environment', 'dev'], { cwd });
  expect(run.stderr).toBe('13 tests failed, 9 passed, for dev\n');
  expectGolden('test-reading.txt', run.stdout);
});
