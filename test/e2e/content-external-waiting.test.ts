import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import { CLIENT_KINDS, connectClient } from '../fixtures/clients.ts';
import { findNames, NAME, REDACTED } from '../fixtures/detectors.ts';
import { whole } from '../fixtures/upstreams/raw-upstream.ts';
import { event, legacyScript, modernScript, openStream, result } from '../hostile/scripts.ts';
import { Stage, until } from '../hostile/stage.ts';
import { block, complete, legacy, logged, modern, NAMES, progress } from './content-external/messages.ts';
import { holdCalls } from './content-external/streams.ts';

let stage: Stage;
let written = 0;
let texts = 0;

beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(async () => {
  stage.behave();
  stage.modern.requests.length = 0;
  stage.legacy.requests.length = 0;
  stage.detectors.asked.length = 0;
  written = (await stage.rig.records()).length;
});
afterAll(() => stage.close());

/** A text that no analyzer was asked about before, as JSON text. */
const fresh = (): string => JSON.stringify(`text ${++texts} of 😀 ${NAME}`);
const read = (args: string, meta = '', path = NAMES) =>
  modern('tools/call', `"name":"docs_read","arguments":${args}`, 'docs_read', { path, meta });
const TOKEN = ',"progressToken":"t"';
/** Calls that reached servers. */
const calls = (): number =>
  [...stage.modern.requests, ...stage.legacy.requests].filter(({ body }) => body.includes('"tools/call"')).length;
const waiting = (count: number): Promise<void> => until(() => stage.detectors.waiting === count);

/** What was recorded of each request, `initialize` apart. */
async function recorded(count: number): Promise<readonly AuditRecord[]> {
  const records = (await stage.rig.records(written + count)).slice(written);
  return records.filter(({ method }) => method !== 'initialize');
}

async function endsWith(...records: readonly object[]): Promise<void> {
  expect(await recorded(records.length)).toMatchObject(records);
  expect(await stage.rig.records()).toHaveLength(written + records.length);
  await expect.poll(() => stage.underWay).toBe(0);
}

const CANCELLED = { method: 'tools/call', outcome: 'cancelled' };

describe('messages leave in the order in which they came', () => {
  test('however long each is looked through', async () => {
    const open = holdCalls(stage);
    stage.detectors.analyzer = async (asked) => {
      if (asked.some((text) => text.includes('first'))) await new Promise((resolve) => setTimeout(resolve, 100));
      return findNames(asked);
    };
    const call = stage.watch(read('{}', TOKEN));
    await until(() => open.length === 1);
    for (const at of ['first', 'second', 'third']) open[0]?.say(progress('"t"', JSON.stringify(`${at} ${fresh()}`)));
    open[0]?.end(fresh());
    await until(call.ended);
    const said = call.messages().map(({ params }) => String(params?.['message']).split(' ')[0]);
    expect(said).toEqual(['first', 'second', 'third', 'undefined']);
    expect(call.messages().at(-1)?.result).toMatchObject({ content: [{ type: 'text' }] });
    await endsWith({ method: 'tools/call', outcome: 'ok' });
  });

  test('and a server that fails after them fails after them', async () => {
    const open = holdCalls(stage);
    stage.detectors.hold();
    const call = stage.watch(read('{}', TOKEN));
    await until(() => open.length === 1);
    open[0]?.say(progress('"t"', fresh()));
    open[0]?.say(progress('"t"', fresh()));
    await waiting(1);
    open[0]?.socket.destroy();
    stage.detectors.release();
    await until(call.ended);
    expect(call.messages().map(({ method, error }) => method ?? error?.message)).toEqual([
      'notifications/progress',
      'notifications/progress',
      'server docs stopped in the middle of its answer',
    ]);
    await endsWith({ method: 'tools/call', outcome: 'error', error: 'upstream-truncated' });
  });

  test.each(CLIENT_KINDS)('for a real client, %s', async (kind) => {
    stage.modern.answerWith(
      modernScript('tools/call', ({ id, params }) => (socket) => {
        const { progressToken } = params['_meta'] as { readonly progressToken: unknown };
        const token = JSON.stringify(progressToken);
        openStream(progress(token, fresh()), progress(token, fresh()).replace('"progress":1', '"progress":2'))(socket);
        socket.end(`${event(result(id, complete(block(fresh()))))}0\r\n\r\n`);
      }),
    );
    const client = await connectClient(kind, `${stage.rig.origin}${NAMES}`, stage.rig.keys.bot);
    const heard: unknown[] = [];
    const onprogress = ({ progress: at, message }: { progress: number; message?: string | undefined }): void =>
      void heard.push([at, message?.includes(REDACTED)]);
    const outcome = await client.call('docs_read', { to: `😀 ${NAME}` }, { onprogress });
    expect([heard, JSON.stringify(outcome.content).includes(REDACTED)]).toEqual([
      [
        [1, true],
        [2, true],
      ],
      true,
    ]);
    await client.close();
  });
});

