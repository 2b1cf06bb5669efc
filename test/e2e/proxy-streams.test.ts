import { request as send, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { initialize, messagesOf, modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { ACCEPTED, RawUpstream, whole, type RawAnswer, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';

const rig = new Rig();
let upstream: RawUpstream;

beforeAll(async () => {
  upstream = await RawUpstream.open(() => null);
  rig.offer({
    servers: [
      { name: 'modern', url: upstream.url, era: 'modern', tools: [{ name: 'echo' }] },
      { name: 'legacy', url: upstream.url, era: 'legacy', tools: [{ name: 'echo' }] },
    ],
    gateways: [
      {
        name: 'all',
        servers: { modern: 'modern', legacy: 'legacy' },
        grants: ['modern', 'legacy'].map((server) => ({ to: ['bot', 'other'] as const, server })),
      },
    ],
    content: [
      {
        name: 'cards',
        pattern: String.raw`\b\d{16}\b`,
        directions: ['to-client'],
        action: { kind: 'replace', with: '[CARD]' },
      },
      { name: 'no-keys', pattern: 'acme_live_[a-z]+', directions: ['to-client'], action: { kind: 'block' } },
    ],
  });
  await rig.start();
});
beforeEach(() => {
  upstream.requests.length = 0;
});
afterAll(async () => {
  await rig.stop();
  await upstream.close();
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (message: string): string => chunk(`data: ${message}\n\n`);
const events = (...messages: readonly string[]): string => `${HEAD}${messages.map(event).join('')}0\r\n\r\n`;
const result = (id: string): string => `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","content":[]}}`;
const progress = (token: string, message = 'x'): string =>
  `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1,"message":"${message}"}}`;
const INITIALIZED =
  '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"l","version":"1"}}}';

let sessions = 0;
/** A legacy server that opens sessions s1, s2, ... and answers calls as told. */
const inSession =
  (answer: (request: RawRequest) => RawAnswer) =>
  (request: RawRequest): RawAnswer => {
    if (request.body.includes('"initialize"')) {
      return whole(INITIALIZED, 'application/json', '200 OK', `Mcp-Session-Id: s${++sessions}\r\n`);
    }
    return request.body.includes('"tools/call"') ? answer(request) : ACCEPTED;
  };
const idOf = (request: RawRequest): string => /"id":([0-9]+)/.exec(request.body.toString())?.[1] ?? 'null';
const tokenOf = (request: RawRequest): string =>
  /"progressToken":([^,}]+)/.exec(request.body.toString())?.[1] ?? 'null';

const url = (): string => `${rig.origin}/mcp/all`;
const withToken = (tool: string): ReturnType<typeof modernCall> => {
  const call = modernCall(tool);
  return { ...call, body: String(call.body).replace('"_meta":{', '"_meta":{"progressToken":"mine",') };
};

/** A request whose answer is watched as it arrives. */
function watch(post: { headers?: Readonly<Record<string, string>>; body?: string | Buffer }, key: string) {
  const pieces: string[] = [];
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${key}`,
    ...post.headers,
  };
  let request: ClientRequest | null = null;
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request = send(url(), { method: 'POST', headers, agent: false }, (answer) => {
      answer.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
      answer.on('error', () => undefined);
      resolve(answer);
    });
    request.on('error', reject);
    request.end(post.body);
  });
  response.catch(() => undefined);
  return { pieces, response, hangUp: () => request?.destroy() };
}

test('events pass one by one, each as soon as it is there, its headers before any', async () => {
  let socket: Socket | null = null;
  upstream.answerWith(() => (opened) => {
    socket = opened;
    opened.write(HEAD);
  });
  const watched = watch(withToken('modern_echo'), rig.keys.bot);
  const response = await watched.response;
  expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  expect(watched.pieces).toEqual([]);
  const opened = socket as Socket | null;
  opened?.write(event(progress('"mine"', 'one')));
  await expect.poll(() => watched.pieces.length).toBe(1);
  opened?.write(event(progress('"mine"', 'two')));
  await expect.poll(() => watched.pieces.length).toBe(2);
  opened?.write(`${event(result('1'))}0\r\n\r\n`);
  await expect.poll(() => response.complete).toBe(true);
  expect(watched.pieces.join('')).toBe(
    [progress('"mine"', 'one'), progress('"mine"', 'two'), result('1')]
      .map((message) => `data: ${message}\n\n`)
      .join(''),
  );
});

describe('of what a server sends beside the response', () => {
  const CASES: readonly [name: string, messages: readonly string[], passed: readonly string[]][] = [
    ['progress of this request passes', [progress('"mine"')], [progress('"mine"')]],
    ['progress of another request is dropped', [progress('"other"'), progress('7')], []],
    [
      'log messages are dropped',
      ['{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}'],
      [],
    ],
    ['announcements are dropped', ['{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'], []],
    ['progress is redacted', [progress('"mine"', 'card 4111111111111111')], [progress('"mine"', 'card [CARD]')]],
    ['progress that a rule blocks is dropped', [progress('"mine"', 'acme_live_x')], []],
  ];

  test.each(CASES)('%s', async (_name, messages, passed) => {
    upstream.answerWith(() => events(...messages, result('1')));
    const answer = await post({ url: url(), key: rig.keys.bot, ...withToken('modern_echo') });
    expect(messagesOf(answer).map((message) => JSON.stringify(message))).toEqual([...passed, result('1')]);
  });

  test('what comes after the response is not read', async () => {
    upstream.answerWith(() => events(result('1'), progress('"mine"'), result('1')));
    const answer = await post({ url: url(), key: rig.keys.bot, ...withToken('modern_echo') });
    expect(messagesOf(answer)).toHaveLength(1);
  });

  test('requests of a legacy server are answered here, and it goes on', async () => {
    upstream.answerWith(
      inSession((request) =>
        events(
          '{"jsonrpc":"2.0","id":"a","method":"sampling/createMessage","params":{}}',
          '{"jsonrpc":"2.0","id":8,"method":"ping"}',
          result(idOf(request)),
        ),
      ),
    );
    const answer = await post({ url: url(), key: rig.keys.bot, ...modernCall('legacy_echo') });
    expect(messagesOf(answer)).toHaveLength(1);
    await expect.poll(() => upstream.requests.filter((request) => !request.body.includes('"method"')).length).toBe(2);
    expect(
      upstream.requests.map((request) => request.body.toString()).filter((body) => !body.includes('"method"')),
    ).toEqual([
      '{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"method not found"}}',
      '{"jsonrpc":"2.0","id":8,"result":{}}',
    ]);
  });
});

describe('a session with a legacy server', () => {
  test('is shared by the modern requests of one principal, whose ids and tokens are kept apart', async () => {
    upstream.answerWith(inSession((request) => events(progress(tokenOf(request)), result(idOf(request)))));
    const answers = await Promise.all(
      [1, 2].map(() => post({ url: url(), key: rig.keys.other, ...withToken('legacy_echo') })),
    );
    for (const answer of answers) {
      expect(messagesOf(answer)).toMatchObject([{ params: { progressToken: 'mine' } }, { id: 1, result: {} }]);
    }
    const calls = upstream.requests.filter((request) => request.body.includes('"tools/call"'));
    expect(new Set(calls.map((request) => request.headers.get('mcp-session-id'))).size).toBe(1);
    expect(new Set(calls.map(idOf)).size).toBe(2);
    expect(new Set(calls.map(tokenOf)).size).toBe(2);
    expect(calls.some((request) => request.body.includes('mine'))).toBe(false);
  });

  test('is shared with no other principal and no other client session', async () => {
    upstream.answerWith(inSession((request) => whole(result(idOf(request)))));
    const used = async (headers: Record<string, string>, key: string): Promise<string | undefined> => {
      const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"legacy_echo"}}';
      await post({ url: url(), key, headers, body });
      return upstream.requests
        .findLast((request) => request.body.includes('"tools/call"'))
        ?.headers.get('mcp-session-id');
    };
    const first = await initialize(url(), rig.keys.bot);
    const second = await initialize(url(), rig.keys.bot);
    const others = await initialize(url(), rig.keys.other);
    const ids = [
      await used({ 'mcp-session-id': first }, rig.keys.bot),
      await used({ 'mcp-session-id': second }, rig.keys.bot),
      await used({ 'mcp-session-id': others }, rig.keys.other),
      await used({ 'mcp-session-id': first }, rig.keys.bot),
    ];
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[3]);
  });
});

describe('a client that goes away', () => {
  test('cancels, in the modern era: the server is told, and the record says so', async () => {
    upstream.answerWith(inSession(() => (socket) => socket.write(HEAD)));
    const before = (await rig.records()).length;
    const watched = watch(modernCall('legacy_echo'), rig.keys.bot);
    await watched.response;
    const id = idOf(upstream.requests.findLast((request) => request.body.includes('"tools/call"')) as RawRequest);
    watched.hangUp();
    await expect
      .poll(() => upstream.requests.at(-1)?.body.toString())
      .toBe(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`);
    expect((await rig.records(before + 1)).at(-1)).toMatchObject({
      outcome: 'cancelled',
      decision: 'allow',
      status: 499,
    });
  });

  test('does not cancel in the legacy era: the call goes on to its end', async () => {
    let socket: Socket | null = null;
    upstream.answerWith(() => (opened) => {
      socket = opened;
      opened.write(HEAD);
    });
    const session = await initialize(url(), rig.keys.bot);
    const before = (await rig.records()).length;
    const body = '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"modern_echo"}}';
    const watched = watch({ body, headers: { 'mcp-session-id': session } }, rig.keys.bot);
    await watched.response;
    watched.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const opened = socket as Socket | null;
    expect(opened?.destroyed).toBe(false);
    opened?.write(`${event(result('5'))}0\r\n\r\n`);
    expect((await rig.records(before + 1)).at(-1)).toMatchObject({ outcome: 'ok', method: 'tools/call' });
  });

  test('can cancel in the legacy era by saying so; only its own calls', async () => {
    upstream.answerWith(() => (opened) => opened.write(HEAD));
    const before = (await rig.records()).length;
    const session = await initialize(url(), rig.keys.bot);
    const stranger = await initialize(url(), rig.keys.other);
    const body = '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"modern_echo"}}';
    const watched = watch({ body, headers: { 'mcp-session-id': session } }, rig.keys.bot);
    const response = await watched.response;
    const cancel = (key: string, id: string, requestId: number): Promise<{ status: number }> =>
      post({
        url: url(),
        key,
        headers: { 'mcp-session-id': id },
        body: `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${requestId}}}`,
      });
    expect((await cancel(rig.keys.other, stranger, 5)).status).toBe(202);
    expect((await cancel(rig.keys.bot, session, 6)).status).toBe(202);
    expect(response.complete).toBe(false);
    expect((await cancel(rig.keys.bot, session, 5)).status).toBe(202);
    await expect.poll(() => response.complete).toBe(true);
    expect(watched.pieces).toEqual([]);
    // Two sessions, three cancellations, one call.
    const records = (await rig.records(before + 6)).slice(before);
    expect(records.findLast((record) => record.method === 'tools/call')).toMatchObject({ outcome: 'cancelled' });
  });
});

test('a client that reads slowly slows the server down instead of filling our memory', async () => {
  const big = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"mine","progress":1,"message":"${'x'.repeat(1_000_000)}"}}`;
  let written = 0;
  upstream.answerWith(() => (socket) => {
    socket.write(HEAD);
    const more = (): void => {
      while (written < 30) {
        written++;
        if (!socket.write(event(big))) {
          socket.once('drain', more);
          return;
        }
      }
      socket.write(`${event(result('1'))}0\r\n\r\n`);
    };
    more();
  });
  const watched = watch(withToken('modern_echo'), rig.keys.bot);
  const response = await watched.response;
  response.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const whilePaused = written;
  expect(whilePaused).toBeLessThan(30);
  response.resume();
  await expect.poll(() => response.complete, { timeout: 20_000 }).toBe(true);
  expect(written).toBe(30);
  expect(watched.pieces.join('').endsWith(`data: ${result('1')}\n\n`)).toBe(true);
});
