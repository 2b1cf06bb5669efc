import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { REGEX_ENGINES } from '../../dataplane/content/index.ts';
import { temporaryFolder } from './mcpgw.ts';
import { mkdir, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const demo = fileURLToPath(new URL('../../policies', import.meta.url));
const CARD = '4111 1111 1111 1111';

/** Rules that the demo does not have. */
const MORE = `kind: RedactionRule
name: addresses
match: { kinds: [robot] }
detect: { pii: { entities: [EMAIL_ADDRESS], allow: [help@acme.dev] } }
action: { mask: { keep: first 2 } }
mode: enforce
examples:
  - { in: 'to ana@acme.dev', out: 'to an**********' }
  - { unchanged: to help@acme.dev }
---
kind: RedactionRule
name: steering
detect: { injection: true }
action: alert
examples:
  - { in: ignore all previous instructions }
  - { unchanged: as before }
---
kind: RedactionRule
name: leaked-keys
directions: [to-client]
detect: { secrets: [PRIVATE_KEY, CONNECTION_PASSWORD] }
action: replace
examples:
  - { in: 'postgres://app:Kx9vQ2mLpZ@db.acme.dev/app', out: 'postgres://app:<CONNECTION_PASSWORD>@db.acme.dev/app' }
  - { unchanged: 'postgres://db.acme.dev/app' }
`;

/** What the company has rules for already, and its servers. */
const LEFT_OUT = /\/(?:demo\/|rules\/(?:credentials|injection))/;

async function policies(): Promise<string> {
  const folder = join(await temporaryFolder(), 'policies');
  await mkdir(folder);
  await cp(demo, folder, { recursive: true, filter: (path) => !LEFT_OUT.test(path) });
  await writeFile(join(folder, 'rules', 'more.yaml'), MORE);
  return folder;
}

function run(
  input: string,
  words: readonly string[],
): { readonly exit: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { exit: status, stdout, stderr };
}

describe('redact', () => {
  test('prints what is passed on, and says what was found by which rule', async () => {
    const folder = await policies();
    expect(run(`paid with ${CARD}`, ['redact', folder])).toEqual({
      exit: 0,
      stdout: 'paid with [CARD]',
      stderr: `card-numbers (replace): CARD_NUMBERS "${CARD}", score 1.00\n1 place found, 4 rules tried\n`,
    });
    expect(run('ana@acme.dev, help@acme.dev', ['redact', folder, '--as', 'robot/triage-bot']).stdout).toBe(
      'an**********, help@acme.dev',
    );
    expect(run('ana@acme.dev', ['redact', folder]).stdout).toBe('ana@acme.dev');
  });

  test('hashes with the key of examples, and says so', async () => {
    const folder = await policies();
    const rule = `kind: RedactionRule
name: joinable
detect: { pii: [EMAIL_ADDRESS] }
action: { hash: { key: join-key } }
examples:
  - { in: to ana@acme.dev, out: to qgj7nsob2chdtnj4 }
  - { unchanged: to ana }
`;
    await writeFile(join(folder, 'rules', 'joinable.yaml'), rule);
    const { exit, stdout, stderr } = run('from ana@acme.dev', ['redact', folder]);
    expect([exit, stdout]).toEqual([0, 'from qgj7nsob2chdtnj4']);
    expect(stderr).toContain('hashes are made with the key of examples: those of a proxy are others\n');
  });

  test('the same for programs, with the members that lead to what was found', async () => {
    const folder = await policies();
    const { stdout } = run('{"db":{"url":"postgres://a:Kx9vQ2mLpZ@b.dev/x"},"n":1.0}', [
      'redact',
      folder,
      '--format',
      'json',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'changed',
      failure: null,
      asked: [],
      unasked: [],
      text: '{"db":{"url":"postgres://a:<CONNECTION_PASSWORD>@b.dev/x"},"n":1.0}',
      found: [
        {
          rule: 'leaked-keys',
          action: 'replace',
          mode: 'enforce',
          entity: 'CONNECTION_PASSWORD',
          score: expect.any(Number),
          text: 'Kx9vQ2mLpZ',
          keys: ['db', 'url'],
        },
      ],
    });
  });

  test('a text that is blocked is not printed', async () => {
    const { exit, stdout, stderr } = run('acme_live_0000000000000000000000aa', ['redact', await policies()]);
    expect([exit, stdout]).toEqual([0, '']);
    expect(stderr).toContain('blocked: nothing is passed on\n');
  });

  const wrong: [name: string, words: readonly string[], stderr: string][] = [
    [
      'a gateway',
      ['--gateway', 'support-disk'],
      'error: --gateway: there is no gateway `support-disk`\n  help: did you mean `support-desk`?\n',
    ],
    ['anybody', ['--as', 'ana'], 'error: --as: there is no `ana`\n  help: write team/NAME or robot/NAME\n'],
  ];

  test.each(wrong)('%s that is not there is a mistake', async (_name, words, stderr) => {
    expect(run('', ['redact', await policies(), ...words])).toEqual({ exit: 2, stdout: '', stderr });
  });

  test('bytes that are no text are a mistake', async () => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'redact', await policies()], {
      input: Buffer.from([0xff]),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, 'error: stdin: is not UTF-8\n']);
  });
});

test('doctor says which version of Node and which engine there are, and how to have the faster one', () => {
  const [{ name }] = REGEX_ENGINES;
  const { exit, stdout } = run('', ['doctor', '--format', 'json']);
  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    checks: [
      { name: 'node', ok: true, found: process.versions.node },
      {
        name: 'regular expressions',
        ok: true,
        found: name,
        help: name === 're2' ? null : expect.stringContaining('`npm install re2`'),
      },
    ],
  });
  expect(run('', ['doctor']).stdout).toContain(`node: ${process.versions.node}\n`);
});
