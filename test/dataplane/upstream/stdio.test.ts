import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import type { CallFailure } from '../../../dataplane/mcp/refusals.ts';
import type { Channel, ChannelResult } from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { buildPrograms } from '../../../dataplane/upstream/stdio/program.ts';
import { Programs } from '../../../dataplane/upstream/stdio/programs.ts';
import type { StdioProgram } from '../../../schemas/types/proxy.ts';
import { isAlive } from '../../fixtures/processes.ts';
import { callOf, Heard, requestOf } from '../../fixtures/channel-ends.ts';

const FAKE = fileURLToPath(new URL('../../fixtures/programs/fake-stdio.mjs', import.meta.url));
const run = (...args: readonly string[]): readonly string[] => [process.execPath, FAKE, ...args];
/** Whether anybody may run a file; root's own folders are often closed to others. */
function isOpen(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005 && path !== FAKE) return false;
  return dirname(path) === path || isOpen(dirname(path));
}
const MAY_CHANGE_USER = process.getuid?.() === 0 && isOpen(FAKE) && isOpen(process.execPath);
const STDIO: Readonly<Record<string, StdioProgram>> = {
  good: { run: run('good', '--flag', 'a b; $HOME `x`'), env: { LANG: 'C.UTF-8' }, max: 2 },
  secret: { run: run('good'), env: { A: '1' }, secretEnv: { TOKEN: 'env:PROXY_TOKEN' } },
  'without-secret': { run: run('good'), secretEnv: { TOKEN: 'env:OTHER' } },
  ...(MAY_CHANGE_USER ? { other: { run: run('good'), user: '65534:65533' } } : {}),
  noisy: { run: run('noisy') },
  old: { run: run('old') },
  unknown: { run: run('unknown') },
  modern: { run: run('modern') },
  silent: { run: run('silent') },
  stubborn: { run: run('stubborn') },
  'dies-at-once': { run: run('dies-at-once') },
  missing: { run: ['/nonexistent/mcp-server'] },
  folderless: { run: run('good'), cwd: '/nonexistent' },
};

let upstreams: Upstreams;
let programs: Programs;
let channels: Channels;
let logged: string[];

beforeEach(() => {
  logged = [];
  upstreams = new Upstreams();
  const built = buildPrograms(STDIO, { uid: 0, gid: 0, passwd: '' });
  assert(built.ok, 'no program wants another user');
  programs = new Programs(built.programs, (line) => logged.push(line), { PROXY_TOKEN: 's3cret' });
  channels = new Channels({ upstreams, programs, report: (problem) => assert.fail(String(problem)) });
});
afterEach(async () => {
  await channels.close();
  await upstreams.close();
  expect(programs.status().filter(({ children }) => children > 0)).toEqual([]);
});

function tryOpen(
  program: string,
  owner = 'k',
  era: 'legacy' | 'modern' = 'legacy',
  timeoutMs: number | null = null,
): ChannelResult | Promise<ChannelResult> {
  const protocolVersion = era === 'legacy' ? '2025-11-25' : '2026-07-28';
  const transport = { kind: 'stdio', program } as const;
  return channels.open(owner, { server: program, era, protocolVersion, capabilities: '{}', transport, timeoutMs });
}

async function open(program = 'good', owner = 'k', era: 'legacy' | 'modern' = 'legacy'): Promise<Channel> {
  const opened = await tryOpen(program, owner, era);
  assert(opened.ok, `${program} speaks MCP`);
  return opened.channel;
}

async function call(channel: Channel, tool: string, token = false): Promise<readonly string[]> {
  const heard = new Heard();
  const id = channel.mint();
  channel.send(callOf(id, tool, token ? channel.mint() : null), heard);
  await vi.waitUntil(() => heard.log.some((line) => line.startsWith('failed') || line.includes(`"id":${id},`)), {
    timeout: 10_000,
    interval: 5,
  });
  return heard.log;
}

/** What a tool of the fake answered, as it said it. */
async function valueOf(channel: Channel, tool: string): Promise<unknown> {
  const log = await call(channel, tool);
  const message = JSON.parse(log.at(-1) ?? '') as {
    readonly result: { readonly content: { readonly text: string }[] };
  };
  return JSON.parse(message.result.content[0]?.text ?? '');
}

