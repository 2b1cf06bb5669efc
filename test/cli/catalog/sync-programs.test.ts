import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { observeServer } from '../../../cli/catalog/observe-server.ts';
import type { SyncLimits } from '../../../cli/catalog/sync-limits.ts';
import { Failure } from '../../../cli/failure.ts';
import { EVERYTHING_STDIO, openEverything } from '../../fixtures/upstreams/everything.ts';
import { SseUpstream } from '../../fixtures/upstreams/sse-upstream.ts';
import { mcpgw, temporaryFolder } from '../mcpgw.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../fixtures/programs/${name}`, import.meta.url));
const LIMITS: SyncLimits = { answerBytes: 100_000, totalBytes: 500_000, answerMs: 5_000, totalMs: 20_000, pages: 20 };

function programOf(file: string, ...args: readonly string[]) {
  const run = { name: 'p', file: process.execPath, args: [file, ...args], env: {}, secretEnv: {}, cwd: '/' };
  return { program: { ...run, user: null, childrenMax: 1 } };
}

describe('a program', () => {
  test.each([
    ['of the legacy era', path('sdk-stdio.ts'), '1.x', 'legacy', '2025-11-25', null],
    ['of the modern era', path('sdk-stdio.ts'), '2.x modern', 'modern', '2026-07-28', null],
    ['of both eras', path('sdk-stdio.ts'), '2.x', 'modern', '2026-07-28', '2025-11-25'],
    ['that greets people first', path('fake-stdio.mjs'), 'noisy', 'legacy', '2025-11-25', null],
    ['of an old revision', path('fake-stdio.mjs'), 'old', 'legacy', '2024-11-05', null],
    ['that asks us something', path('fake-stdio.mjs'), 'asks', 'legacy', '2025-11-25', null],
  ] as const)('%s is observed', async (_name, file, arg, era, protocolVersion, legacyVersion) => {
    const observed = await observeServer('s', programOf(file, arg), LIMITS);
    expect(observed).toMatchObject({ server: 's', era, protocolVersion, legacyVersion });
    const names = observed.definitions.map(({ name }) => name);
    const expected = arg === 'asks' ? ['refused with -32601'] : file.endsWith('.ts') ? ['echo', 'count'] : ['echo'];
    expect(names).toEqual(expected);
  });

  test('unchanged from a registry is observed', async () => {
    const [file = '', ...args] = EVERYTHING_STDIO;
    const program = { name: 'p', file, args, env: {}, secretEnv: {}, cwd: '/', user: null, childrenMax: 1 };
    const observed = await observeServer('everything', { program }, LIMITS);
    expect(observed.definitions.map(({ name }) => name)).toContain('get-sum');
  });

  const WRONG: readonly [name: string, mode: string, message: RegExp][] = [
    ['ends at once', 'dies-at-once', /^stdio:p: ended$/],
    ['ends in the middle', 'ends-at-list', /^stdio:p: ended$/],
    ['says nothing', 'silent', /^stdio:p: did not answer within 1 s$/],
    ['speaks an unknown revision', 'unknown', /^stdio:p: speaks the protocol version 1999-01-01$/],
    ['sends broken JSON', 'broken-list', /^stdio:p: sent broken JSON: /],
    ['sends without end', 'endless-list', /^stdio:p: sent more than 100000 bytes$/],
  ];
  test.each(WRONG)('that %s is told so', async (_name, mode, message) => {
    const limits = { ...LIMITS, answerMs: mode === 'silent' ? 1_000 : LIMITS.answerMs };
    const problem: unknown = await observeServer('s', programOf(path('fake-stdio.mjs'), mode), limits).catch(
      (thrown: unknown) => thrown,
    );
    expect(problem).toBeInstanceOf(Failure);
    expect((problem as Failure).message).toMatch(message);
    if (mode === 'ends-at-list') expect((problem as Failure).help).toContain('out of paper');
  });

  test('that is not there is told so', async () => {
    const program = { ...programOf('').program, file: '/nonexistent/mcp' };
    await expect(observeServer('s', { program }, LIMITS)).rejects.toThrow('stdio:p: cannot be reached');
  });
});

