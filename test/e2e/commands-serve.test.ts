import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mcpgw } from '../cli/mcpgw.ts';
import { startServe } from '../cli/running-serve.ts';
import { edit, starterFolder } from '../cli/starter.ts';
import { connectClient } from '../fixtures/clients.ts';
import { openEverything, type Everything } from '../fixtures/upstreams/everything.ts';

const CLAUDE_LINE = /^ {2}claude mcp add --transport http example (\S+) --header "Authorization: Bearer (\S+)"$/m;

describe('serve', () => {
  let everything: Everything;
  beforeAll(async () => {
    everything = await openEverything();
  });
  afterAll(() => everything.stop());

  async function servedFolder(): Promise<string> {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/servers/everything.yaml', 'http://127.0.0.1:3001/mcp', everything.url);
    return cwd;
  }

  test('prints a robot key and lines that work as printed', async () => {
    const serve = await startServe(await servedFolder());
    const [, url = '', key = ''] = CLAUDE_LINE.exec(serve.stdout()) ?? [];
    expect(serve.stdout()).toContain(`  helper  ${key}  (engineering)\n`);
    const client = await connectClient('sdk 1.x', url, key);
    expect(await client.list()).toEqual(['everything_get-sum']);
    expect(await client.call('everything_get-sum', { a: 40, b: 2 })).toMatchObject({
      content: [{ type: 'text', text: 'The sum of 40 and 2 is 42.' }],
    });
    await client.close();

    const line = /^ {2}(curl .*)$/m.exec(serve.stdout())?.[1] ?? '';
    const curl = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    if (curl.status === 127) console.warn('curl is not installed: its line was not tried');
    else expect(JSON.parse(curl.stdout)).toMatchObject({ id: 1, result: { tools: [{ name: 'everything_get-sum' }] } });
    expect((await serve.interrupt()).exit).toBe(0);
  });

  test('lets people in with development tokens, by the policy of their groups and addresses', async () => {
    const cwd = await servedFolder();
    const serve = await startServe(cwd);
    const tokenLine = /^ {2}mcpgw (token .*)$/m.exec(serve.stdout())?.[1] ?? '';
    const token = await mcpgw(tokenLine.split(' '), { cwd });
    expect(token).toMatchObject({ exit: 0, stderr: "good for 8 hours, at this machine's `mcpgw serve` only\n" });
    const client = await connectClient('sdk 2.x, auto', serve.url, token.stdout.trim());
    expect(await client.list()).toEqual(['everything_echo', 'everything_get-sum']);
    expect(await client.call('everything_echo', { message: '4111 1111 1111 1111' })).toMatchObject({
      content: [{ text: 'Echo: [CARD]' }],
    });
    await expect(client.call('everything_get-env')).rejects.toThrow(/Unknown tool/);
    await client.close();

    const guest = await mcpgw(['token', 'guest@example.com'], { cwd });
    const outsider = await connectClient('sdk 2.x, pinned to 2026-07-28', serve.url, guest.stdout.trim());
    expect(await outsider.list()).toEqual([]);
    await outsider.close();

    // The log is never awaited by a request.
    const echo = await vi.waitFor(async () => {
      const lines = (await readFile(join(cwd, '.mcpgw/audit.jsonl'), 'utf8')).split('\n');
      const line = lines.find((candidate) => candidate.includes('"tool":"everything_echo"'));
      return JSON.parse(line ?? '');
    });
    expect(echo).toMatchObject({
      decision: 'allow',
      principal: { kind: 'person', id: 'corp:ana@example.com', email: 'ana@example.com' },
      rule: { name: 'Grant/engineering-daily', at: 'gateway.yaml:15:7' },
      content: [{ rule: 'RedactionRule/card-numbers', at: 'rules.yaml:3:7', direction: 'to-server', count: 1 }],
    });
  });

  test('serves a change to connected clients, and keeps the last good policy when a change is wrong', async () => {
    const cwd = await servedFolder();
    const serve = await startServe(cwd);
    const [, url = '', key = ''] = CLAUDE_LINE.exec(serve.stdout()) ?? [];
    const client = await connectClient('sdk 1.x', url, key);
    expect(await client.list()).toEqual(['everything_get-sum']);

    await edit(cwd, 'policies/gateway.yaml', 'allow: [everything/get-sum]', 'allow: [harmless]');
    await serve.says(/serving bundle/);
    expect(await client.list()).toEqual(['everything_echo', 'everything_get-sum']);

    await edit(cwd, 'policies/gateway.yaml', 'robots: [helper]', 'robots: [hepler]');
    await serve.says(/still serving what was served before/);
    expect(serve.stderr()).toContain('policies/gateway.yaml:23:16: error: there is no Robot `hepler`');
    expect(serve.stderr()).toContain('did you mean `helper`?');
    expect(await client.list()).toEqual(['everything_echo', 'everything_get-sum']);

    await edit(cwd, 'policies/gateway.yaml', 'robots: [hepler]', 'teams: [engineering]');
    await serve.says(/serving bundle/);
    expect(await client.list()).toEqual([]);

    await writeFile(join(cwd, 'policies/new.yaml'), Buffer.from([0xff]));
    await serve.says(/error: policies\/new\.yaml: is not UTF-8 text[^]*still serving/);
    await client.close();
  });

  test('makes its keys once, in a private folder that git ignores', async () => {
    const cwd = await servedFolder();
    const first = await startServe(cwd, ['--listen', '127.0.0.1:0', '--once']);
    await first.interrupt();
    const state = join(cwd, '.mcpgw');
    expect((await stat(state)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(state, '.gitignore'), 'utf8')).toBe('*\n');
    for (const name of await readdir(state)) {
      if (/\.pem$|\.key$|robots\.json$|audit/.test(name))
        expect((await stat(join(state, name))).mode & 0o777).toBe(0o600);
    }
    const second = await startServe(cwd, ['--listen', '127.0.0.1:0', '--once']);
    const keyOf = (stdout: string) => CLAUDE_LINE.exec(stdout)?.[2];
    expect(keyOf(second.stdout())).toBe(keyOf(first.stdout()));
    // The same bundle is not promoted again, and the policies know nothing of the keys.
    expect(second.stderr()).not.toContain('promoted');
    expect(await readFile(join(cwd, 'policies/teams.yaml'), 'utf8')).not.toContain('sha256');
  });
});

