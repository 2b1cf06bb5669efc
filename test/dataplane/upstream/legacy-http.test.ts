import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { UNASKED_MESSAGES_MAX } from '../../../dataplane/limits.ts';
import type { Channel, ChannelTarget } from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { ALWAYS, callOf, Heard } from '../../fixtures/channel-ends.ts';
import {
  ACCEPTED,
  RawUpstream,
  whole,
  type RawAnswer,
  type RawRequest,
} from '../../fixtures/upstreams/raw-upstream.ts';

let upstream: RawUpstream;
let upstreams: Upstreams;
let channels: Channels;
let target: ChannelTarget;
let opened = 0;

const INITIALIZED =
  '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"l","version":"1"}}}';
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';

/** Opens sessions; answers everything else as told. */
const sessions =
  (answer: (request: RawRequest) => RawAnswer) =>
  (request: RawRequest): RawAnswer => {
    if (request.body.includes('"initialize"'))
      return whole(INITIALIZED, 'application/json', '200 OK', `Mcp-Session-Id: s${++opened}\r\n`);
    if (request.method === 'DELETE' || request.body.includes('"notifications/')) return ACCEPTED;
    return answer(request);
  };
const result = (id: number | string): string => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`;
const answered = (request: RawRequest): string =>
  whole(result(/"id":([0-9]+)/.exec(request.body.toString())?.[1] ?? ''));
const unknownSession = whole('gone', 'text/plain', '404 Not Found');

beforeEach(async () => {
  opened = 0;
  upstream = await RawUpstream.open(sessions(answered));
  upstreams = new Upstreams();
  channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
  target = {
    server: 'l',
    era: 'legacy',
    protocolVersion: '2025-11-25',
    capabilities: '{"roots":{}}',
    transport: { kind: 'http', url: new URL(upstream.url), credentials: ALWAYS },
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await channels.close();
  await upstreams.close();
  await upstream.close();
});

async function open(owner = 'k'): Promise<Channel> {
  const result = await channels.open(owner, target);
  assert(result.ok, 'the server opens sessions');
  return result.channel;
}

async function call(channel: Channel, id: number): Promise<readonly string[]> {
  const heard = new Heard();
  channel.send(callOf(id), heard);
  return heard.until(1);
}

/** Every request as `method version session`. */
const seen = (): readonly string[] =>
  upstream.requests.map((request) => {
    const { method = request.method } =
      request.body.length === 0 ? {} : (JSON.parse(request.body.toString()) as { method?: string });
    return `${method} ${request.headers.get('mcp-protocol-version')} ${request.headers.get('mcp-session-id') ?? '-'}`;
  });

describe('a session', () => {
  test('is opened once, however many ask at the same time, with what is declared', async () => {
    const results = await Promise.all([1, 2, 3].map(() => open()));
    expect(new Set(results).size).toBe(1);
    expect(channels.find('k')).toBe(results[0]);
    expect(results[0]).toMatchObject({ era: 'legacy', protocolVersion: '2025-06-18' });
    expect(seen()).toEqual(['initialize 2025-11-25 -', 'notifications/initialized 2025-06-18 s1']);
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: { roots: {} },
        clientInfo: { name: 'mcpgw', version: '0.1.0' },
      },
    });
    expect(upstream.requests[0]?.headers.get('authorization')).toBe('Bearer x');
  });

  test('carries calls, with its id and without anything of the modern era', async () => {
    expect(await call(await open(), 7)).toEqual([result(7)]);
    const headers = upstream.requests.at(-1)?.headers;
    expect([headers?.get('mcp-session-id'), headers?.get('mcp-method'), headers?.get('mcp-name')]).toEqual([
      's1',
      undefined,
      undefined,
    ]);
  });

  test('is another one for another owner, and for another place', async () => {
    const first = await open();
    expect(await open('other')).not.toBe(first);
    target = { ...target, capabilities: '{}' };
    expect(await open()).not.toBe(first);
    expect(opened).toBe(3);
    await expect.poll(seen).toContain('DELETE 2025-06-18 s1');
  });

  test('is not given up while a call is under way, though its owner has another one', async () => {
    const first = await open();
    upstream.answerWith(sessions(() => null));
    const heard = new Heard();
    first.send(callOf(1), heard).cancel();
    const call = first.send(callOf(2), heard);
    target = { ...target, capabilities: '{}' };
    await open();
    expect(seen()).not.toContain('DELETE 2025-06-18 s1');
    call.cancel();
  });

  test('that failed to open is tried again', async () => {
    upstream.answerWith(() => whole('no', 'text/plain', '503 Service Unavailable'));
    expect(await channels.open('k', target)).toEqual({ ok: false, reason: 'upstream-session' });
    expect(channels.find('k')).toBeNull();
    upstream.answerWith(sessions(answered));
    await open();
  });

  test('is closed when nobody used it for half an hour', async () => {
    channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
    await channels.close();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
    await open();
    vi.advanceTimersByTime(20 * 60_000);
    await open();
    vi.advanceTimersByTime(20 * 60_000);
    expect(seen().at(-1)).toBe('notifications/initialized 2025-06-18 s1');
    vi.advanceTimersByTime(20 * 60_000);
    await expect.poll(() => seen().at(-1)).toBe('DELETE 2025-06-18 s1');
    await open();
    expect(opened).toBe(2);
  });

  test.each([
    ['the proxy stops', () => channels.close()],
    ['its owner is gone', async () => channels.drop('k')],
  ])('is closed when %s', async (_name, end) => {
    const channel = await open();
    await end();
    await expect.poll(() => seen().at(-1)).toBe('DELETE 2025-06-18 s1');
    expect(channels.find('k')).toBeNull();
    expect(await call(channel, 1)).toEqual(['failed upstream-session']);
  });
});

test('the id of a session is what `initialize` said, whatever later answers say', async () => {
  const channel = await open();
  upstream.answerWith(sessions((request) => answered(request).replace('\r\n', '\r\nMcp-Session-Id: stolen\r\n')));
  for (const id of [1, 2]) expect(await call(channel, id)).toEqual([result(id)]);
  expect(seen().slice(-2)).toEqual(['tools/call 2025-06-18 s1', 'tools/call 2025-06-18 s1']);
});

test('nothing is left open: no call, no stream, no connection', async () => {
  const channel = await open();
  upstream.answerWith(sessions((request) => (request.method === 'GET' ? STREAM : null)));
  const heard = new Heard();
  channel.listen(heard);
  channel.send(callOf(1), heard);
  await expect.poll(() => seen().filter((line) => /^(?:GET|tools)/.test(line)).length).toBe(2);
  await channels.close();
  await upstreams.close();
  await expect.poll(() => upstream.connections).toBe(0);
});

describe('a session that the server forgot', () => {
  test.each([
    ['with 404', unknownSession],
    [
      'with the error of an official transport',
      whole('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"x"}}', 'application/json', '400 Bad Request'),
    ],
  ])('%s is opened once more for all calls that met this', async (_name, answer) => {
    const channel = await open();
    upstream.answerWith(
      sessions((request) => (request.headers.get('mcp-session-id') === 's1' ? answer : answered(request))),
    );
    expect(await Promise.all([1, 2, 3].map((id) => call(channel, id)))).toEqual([1, 2, 3].map((id) => [result(id)]));
    expect(opened).toBe(2);
  });

  test('again and again fails the call', async () => {
    const channel = await open();
    upstream.answerWith(sessions(() => unknownSession));
    expect(await call(channel, 1)).toEqual(['failed upstream-session']);
    expect(opened).toBe(2);
  });
});

describe('an answer in events', () => {
  const event = (text: string, id = ''): string => `${id}data: ${text}\n\n`;

  test('is heard message by message, until the receiver has what it wants', async () => {
    const channel = await open();
    const note = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}';
    upstream.answerWith(sessions(() => `${STREAM}${event(note)}${event(result(1))}`));
    const heard = new Heard();
    channel.send(callOf(1), heard).resume();
    expect(await heard.until(3)).toEqual(['open', note, result(1)]);
  });

  test('that ends early can be gone on with, from its last event, when the server says', async () => {
    const channel = await open();
    upstream.answerWith(
      sessions((request) => (socket) => {
        if (request.method === 'GET') socket.end(`${STREAM}${event(result(1), 'id: e2\n')}`);
        else socket.end(`${STREAM}id: e1\nretry: 250\ndata:\n\n`);
      }),
    );
    const heard = new Heard();
    channel.send(callOf(1), heard);
    expect(await heard.until(3)).toEqual(['open', '', 'ended e1 250']);
    const endedMs = performance.now();
    const rest = new Heard();
    channel.resume('e1', rest);
    expect(await rest.until(2)).toEqual(['open', result(1)]);
    expect(upstream.requests.at(-1)?.headers.get('last-event-id')).toBe('e1');
    expect(performance.now() - endedMs).toBeGreaterThan(200);
  });

  test('that ends early without an id is lost', async () => {
    const channel = await open();
    upstream.answerWith(sessions(() => (socket) => socket.end(`${STREAM}: nothing\n\n`)));
    const heard = new Heard();
    channel.send(callOf(1), heard);
    expect(await heard.until(2)).toEqual(['open', 'failed upstream-truncated']);
  });

  test('is not waited for once cancelled, and the server is told', async () => {
    const channel = await open();
    upstream.answerWith(sessions(() => STREAM));
    const heard = new Heard();
    const sent = channel.send(callOf(9), heard);
    await heard.until(1);
    sent.cancel();
    await expect
      .poll(() => upstream.requests.at(-1)?.body.toString())
      .toBe('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}');
    expect(heard.log).toEqual(['open']);
  });
});

describe('who listens', () => {
  const CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';
  const ASKS = '{"jsonrpc":"2.0","id":"q","method":"roots/list"}';

  /** Answers GETs in turn with these; the last one also to all later ones. */
  function streams(...answers: readonly RawAnswer[]): void {
    let at = 0;
    upstream.answerWith(
      sessions((request) =>
        request.method === 'GET' ? (answers[Math.min(at++, answers.length - 1)] ?? null) : answered(request),
      ),
    );
  }
  const gets = (): readonly (string | undefined)[] =>
    upstream.requests
      .filter(({ method }) => method === 'GET')
      .map(({ headers }) => headers.get('last-event-id') ?? '-');

  test('hears announcements and requests over one stream, while anybody listens', async () => {
    streams(`${STREAM}data: ${CHANGED}\n\ndata: ${ASKS}\n\ndata: no message\n\ndata: ${result(5)}\n\n`);
    const channel = await open();
    const before = upstream.connections;
    const [one, other] = [new Heard(), new Heard()];
    const stop = channel.listen(one);
    const stopOther = channel.listen(other);
    expect(await one.until(2)).toEqual([CHANGED, ASKS]);
    expect(other.log).toEqual([CHANGED]);
    stop();
    expect(upstream.connections).toBe(before + 1);
    stopOther();
    await expect.poll(() => upstream.connections).toBe(before);
    expect(gets()).toEqual(['-']);
  });

  test('does not have to answer pings', async () => {
    streams(`${STREAM}data: {"jsonrpc":"2.0","id":7,"method":"ping"}\n\n`);
    const channel = await open();
    const heard = new Heard();
    channel.listen(heard);
    await expect.poll(() => upstream.requests.at(-1)?.body.toString()).toBe('{"jsonrpc":"2.0","id":7,"result":{}}');
    expect(heard.log).toEqual([]);
  });

  test('is told when the stream was away, which goes on from the last event', async () => {
    streams(
      (socket) => socket.end(`${STREAM}retry: 100\nid: g1\ndata: ${CHANGED}\n\n`),
      `${STREAM}data: ${CHANGED}\n\n`,
    );
    const channel = await open();
    const heard = new Heard();
    channel.listen(heard);
    expect(await heard.until(3)).toEqual([CHANGED, 'reopened', CHANGED]);
    expect(gets()).toEqual(['-', 'g1']);
  });

  test('hears no server that never stops: its stream is opened anew', async () => {
    streams(`${STREAM}retry: 100\n\n${`data: ${CHANGED}\n\n`.repeat(UNASKED_MESSAGES_MAX + 5)}`, STREAM);
    const channel = await open();
    const heard = new Heard();
    channel.listen(heard);
    expect((await heard.until(UNASKED_MESSAGES_MAX + 1)).at(-1)).toBe('reopened');
    expect(gets().length).toBe(2);
  });

  test('is told when the session is another one', async () => {
    streams(unknownSession, `${STREAM}data: ${CHANGED}\n\n`);
    const channel = await open();
    const heard = new Heard();
    channel.listen(heard);
    expect(await heard.until(2)).toEqual(['reopened', CHANGED]);
    expect(upstream.requests.at(-1)?.headers.get('mcp-session-id')).toBe('s2');
  });

  test('keeps nothing open with a server that offers no stream', async () => {
    streams(whole('', 'text/plain', '405 Method Not Allowed'));
    const channel = await open();
    channel.listen(new Heard());
    await call(channel, 1);
    await call(channel, 2);
    expect(gets()).toEqual(['-']);
  });
});