test('a server is read no further while too much waits, and nothing of what it says is lost', async () => {
  const open = holdCalls(stage);
  stage.detectors.hold();
  const call = stage.watch(read('{}', TOKEN));
  await until(() => open.length === 1);
  const long = 'x'.repeat(100_000);
  const say = (at: number): unknown => open[0]?.say(progress('"t"', JSON.stringify(`${at} ${long} ${fresh()}`)));
  // More than sockets hold by themselves.
  for (let at = 0; at < 200; at++) say(at);
  await waiting(1);
  const unread = (): number => open[0]?.socket.writableLength ?? 0;
  for (let before = -1; before !== unread();) {
    before = unread();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(unread()).toBeGreaterThan(0);
  stage.detectors.release();
  await until(() => unread() === 0);
  open[0]?.end(fresh());
  await until(call.ended);
  const said = call.messages().map(({ params }) => Number(String(params?.['message']).split(' ')[0]));
  expect(said.slice(0, -1)).toEqual(Array.from({ length: 200 }, (_, at) => at));
  expect(call.text()).not.toContain(NAME);
}, 60_000);

test('a lost stream is gone on with from the last message that was looked through', async () => {
  const session = await stage.session('bot', NAMES);
  stage.legacy.answerWith((request) => {
    const isBack = request.method === 'GET' && request.headers.has('last-event-id');
    const script = legacyScript(isBack ? 'GET' : 'tools/call', ({ id }) => (socket) => {
      openStream()(socket);
      if (isBack) socket.end(`${event(result('5', block(fresh())))}0\r\n\r\n`);
      else socket.end(`${event(progress('"t"', fresh()), `id: of ${id}\n`)}0\r\n\r\n`);
    });
    return script(request);
  });
  stage.detectors.hold();
  const params = '"name":"old_echo","arguments":{},"_meta":{"progressToken":"t"}';
  const call = stage.watch(legacy(session, 'tools/call', params));
  await waiting(1);
  stage.detectors.release();
  await until(call.ended);
  expect(call.messages().map(({ method }) => method)).toEqual(['notifications/progress']);
  const headers = { 'mcp-session-id': session, 'last-event-id': /^id: (\S+)$/m.exec(call.text())?.[1] ?? '' };
  const rest = stage.watch({ path: NAMES, method: 'GET', headers });
  await until(rest.ended);
  expect(rest.messages().map(({ id }) => id)).toEqual([5]);
  expect([call.text(), rest.text()].map((text) => [text.includes(REDACTED), text.includes(NAME)])).toEqual([
    [true, false],
    [true, false],
  ]);
});

test('a client behind whose stream too much waits is let go', async () => {
  const streams: Socket[] = [];
  stage.legacy.answerWith(
    legacyScript('GET', () => (socket) => {
      openStream()(socket);
      streams.push(socket);
    }),
  );
  const session = await stage.session('bot', NAMES);
  await stage.send(legacy(session, 'logging/setLevel', '"level":"debug"'));
  const stream = stage.watch({ path: NAMES, method: 'GET', headers: { 'mcp-session-id': session } });
  await until(() => streams.length > 0);
  stage.detectors.hold();
  const say = (): unknown => streams.at(-1)?.write(event(logged(JSON.stringify(`${'x'.repeat(100_000)} ${fresh()}`))));
  for (let at = 0; at < 9; at++) say();
  await waiting(1);
  expect(stream.ended()).toBe(false);
  for (let at = 0; at < 4; at++) say();
  await until(stream.ended);
  await waiting(0);
  expect(stream.messages()).toEqual([]);
});

describe('a client that does not wait any more', () => {
  test('leaves while its request is looked through: nothing is sent', async () => {
    stage.detectors.hold();
    const call = stage.watch(read(`{"to":${fresh()}}`));
    await waiting(1);
    call.hangUp();
    await waiting(0);
    await endsWith(CANCELLED);
    expect(calls()).toBe(0);
  });

  test('leaves while the result is looked through', async () => {
    const open = holdCalls(stage);
    stage.detectors.hold();
    const call = stage.watch(read('{}'));
    await until(() => open.length === 1);
    open[0]?.end(fresh());
    await waiting(1);
    call.hangUp();
    await waiting(0);
    await endsWith(CANCELLED);
  });

  test('leaves while a notification is looked through: the server is told as well', async () => {
    const open = holdCalls(stage);
    stage.detectors.hold();
    const call = stage.watch(read('{}', TOKEN));
    await until(() => open.length === 1);
    open[0]?.say(progress('"t"', fresh()));
    await waiting(1);
    call.hangUp();
    await waiting(0);
    await until(() => open[0]?.socket.destroyed === true);
    await endsWith(CANCELLED);
  });

  test('leaves while a list is looked through', async () => {
    const entry = `{"uri":"doc://pub/a","name":"n","description":${fresh()}}`;
    const list = complete(`"ttlMs":0,"resources":[${entry}]`);
    stage.modern.answerWith(modernScript('resources/list', ({ id }) => whole(result(id, list))));
    stage.detectors.hold();
    const listed = stage.watch(modern('resources/list', ''));
    await waiting(1);
    listed.hangUp();
    await waiting(0);
    await endsWith({ method: 'resources/list', outcome: 'cancelled' });
  });

  const cancel = (session: string) => ({
    path: NAMES,
    headers: { 'mcp-session-id': session },
    body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}',
  });

  test('cancels while its request is looked through: nothing is sent', async () => {
    const session = await stage.session('bot', NAMES);
    stage.detectors.hold();
    const call = stage.watch(legacy(session, 'tools/call', `"name":"old_echo","arguments":{"to":${fresh()}}`));
    await waiting(1);
    await stage.send(cancel(session));
    await until(call.ended);
    await waiting(0);
    written++;
    await endsWith(CANCELLED, { method: 'notifications/cancelled' });
    expect([call.messages(), calls()]).toEqual([[], 0]);
  });

  test('cancels while the result is looked through', async () => {
    const session = await stage.session('bot', NAMES);
    stage.legacy.answerWith(legacyScript('tools/call', ({ id }) => whole(result(id, block(fresh())))));
    stage.detectors.hold();
    const call = stage.watch(legacy(session, 'tools/call', '"name":"old_echo","arguments":{}'));
    await waiting(1);
    await stage.send(cancel(session));
    await until(call.ended);
    await waiting(0);
    written++;
    await endsWith(CANCELLED, { method: 'notifications/cancelled' });
    expect(call.messages()).toEqual([]);
  });

  test('leaves as a legacy client while its request is looked through: the call goes on', async () => {
    const session = await stage.session('bot', NAMES);
    stage.detectors.hold();
    const call = stage.watch(legacy(session, 'tools/call', `"name":"old_echo","arguments":{"to":${fresh()}}`));
    await waiting(1);
    call.hangUp();
    stage.detectors.release();
    await until(() => calls() === 1);
    written++;
    await endsWith({ method: 'tools/call', outcome: 'ok' });
  });
});