test('a port in use, another address and a wrong configuration are told with a remedy', async () => {
  const cwd = await starterFolder();
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const busy = await mcpgw(['serve', '--listen', `127.0.0.1:${port}`], { cwd });
  expect(busy).toMatchObject({ exit: 2, stdout: '' });
  expect(busy.stderr).toContain(`error: --listen: 127.0.0.1:${port} is in use by another program\n  help: another`);
  taken.close();

  const open = await mcpgw(['serve', '--listen', '0.0.0.0:0'], { cwd });
  expect(open).toMatchObject({ exit: 2, stdout: '' });
  expect(open.stderr).toContain('error: --listen: 0.0.0.0:0 can be reached from other machines\n');

  const wrong = await mcpgw(['serve', '--listen', '8080'], { cwd });
  expect(wrong).toMatchObject({ exit: 2, stdout: '' });
  expect(wrong.stderr).toContain('error: --listen: "8080" is not host:port');

  await writeFile(join(cwd, 'proxy.json'), '{"secret": {}}');
  const config = await mcpgw(['serve', '--config', 'proxy.json'], { cwd });
  expect(config).toMatchObject({ exit: 2, stdout: '' });
  expect(config.stderr).toContain('error: proxy.json: secret is not a field of proxy.yaml: remove it\n');
});

test('a policy with errors is not served, and one without the environment dev says so', async () => {
  const cwd = await starterFolder();
  await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: nobody');
  expect(await mcpgw(['serve'], { cwd })).toMatchObject({ exit: 3, stdout: '' });
  await edit(cwd, 'policies/workspace.yaml', 'language: 1', 'language: one');
  const broken = await mcpgw(['serve'], { cwd });
  expect(broken).toMatchObject({ exit: 3, stdout: '' });
  expect(broken.stderr).toContain('policies/workspace.yaml:4:11: error:');

  const production = await starterFolder();
  await edit(production, 'policies/workspace.yaml', '[dev, production]', '[production]');
  const run = await mcpgw(['serve'], { cwd: production });
  expect(run).toMatchObject({ exit: 2, stdout: '' });
  expect(run.stderr).toContain('the workspace has no environment `dev`');
  expect(await readdir(production)).toEqual(['policies']);
});

const mistakes: [name: string, words: string[], stderr: string][] = [
  [
    'before serve was ever started',
    ['token', 'ana@example.com'],
    'error: .mcpgw/issuers.json: no such file\n  help: `mcpgw serve` makes the development issuers: start it first\n',
  ],
  [
    'without a person',
    ['token'],
    'error: PERSON: is required: address of the person, e.g. ana@acme.dev\n  help: mcpgw token --help\n',
  ],
];
test.each(mistakes)('a token %s is one line that names what is missing', async (_name, words, stderr) => {
  const cwd = await starterFolder();
  expect(await mcpgw(words, { cwd })).toEqual({ exit: 2, stdout: '', stderr });
});

test('token checks its issuer, claims and hours', async () => {
  const cwd = await starterFolder();
  const serve = await startServe(cwd);
  const cases: [string[], string][] = [
    [
      ['--issuer', 'crop'],
      'error: --issuer: the workspace has no issuer `crop` of people\n  help: did you mean `corp`?\n',
    ],
    [['--claim', 'amr'], 'error: --claim: `amr` is not NAME=VALUE\n'],
    [['--hours', '13'], 'error: --hours: is not a number up to 12\n'],
  ];
  for (const [words, stderr] of cases) {
    expect(await mcpgw(['token', 'ana@example.com', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
  }
  const run = await mcpgw(['token', 'ana@example.com', '--claim', 'amr=["mfa"]', '--claim', 'tier=gold'], { cwd });
  const claims = JSON.parse(Buffer.from(run.stdout.split('.')[1] ?? '', 'base64url').toString('utf8'));
  expect(claims).toMatchObject({
    sub: 'ana@example.com',
    groups: [],
    amr: ['mfa'],
    tier: 'gold',
    email_verified: true,
  });
  await serve.interrupt();
});
