import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domainDigest } from '../../dataplane/format/digest.ts';
import { newSession, openSession, sealSession } from '../../dataplane/mcp/client-session.ts';
import { initialize } from '../fixtures/mcp-http.ts';
import { CALL_RESULT, WorkerRig } from '../fixtures/worker-rig.ts';
import { whole } from '../fixtures/upstreams/raw-upstream.ts';

let w: WorkerRig;

beforeAll(async () => {
  w = await WorkerRig.open();
  await w.start();
});
afterAll(() => w.stop());

const OWNER = { principal: domainDigest('mcpgw principal 1', 'robot', 'bot'), endpoint: 'all' };

/** A session that says it began in that process. */
const sealed = (home: string): string =>
  sealSession(w.ring, OWNER, newSession(home, '2025-11-25', null, { has: new Set(), more: false }), Date.now());

/** The process that a session began in. */
function homeOf(session: string): number {
  const opened = openSession(w.ring, OWNER, session, Date.now());
  const socket = opened === null ? undefined : w.sockets().get(opened.process);
  if (socket === undefined) throw new Error('no worker is the home of the session');
  return socket.pid;
}

const restarted = (count: number): Promise<void> =>
  expect
    .poll(
      async () => {
        const { restarts } = await w.status();
        return [restarts, ...(await w.states())];
      },
      { timeout: 40_000, interval: 200 },
    )
    .toEqual([count, 'ready', 'ready', 'ready']);

test('workers hand over by way of sockets that nobody else may reach', () => {
  const found = [...w.sockets().values()];
  expect(new Set(found.map(({ pid }) => pid))).toEqual(new Set(w.workers));
  const folders = new Set(found.map(({ path }) => dirname(path)));
  expect(folders.size).toBe(1);
  for (const folder of folders) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('requests go to workers of this proxy alone, whatever a session says', async () => {
  let connected = 0;
  const place = join(w.rig.store.root, 'elsewhere');
  const elsewhere = createServer((socket) => {
    connected++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(place, resolve));
  const [folder = ''] = [...w.sockets().values()].map(({ path }) => dirname(path));
  for (const home of [place, relative(folder, place), `../${place.slice(1)}`, '', '.', '..', '\0', randomUUID()]) {
    for (let at = 0; at < 3; at++) expect([home, (await w.legacyCall(sealed(home))).status]).toEqual([home, 200]);
  }
  expect(connected).toBe(0);
  await new Promise<void>((resolve) => elsewhere.close(() => resolve()));
});

test('a session that was not sealed here is none, though it names a worker', async () => {
  const session = sealed([...w.sockets().keys()][0] ?? '');
  expect((await w.legacyCall(session)).status).toBe(200);
  const changed = session.slice(0, -4) + (session.endsWith('AAAA') ? 'BBBB' : 'AAAA');
  for (const token of [changed, 'v1.0.0', randomUUID()]) expect((await w.legacyCall(token)).status).toBe(404);
});

test('a client that leaves a call which was handed over does not start another', async () => {
  const before = w.calls;
  w.answerCalls(() => null);
  const session = await initialize(w.url, w.rig.keys.bot);
  const requests: ClientRequest[] = [];
  while (requests.length < 3) {
    requests.push(w.sendLegacyCall(session));
    await expect.poll(() => w.calls - before).toBe(requests.length);
  }
  for (const request of requests) request.destroy();
  w.answerCalls(() => whole(CALL_RESULT));
  // Whatever the three would start has started when these are answered: they come after them, to the same workers.
  for (let at = 0; at < 9; at++) expect((await w.legacyCall(session)).status).toBe(200);
  expect(w.calls - before).toBe(12);
});

describe('a worker is killed', () => {
  test('a call that it was handed is neither made twice nor left hanging, and is recorded', async () => {
    const before = w.calls;
    w.answerCalls(() => null);
    const session = await initialize(w.url, w.rig.keys.bot);
    const pending: Promise<number | string>[] = [];
    while (pending.length < 3) {
      pending.push(w.legacyCall(session).then(({ status }) => status, String));
      await expect.poll(() => w.calls - before).toBe(pending.length);
    }
    process.kill(homeOf(session), 'SIGKILL');
    // One of three connections came to the worker itself.
    const ends = await Promise.all(pending);
    expect(ends.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([500, 500, 'Error: socket hang up']);
    await expect
      .poll(async () => (await w.rig.records()).filter(({ error }) => error === 'worker-lost'))
      .toMatchObject([
        { outcome: 'error', principal: { id: 'bot' }, method: 'tools/call' },
        { outcome: 'error', principal: { id: 'bot' }, method: 'tools/call' },
      ]);
    await restarted(1);
    expect(w.calls - before).toBe(3);
    w.answerCalls(() => whole(CALL_RESULT));
  }, 60_000);

  test('streams that others passed on for it end, and their clients come back', async () => {
    const session = await initialize(w.url, w.rig.keys.bot);
    const home = homeOf(session);
    const streams = [await w.openStream(session), await w.openStream(session), await w.openStream(session)];
    process.kill(home, 'SIGKILL');
    for (const stream of streams) await expect.poll(() => stream.complete || stream.destroyed).toBe(true);
    expect((await w.openStream(session)).complete).toBe(false);
    await restarted(2);
  }, 60_000);

  test('its sessions go on with the others', async () => {
    const session = await initialize(w.url, w.rig.keys.bot);
    expect((await w.legacyCall(session)).status).toBe(200);
    process.kill(homeOf(session), 'SIGKILL');
    await expect.poll(() => w.workers.length).toBe(2);
    for (let at = 0; at < 4; at++) expect(JSON.parse((await w.legacyCall(session)).body)).toHaveProperty('result');
  }, 60_000);
});
