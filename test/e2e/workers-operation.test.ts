import { existsSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initialize, modernCall } from '../fixtures/mcp-http.ts';
import { isAlive } from '../fixtures/processes.ts';
import { CALL_RESULT, WorkerRig } from '../fixtures/worker-rig.ts';
import { whole } from '../fixtures/upstreams/raw-upstream.ts';

let w: WorkerRig;

beforeEach(async () => {
  w = await WorkerRig.open();
});
afterEach(() => w.stop());

test('one worker is killed: clients of the others notice nothing, and it is replaced', async () => {
  await w.start();
  const connections = Array.from({ length: 9 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const used: (Socket | null)[] = connections.map(() => null);
  const call = (at: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const { headers, body } = modernCall('modern_echo');
      const authorization = `Bearer ${w.rig.keys.bot}`;
      const all = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization };
      const agent = connections[at] ?? false;
      const request = send(w.url, { method: 'POST', agent, headers: { ...all, ...headers } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('socket', (socket) => {
        used[at] = socket;
      });
      request.on('error', reject).end(body);
    });
  const every = [...connections.keys()];
  const callAll = async (): Promise<void> => {
    expect(await Promise.all(every.map(call))).toEqual(every.map(() => 200));
  };
  // One after the other: connections made at once do not come to the workers by turns.
  for (const at of every) expect(await call(at)).toBe(200);
  const before = [...used];
  const [victim = 0] = w.workers;
  process.kill(victim, 'SIGKILL');
  await expect.poll(() => before.filter((socket) => socket?.destroyed).length).toBe(3);
  await callAll();
  expect(every.filter((at) => used[at] === before[at])).toHaveLength(6);
  expect((await w.admin('/readyz')).status).toBe(200);
  await expect.poll(() => w.states(), { timeout: 40_000, interval: 200 }).toEqual(['ready', 'ready', 'ready']);
  expect(w.workers).toHaveLength(3);
  expect(w.workers).not.toContain(victim);
  expect(await w.status()).toMatchObject({ restarts: 1 });
  await callAll();
  for (const agent of connections) agent.destroy();
}, 60_000);

describe('SIGTERM', () => {
  test('lets calls under way end, those that were handed over too, and leaves neither children nor sockets', async () => {
    await w.start();
    const waiting: Socket[] = [];
    w.answerCalls(() => (socket) => void waiting.push(socket));
    const session = await initialize(w.url, w.rig.keys.bot);
    const stream = await w.openStream(session);
    const [folder = ''] = [...w.sockets().values()].map(({ path }) => dirname(path));
    const children = w.workers;
    const every = [0, 1, 2];
    const pending = [...every.map(() => w.legacyCall(session)), ...every.map(() => w.modernCall())];
    await expect.poll(() => waiting.length).toBe(6);
    const ended = w.rig.signal('SIGTERM');
    await expect.poll(() => w.rig.logs.at(-1)).toBe('mcpgw-proxy: stopping');
    await expect.poll(() => stream.complete).toBe(true);
    for (const socket of waiting) socket.write(whole(CALL_RESULT));
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual(pending.map(() => 200));
    expect(await ended).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    const records = await w.rig.records(8);
    const count = (method: string): number => records.filter((record) => record.method === method).length;
    expect([records.length, count('initialize'), count('GET'), count('tools/call')]).toEqual([8, 1, 1, 6]);
  }, 60_000);

  test('stops workers that are only starting', async () => {
    const started = w.start();
    started.catch(() => undefined);
    await expect.poll(() => w.workers.length, { timeout: 20_000 }).toBe(3);
    const children = w.workers;
    expect(await w.rig.signal('SIGTERM')).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  }, 60_000);
});

test('a supervisor that is killed takes its workers with it', async () => {
  await w.start();
  const children = w.workers;
  await w.rig.signal('SIGKILL');
  await expect.poll(() => children.filter(isAlive), { timeout: 10_000 }).toEqual([]);
}, 60_000);

test('lines of the audit log never mix', async () => {
  await w.start(4);
  const count = 2_000;
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0) expect((await w.modernCall()).status).toBe(200);
  };
  await Promise.all(Array.from({ length: 24 }, caller));
  const records = await w.rig.records(count);
  expect(records).toHaveLength(count);
  expect(new Set(records.map(({ id }) => id)).size).toBe(count);
  expect(new Set(records.map(({ tool, outcome }) => `${tool} ${outcome}`))).toEqual(new Set(['modern_echo ok']));
}, 120_000);

describe('what cannot start says so once and ends with 2', () => {
  const taken = (): string => new URL(w.upstream.url).host;
  test.each([
    ['a port that is taken', () => ({ listen: { address: taken() } }), /cannot be listened on \(EADDRINUSE\)/],
    ['an operators’ port that is taken', () => ({ admin: taken() }), /cannot be listened on \(EADDRINUSE\)/],
    ['a sealing key that is none', () => ({ seal: { keys: ['env:NONE'] } }), /seal\.keys: env:NONE cannot be used/],
    [
      'an audit file nowhere',
      () => ({ audit: { sinks: [{ file: '/nonexistent/audit' }] } }),
      /audit\.sinks: \/nonexistent\/audit cannot be opened/,
    ],
  ])(
    '%s',
    async (_name, changes, problem) => {
      await expect(w.rig.startChild({ workers: 3, ...changes() })).rejects.toThrow('the proxy ended with 2');
      expect(w.rig.logs.filter((line) => problem.test(line))).toHaveLength(1);
      expect(w.rig.logs.filter((line) => line.includes('bug'))).toEqual([]);
    },
    60_000,
  );
});
