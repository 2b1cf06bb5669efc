import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLock } from '../../../compiler/catalog/read-lock.ts';
import { writeLock } from '../../../compiler/catalog/write-lock.ts';
import { canonicalTree } from '../../../dataplane/format/json-tree.ts';
import { startUpstreams, UPSTREAM_PORTS, type Upstreams } from '../../../policies/demo/upstreams.ts';
import { acceptedLock, tool } from '../../compiler/catalog/locks.ts';
import { mcpgw, temporaryFolder, type Run } from '../mcpgw.ts';

const SAMPLE = fileURLToPath(new URL('../../../policies', import.meta.url));

let upstreams: Upstreams;
let tokens: string;

beforeAll(async () => {
  tokens = await mkdtemp(join(tmpdir(), 'mcpgw-tokens-'));
  upstreams = await startUpstreams({ ports: 'any', tokens });
});

afterAll(async () => {
  await upstreams.stop();
  await rm(tokens, { recursive: true, force: true });
});

/** The sample company with its servers where they are now, and the proxy's configuration beside it. */
async function sampleFolder(): Promise<string> {
  const cwd = await temporaryFolder();
  await cp(SAMPLE, join(cwd, 'policies'), { recursive: true, filter: (path) => !path.endsWith('demo') });
  for (const [name, url] of Object.entries(upstreams.urls)) {
    await edit(join(cwd, 'policies/servers', `${name}.yaml`), (text) =>
      text.replace(/http:\/\/127\.0\.0\.1:\d+\/mcp/, url),
    );
  }
  const config = await readFile(join(SAMPLE, 'demo/proxy.json'), 'utf8');
  const ported = Object.entries(UPSTREAM_PORTS).reduce(
    (text, [name, port]) =>
      text.replaceAll(
        `127.0.0.1:${port}`,
        new URL(Object.entries(upstreams.urls).find(([known]) => known === name)?.[1] ?? '').host,
      ),
    config,
  );
  await writeFile(join(cwd, 'proxy.json'), ported.replaceAll('../../.mcpgw/upstreams', tokens));
  return cwd;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

function catalog(cwd: string, ...words: readonly string[]): Promise<Run> {
  return mcpgw(['catalog', ...words], { cwd });
}

/** A lock as if a tool's text had been another one when it was accepted. */
function asAcceptedEarlier(text: string, name: string, now: string, then: string): string {
  const lock = readLock({ path: 'x.lock.json', text }, () => {});
  if (lock === null) throw new Error('the committed lock is sound');
  const definitions = lock.definitions.flatMap((locked) =>
    locked.name === name
      ? acceptedLock(tool(canonicalTree(locked.definition).replace(now, then))).definitions
      : [locked],
  );
  return writeLock({ ...lock, definitions });
}

async function lockTexts(cwd: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(cwd, 'policies/servers');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.lock.json'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}

describe('catalog sync against the four servers of the sample company', () => {
  test('finds the committed locks up to date', async () => {
    const cwd = await sampleFolder();
    const before = await lockTexts(cwd);
    const run = await catalog(cwd, 'sync', '--all', '--config', 'proxy.json');
    expect(run.exit).toBe(0);
    expect(run.stdout.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')).toBe(
      [
        'docs  http://HOST/mcp as public (modern, 2026-07-28)',
        '  0 added, 0 changed, 0 removed, 4 unchanged; 0 pending',
        'everything  http://HOST/mcp as public (legacy, 2025-11-25)',
        '  0 added, 0 changed, 0 removed, 23 unchanged; 1 pending',
        'payments  http://HOST/mcp as gateway (modern, 2026-07-28)',
        '  0 added, 0 changed, 0 removed, 4 unchanged; 0 pending',
        'tickets  http://HOST/mcp as desk (modern, 2026-07-28)',
        '  0 added, 0 changed, 0 removed, 9 unchanged; 0 pending',
        '',
      ].join('\n'),
    );
    expect(await lockTexts(cwd)).toEqual(before);
  });

  test('writes a lock in which everything waits, and accepting it leads back to the committed one', async () => {
    const cwd = await sampleFolder();
    const before = await lockTexts(cwd);
    const servers = join(cwd, 'policies/servers');
    const document = await readFile(join(servers, 'tickets.yaml'), 'utf8');
    await rm(join(servers, 'tickets.lock.json'));
    await writeFile(join(servers, 'tickets.yaml'), document.replaceAll(/^effects:\n(?: {2}.*\n)*/gm, ''));

    const synced = await catalog(cwd, 'sync', 'tickets', '--config', 'proxy.json', '--identity', 'bot');
    expect(synced).toMatchObject({ exit: 0 });
    expect(synced.stdout).toContain('  9 added, 0 changed, 0 removed, 0 unchanged; 9 pending\n');
    expect(synced.stderr).toContain('wrote policies/servers/tickets.lock.json\n');
    const denied = await mcpgw(['check'], { cwd });
    expect(denied.exit).toBe(3);

    await catalog(cwd, 'accept', 'tickets/*_ticket*', '--effect', 'write');
    await catalog(cwd, 'accept', 'tickets/purge_ticket', '--effect', 'destructive');
    await catalog(cwd, 'accept', 'tickets/get_ticket', 'tickets/search_tickets', '--effect', 'read');
    const last = await catalog(cwd, 'accept', 'tickets/*', '--effect', 'write');
    expect(last.stdout).toBe(
      'accepted the tool tickets/add_comment: write\naccepted the prompt tickets/triage\naccepted the template tickets/tickets://ticket/{id}\n',
    );
    expect(await lockTexts(cwd)).toEqual(before);
    const tested = await mcpgw(['test'], { cwd });
    expect(tested).toMatchObject({ exit: 0 });
  });

  test('shows drift word by word, denies it, and says the same as JSON', async () => {
    const cwd = await sampleFolder();
    const path = join(cwd, 'policies/servers/docs.lock.json');
    const lock = await readFile(path, 'utf8');
    await writeFile(
      path,
      asAcceptedEarlier(lock, 'read_page', 'A page of the handbook or of the runbooks.', 'A page of the handbook.'),
    );
    expect((await mcpgw(['check'], { cwd })).exit).toBe(0);

    const dry = await catalog(cwd, 'sync', 'docs', '--config', 'proxy.json', '--dry-run', '--format', 'json');
    const report: { servers: { definitionChanges: unknown }[] } = JSON.parse(dry.stdout);
    expect(report.servers[0]).toMatchObject({ server: 'docs', written: false, pending: 1, isNew: false });
    expect(report.servers[0]?.definitionChanges).toEqual([
      {
        change: 'changed',
        kind: 'tool',
        name: 'read_page',
        differences: [
          {
            path: 'description',
            before: '"A page of the handbook."',
            after: '"A page of the handbook or of the runbooks."',
          },
        ],
        suspicions: [],
      },
    ]);

    const run = await catalog(cwd, 'sync', 'docs', '--config', 'proxy.json');
    expect(run.stdout).toContain(
      '  ~ tool     read_page\n      description: A page of the [-handbook.-]{+handbook or of the runbooks.+}\n',
    );
    const tested = await mcpgw(['test'], { cwd });
    expect(tested.exit).toBe(4);
    await catalog(cwd, 'accept', 'docs/read_page');
    expect(await readFile(path, 'utf8')).toBe(lock);
  });
});

describe('what is refused', () => {
  const cases: [name: string, words: readonly string[], stderr: string][] = [
    ['neither a server nor --all', ['sync'], 'error: SERVER: is required, unless --all is given\n'],
    ['both', ['sync', 'docs', '--all'], 'error: --all: means every Server, not `docs`\n'],
    [
      'a server that does not exist',
      ['sync', 'tickts', '--config', 'proxy.json'],
      'error: tickts: is no Server in policies\n  help: did you mean `tickets`?\n',
    ],
    [
      'one of two documents',
      ['sync', 'tickets'],
      'error: --environment: is required: `tickets` has a document for each of dev, production\n',
    ],
    [
      'an environment without the server',
      ['sync', 'everything', '--environment', 'production'],
      'error: --environment: the Server `everything` is not in `production`\n',
    ],
    [
      'an identity that does not exist',
      ['sync', 'tickets', '--config', 'proxy.json', '--identity', 'root'],
      'error: --identity: `tickets` has no identity `root`\n  help: it has desk, bot\n',
    ],
    [
      'a secret without a configuration',
      ['sync', 'tickets', '--environment', 'dev'],
      'error: --config: is required: it says where the secret `tickets-desk` is\n  help: or choose an identity without one with --identity\n',
    ],
    [
      'a host that the configuration does not allow',
      ['sync', 'tickets', '--config', 'proxy.json', '--environment', 'production'],
      'error: tickets: has a host that `egress` of the configuration does not allow\n',
    ],
    [
      'a tool that is not there',
      ['accept', 'docs/read_pge', '--effect', 'read'],
      'error: docs/read_pge: is not in the lock\n  help: did you mean `read_page`?\n',
    ],
    [
      'a pattern without anything pending',
      ['accept', 'docs/*', '--effect', 'read'],
      'error: docs/*: matches nothing that is pending\n',
    ],
    [
      'a tool without an effect',
      ['accept', 'everything/simulate-research-query'],
      'error: --effect: is required: nothing says yet what `everything/simulate-research-query` does\n  help: read, write, destructive\n',
    ],
    [
      'a name without a server',
      ['accept', 'read_page'],
      "error: read_page: is not SERVER/NAME\n  help: all that is pending: mcpgw catalog accept 'read_page/*'\n",
    ],
    [
      'an effect that does not exist',
      ['accept', 'docs/read_page', '--effect', 'reed'],
      'error: --effect: `reed` is not one of read, write, destructive\n  help: did you mean `read`?\n',
    ],
  ];

  test.each(cases)('%s', async (_name, words, stderr) => {
    const cwd = await sampleFolder();
    const before = await lockTexts(cwd);
    expect(await catalog(cwd, ...words)).toEqual({ exit: 2, stdout: '', stderr });
    expect(await lockTexts(cwd)).toEqual(before);
  });

  test('a wrong credential is no evidence of anything', async () => {
    const cwd = await sampleFolder();
    await writeFile(join(cwd, 'token'), 'wrong');
    await edit(join(cwd, 'proxy.json'), (text) => text.replaceAll(`file:${tokens}/tickets-desk`, 'file:token'));
    const run = await catalog(cwd, 'sync', 'tickets', '--config', 'proxy.json');
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('wants other credentials (HTTP 401)');
  });

  test('one server that is down does not keep --all from the others', async () => {
    const cwd = await sampleFolder();
    await edit(join(cwd, 'policies/servers/docs.yaml'), (text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
    await edit(join(cwd, 'proxy.json'), (text) => text.replace('"egress": [', '"egress": ["127.0.0.1:1", '));
    const run = await catalog(cwd, 'sync', '--all', '--config', 'proxy.json', '--format', 'json');
    expect(run.exit).toBe(2);
    const report: { servers: { server: string }[]; failures: { server: string }[] } = JSON.parse(run.stdout);
    expect(report.servers.map(({ server }) => server)).toEqual(['everything', 'payments', 'tickets']);
    expect(report.failures).toEqual([
      {
        server: 'docs',
        message: 'http://127.0.0.1:1/mcp: cannot be reached (ECONNREFUSED)',
        help: 'is it running, and is the URL of the Server right?',
      },
    ]);
  });

  test('a lock that was edited is kept from being believed', async () => {
    const cwd = await sampleFolder();
    await edit(join(cwd, 'policies/servers/docs.lock.json'), (text) =>
      text.replace('A page of the handbook', 'A leaf of the handbook'),
    );
    for (const words of [
      ['sync', 'docs', '--config', 'proxy.json'],
      ['accept', 'docs/read_page', '--effect', 'read'],
    ]) {
      const run = await catalog(cwd, ...words);
      expect(run).toMatchObject({ exit: 2, stdout: '' });
      expect(run.stderr).toContain('policies/servers/docs.lock.json: the digest is not that of the tool `read_page`');
    }
  });
});

test('accepting in full changes an effect in every document of the Server', async () => {
  const cwd = await sampleFolder();
  const run = await catalog(cwd, 'accept', 'tickets/close_ticket', '--effect', 'destructive', '--format', 'json');
  expect(JSON.parse(run.stdout)).toEqual({
    accepted: [{ server: 'tickets', kind: 'tool', name: 'close_ticket', effect: 'destructive' }],
    files: ['policies/servers/tickets.yaml'],
  });
  const text = await readFile(join(cwd, 'policies/servers/tickets.yaml'), 'utf8');
  expect(
    text.match(
      /write: \[add_comment, assign_ticket, create_ticket\]\n {2}destructive: \[purge_ticket, close_ticket\]/g,
    ),
  ).toHaveLength(2);
  expect(text).toContain('# The help desk. Two identities');
});