describe('HTTP+SSE', () => {
  test('is spoken to a server that serves no POST', async () => {
    const upstream = await SseUpstream.open();
    upstream.behave({ answer: (id) => [`{"jsonrpc":"2.0","id":${id},"result":{}}`] });
    const observed = await observeServer(
      's',
      { url: new URL(upstream.url), headers: [['authorization', 'Bearer t']] },
      LIMITS,
    );
    expect(observed).toMatchObject({ era: 'legacy', protocolVersion: '2024-11-05', definitions: [] });
    expect(upstream.requests.slice(0, 3)).toEqual(['POST /mcp server/discover', 'POST /mcp initialize', 'GET /mcp']);
    await expect.poll(() => upstream.streams.size).toBe(0);
    await upstream.close();
  });

  test('of a real server gives the same definitions as its other transports', async () => {
    const everything = await openEverything('sse');
    const [file = '', ...args] = EVERYTHING_STDIO;
    const program = { name: 'p', file, args, env: {}, secretEnv: {}, cwd: '/', user: null, childrenMax: 1 };
    const [overSse, overStdio] = await Promise.all([
      observeServer('s', { url: new URL(everything.url), headers: [] }, LIMITS),
      observeServer('s', { program }, LIMITS),
    ]);
    expect(overSse).toEqual(overStdio);
    await everything.stop();
  });

  test('is no way to call a place that is no server one', async () => {
    const upstream = await SseUpstream.open();
    upstream.behave({ endpoint: 'http://elsewhere.test/messages' });
    await expect(observeServer('s', { url: new URL(upstream.url), headers: [] }, LIMITS)).rejects.toThrow(
      'answered initialize with HTTP 405',
    );
    await upstream.close();
  });
});

describe('catalog sync', () => {
  async function folder(): Promise<string> {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'policies'));
    await writeFile(
      join(cwd, 'policies/workspace.yaml'),
      'kind: Workspace\nname: acme\nlanguage: 1\nurl: https://mcp.acme.dev\n',
    );
    await writeFile(
      join(cwd, 'policies/files.yaml'),
      'kind: Server\nname: files\nstdio: local-files\ncatalog: files.lock.json\nidentities: { public: none }\n',
    );
    await writeFile(
      join(cwd, 'proxy.json'),
      JSON.stringify({
        workspace: 'acme',
        environment: 'test',
        channel: 'main',
        bundles: 'bundles',
        trust: 'trust.json',
        listen: { address: '127.0.0.1:0' },
        stdio: {
          'local-files': { run: [process.execPath, path('sdk-stdio.ts'), '1.x'], secretEnv: { TOKEN: 'env:T' } },
        },
      }),
    );
    return cwd;
  }

  test.each([
    ['as the configuration says', ['--config', 'proxy.json']],
    ['as the command line says', ['--', process.execPath, path('sdk-stdio.ts'), '1.x']],
  ])('runs the program %s', async (_name, words) => {
    const cwd = await folder();
    const run = await mcpgw(['catalog', 'sync', 'files', ...words], { cwd, environment: { T: 'x' } });
    expect(run.stderr).toContain('wrote policies/files.lock.json');
    expect(run.stdout).toContain('files  stdio:local-files as public (legacy, 2025-11-25)');
    const lock = JSON.parse(await readFile(join(cwd, 'policies/files.lock.json'), 'utf8')) as { era: string };
    expect(lock.era).toBe('legacy');
  });

  const MISTAKES: readonly [name: string, words: readonly string[], message: string][] = [
    ['no program', ['files'], '--config: is required: it says which program `local-files` is'],
    ['a program that is looked for', ['files', '--', 'mcp-files'], 'mcp-files: is not an absolute path'],
    ['a program for all', ['--all', '--', '/bin/true'], '--all: means every Server, not `/bin/true`'],
  ];
  test.each(MISTAKES)('%s is a mistake', async (_name, words, message) => {
    const run = await mcpgw(['catalog', 'sync', ...words], { cwd: await folder() });
    expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