describe('a program', () => {
  test('gets its arguments as they are, its own environment and folder, and nothing of ours', async () => {
    const { env, cwd, args } = (await valueOf(await open(), 'env')) as Record<string, unknown>;
    expect([env, cwd, args]).toEqual([{ LANG: 'C.UTF-8' }, '/', ['good', '--flag', 'a b; $HOME `x`']]);
  });

  test('gets the secrets that it is meant to have, and nobody reads them in the log', async () => {
    const { env } = (await valueOf(await open('secret'), 'env')) as { readonly env: unknown };
    expect(env).toEqual({ A: '1', TOKEN: 's3cret' });
    expect(logged.join()).not.toContain('s3cret');
  });

  test.runIf(MAY_CHANGE_USER)('runs as the user that it should, who is in no other group', async () => {
    const { ids } = (await valueOf(await open('other'), 'env')) as { readonly ids: readonly number[] };
    expect([ids[0], ...new Set(ids.slice(1))]).toEqual([65_534, 65_533]);
  });

  test('is one process for each owner, started once and kept', async () => {
    const [one, same] = await Promise.all([open(), open()]);
    expect(same).toBe(one);
    const other = await open('good', 'other');
    expect([await valueOf(one, 'count'), await valueOf(one, 'count'), await valueOf(other, 'count')]).toEqual([
      1, 2, 1,
    ]);
    expect(programs.status()[0]).toMatchObject({ program: 'good', children: 2, started: 2, failed: 0 });
  });

  test('may greet people on its output before it speaks, and say who it is in an old revision', async () => {
    expect(await valueOf(await open('noisy'), 'count')).toBe(1);
    expect(logged.some((line) => line.endsWith('(stdout): My MCP server v1 is running on stdio'))).toBe(true);
    expect((await open('old')).protocolVersion).toBe('2024-11-05');
  });

  test('gets a message that was written on several lines on one', async () => {
    const channel = await open();
    const request = requestOf(channel.mint(), 'tools/call', '{\r\n  "name":\n\t"count"\n}');
    const heard = new Heard();
    channel.send(request, heard);
    expect(await heard.until(1)).toEqual([
      `{"jsonrpc":"2.0","id":${request.id.toString()},"result":{"content":[{"type":"text","text":"1"}]}}`,
    ]);
  });

  test('has a bounded number of processes: those nobody uses make room, those in use do not', async () => {
    const one = await open('good', '1');
    await open('good', '2');
    await call(one, 'count');
    const heard = new Heard();
    one.send(callOf(one.mint(), 'hold'), heard);
    expect(await tryOpen('good', '3')).toEqual({ ok: false, reason: 'upstream-busy' });
    await expect.poll(async () => (await tryOpen('good', '3')).ok).toBe(true);
    expect(channels.find('2')).toBeNull();
    expect(programs.status()[0]).toMatchObject({ children: 2, started: 3, failed: 0 });
    const third = channels.find('3');
    third?.send(callOf(third.mint(), 'hold'), heard);
    expect(await tryOpen('good', '4')).toEqual({ ok: false, reason: 'upstream-busy' });
  });

  test('that writes for people is heard in the log, line by line, cut off and only so often', async () => {
    await call(await open(), 'stderr');
    expect(logged.length).toBe(60);
    expect(logged[0]).toMatch(/^stdio good [0-9]+: line 0 \?\[31mred\?$/);
  });
});

describe('a program that is not there or no server', () => {
  const CASES: readonly [name: string, program: string, reason: CallFailure, told: string][] = [
    ['has no file', 'missing', 'upstream-unreachable', 'stdio missing : cannot be started (ENOENT)'],
    ['has no folder', 'folderless', 'upstream-unreachable', 'stdio folderless : cannot be started (ENOENT)'],
    ['ends at once', 'dies-at-once', 'upstream-unreachable', 'ended with code 3'],
    ['speaks an unknown revision', 'unknown', 'upstream-session', ''],
    ['has no value for its secret', 'without-secret', 'server-unavailable', 'TOKEN has no value (unreadable)'],
    ['is not in the configuration', 'unheard-of', 'server-unavailable', ''],
  ];
  test.each(CASES)('%s', async (_name, program, reason, told) => {
    expect(await tryOpen(program)).toEqual({ ok: false, reason });
    if (told !== '') await expect.poll(() => logged.join('\n')).toContain(told);
  });

  test('is left alone for a while when it failed again and again', async () => {
    const reasons: unknown[] = [];
    for (let at = 0; at < 4; at++) reasons.push(await tryOpen('dies-at-once'));
    expect(reasons.map((result) => (result as { reason: string }).reason)).toEqual([
      'upstream-unreachable',
      'upstream-unreachable',
      'upstream-down',
      'upstream-down',
    ]);
    expect(programs.status().find(({ program }) => program === 'dies-at-once')).toMatchObject({
      started: 2,
      failed: 2,
      lastFailure: 'code 3',
    });
  });
});

describe('a process', () => {
  const ENDS: readonly [name: string, tool: string, failure: CallFailure][] = [
    ['ends', 'exit', 'upstream-truncated'],
    ['crashes', 'abort', 'upstream-truncated'],
    ['ends in the middle of a line', 'half', 'upstream-truncated'],
    ['sends a line without end', 'huge', 'upstream-too-large'],
    ['sends bytes that are not UTF-8', 'bad-utf8', 'upstream-malformed'],
    ['sends a batch', 'batch', 'upstream-malformed'],
    ['sends a key twice', 'twice', 'upstream-malformed'],
    ['never stops saying what nobody asked for', 'babble', 'upstream-too-large'],
  ];
  test.each(ENDS)(
    'that %s fails the calls under way, and is another one on the next use',
    async (_name, tool, failure) => {
      const channel = await open();
      const waiting = new Heard();
      channel.send(callOf(channel.mint(), 'hold'), waiting);
      expect(await call(channel, tool)).toEqual([`failed ${failure}`]);
      expect(waiting.log).toEqual([`failed ${failure}`]);
      expect(channels.find('k')).toBeNull();
      expect(await call(channel, 'count')).toEqual(['failed upstream-session']);
      expect(await valueOf(await open(), 'count')).toBe(1);
    },
  );

  test('that ends after its answer has answered', async () => {
    expect(await call(await open(), 'last-words')).toEqual([expect.stringContaining('"result":{}')]);
  });

  test('that writes something else between messages goes on', async () => {
    expect(await valueOf(await open(), 'noise')).toBe('after noise');
  });

  test('that answers under other ids is not believed', async () => {
    expect(await call(await open(), 'wrong-id')).toEqual([expect.stringContaining('right')]);
  });

  test('that sends more than a call may take fails that call alone', async () => {
    const channel = await open();
    expect((await call(channel, 'flood', true)).at(-1)).toBe('failed upstream-too-large');
    expect(await valueOf(channel, 'count')).toBe(1);
  });

  test('that reads nothing is not written to without end', async () => {
    const channel = await open();
    channel.send(callOf(channel.mint(), 'deaf'), new Heard());
    await expect
      .poll(async () => {
        const heard = new Heard();
        channel.send(requestOf(channel.mint(), 'tools/call', `{"x":"${'x'.repeat(4_000_000)}"}`), heard);
        await new Promise((resolve) => setTimeout(resolve, 10));
        return heard.log;
      })
      .toEqual(['failed upstream-busy']);
  });

  test('that takes its time to end is ended, with all that it started', async () => {
    const channel = await open('stubborn');
    const pids = (await valueOf(channel, 'family')) as readonly number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await channels.close();
    await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
  });

  test('takes what it started along when it crashes', async () => {
    const channel = await open();
    const pids = (await valueOf(channel, 'family')) as readonly number[];
    await call(channel, 'exit');
    await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
  });

  test('whose owner is gone is ended', async () => {
    const channel = await open();
    const { pid } = (await valueOf(channel, 'env')) as { readonly pid: number };
    channels.drop('k');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(programs.status()[0]).toMatchObject({ children: 0, failed: 0 });
  });
});

describe('messages on a shared connection', () => {
  test('go to the call that they name', async () => {
    const channel = await open();
    const logs = await Promise.all([
      call(channel, 'progress', true),
      call(channel, 'count'),
      call(channel, 'progress', true),
    ]);
    expect(logs.map((log) => log.length)).toEqual([5, 1, 5]);
    expect(logs.map(([first]) => first)).toEqual(['open', expect.stringContaining('"text":"1"'), 'open']);
  });

  test('that name none go to who listens, requests of the server too, but for pings', async () => {
    const channel = await open();
    const heard = new Heard();
    channel.listen(heard);
    await call(channel, 'announce');
    expect(heard.log).toEqual(['{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}']);
    const asked = new Heard();
    channel.send(callOf(channel.mint(), 'asks-us'), asked);
    expect((await heard.until(2))[1]).toBe('{"jsonrpc":"2.0","id":"q2","method":"roots/list"}');
    expect(await channel.post(Buffer.from('{"jsonrpc":"2.0","id":"q2","result":{"roots":[]}}'))).toBe(true);
    expect((await asked.until(1))[0]).toContain(
      JSON.stringify(
        JSON.stringify([
          { id: 'q1', result: {} },
          { id: 'q2', result: { roots: [] } },
        ]),
      ),
    );
  });

  test('that ask when nobody listens are refused, so that the server does not wait', async () => {
    const channel = await open();
    expect(await valueOf(channel, 'asks-us')).toEqual([
      { id: 'q1', result: {} },
      { id: 'q2', code: -32601 },
    ]);
  });

  test('tell the server what nobody waits for any more', async () => {
    const channel = await open();
    const heard = new Heard();
    const id = channel.mint();
    const sent = channel.send(callOf(id, 'hold'), heard);
    sent.cancel();
    expect(await valueOf(channel, 'cancelled')).toEqual([id, `cancelled ${id}`]);
    expect(heard.log).toEqual([]);
  });

  test('that come too late are not waited for, and the server is told', async () => {
    const channel = await open();
    await tryOpen('good', 'k', 'legacy', 100);
    const heard = new Heard();
    const id = channel.mint();
    channel.send(callOf(id, 'hold'), heard);
    expect(await heard.until(1)).toEqual(['failed upstream-timeout']);
    expect(await valueOf(channel, 'cancelled')).toEqual([id, `cancelled ${id}`]);
  });

  test('need ids of their own', async () => {
    const channel = await open();
    const [one, other] = [new Heard(), new Heard()];
    channel.send(callOf(99, 'hold'), one);
    channel.send(callOf(99, 'hold'), other);
    expect(await other.until(1)).toEqual(['failed internal']);
    expect(one.log).toEqual([]);
  });

  test('of a subscription go to the request that began it', async () => {
    const channel = await open('modern', 'k', 'modern');
    const heard = new Heard();
    const sent = channel.send(requestOf(channel.mint(), 'subscriptions/listen', '{}'), heard);
    expect((await heard.until(3)).map((line) => /"method":"([^"]+)"/.exec(line)?.[1] ?? line)).toEqual([
      'open',
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ]);
    sent.cancel();
  });
});

describe('the era of a program', () => {
  test.each([
    ['legacy', 'legacy', 'good', '2025-11-25'],
    ['modern', 'modern', 'modern', '2026-07-28'],
    ['legacy', 'modern', 'modern', '2026-07-28'],
    ['modern', 'legacy', 'good', '2025-11-25'],
  ] as const)(
    'recorded as %s is found to be %s when it is started',
    async (recorded, era, program, protocolVersion) => {
      expect(await open(program, 'k', recorded)).toMatchObject({ era, protocolVersion, multiplexed: true });
    },
  );
});

test('a program that is stopped in the middle of its start is not left behind', async () => {
  const opening = tryOpen('silent');
  await expect.poll(() => programs.status().find(({ program }) => program === 'silent')?.children).toBe(1);
  await channels.close();
  expect((await opening).ok).toBe(false);
});
