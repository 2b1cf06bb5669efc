import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import type {
  Channel,
  CredentialHeaders,
  CredentialSource,
  UpstreamMessage,
} from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { ALWAYS, callOf, Heard } from '../../fixtures/channel-ends.ts';
import { RawUpstream, whole, type RawAnswer } from '../../fixtures/upstreams/raw-upstream.ts';

const RESULT = '{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}';
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';

let upstream: RawUpstream;
let upstreams: Upstreams;
let channels: Channels;

beforeEach(async () => {
  upstream = await RawUpstream.open(() => whole(RESULT));
  upstreams = new Upstreams();
  channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
});
afterEach(async () => {
  await channels.close();
  await upstreams.close();
  await upstream.close();
});

async function open(credentials: CredentialSource = ALWAYS, server = 'm', url = upstream.url): Promise<Channel> {
  const opened = await channels.open('k', {
    server,
    era: 'modern',
    protocolVersion: '2026-07-28',
    capabilities: '{}',
    transport: { kind: 'http', url: new URL(url), credentials },
  });
  assert(opened.ok, 'nothing is asked before the first call');
  return opened.channel;
}

async function call(channel: Channel, request: UpstreamMessage = callOf(1), lines = 1): Promise<readonly string[]> {
  const heard = new Heard();
  channel.send(request, heard);
  return heard.until(lines);
}

test('a request says in its headers what it is', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const request = { ...callOf(1, 'größe'), headers: [['traceparent', traceparent]] as const };
  expect(await call(await open(), request)).toEqual([RESULT]);
  const [arrived] = upstream.requests;
  const { host: _host, connection: _connection, ...headers } = Object.fromEntries(arrived?.headers ?? []);
  expect([arrived?.method, arrived?.path, arrived?.body]).toEqual(['POST', '/mcp', request.body]);
  expect(headers).toEqual({
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'content-length': String(request.body.length),
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': '=?base64?Z3LDtsOfZQ==?=',
    authorization: 'Bearer x',
    traceparent,
  });
});

test('a cancelled request is a closed connection, and nothing more is heard', async () => {
  upstream.answerWith(() => STREAM);
  const channel = await open();
  const heard = new Heard();
  const sent = channel.send(callOf(1), heard);
  await heard.until(1);
  sent.cancel();
  await expect.poll(() => upstream.connections).toBe(0);
  expect([heard.log, upstream.requests.length]).toEqual([['open'], 1]);
});

test('after its last message a stream that goes on is left, and one that ends keeps its connection', async () => {
  upstream.answerWith(() => `${STREAM}data: ${RESULT}\n\n`);
  const channel = await open();
  const heard = new Heard();
  const sent = channel.send(callOf(1), heard);
  await heard.until(2);
  sent.finish();
  await expect.poll(() => upstream.connections, { timeout: 3_000 }).toBe(0);
});

test('an answer that was paused goes on when it is wanted', async () => {
  const big = `data: {"x":"${'x'.repeat(400_000)}"}\n\n`;
  upstream.answerWith(() => whole(`${big}${big}data: ${RESULT}\n\n`, 'text/event-stream'));
  const channel = await open();
  const heard = new Heard();
  const sent = channel.send(callOf(1), heard);
  await heard.until(1);
  sent.pause();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard.log.length).toBeLessThan(4);
  sent.resume();
  expect((await heard.until(4))[3]).toBe(RESULT);
});

test('whoever sends holds the call before anything is heard, even where nothing can be sent', async () => {
  const channel = await open({ headers: () => ({ ok: true, headers: [['bad\nname', 'x']] }), refused: () => false });
  const heard = new Heard();
  channel.send(callOf(1), heard);
  expect(heard.log).toEqual([]);
  expect((await heard.until(1)).join()).toMatch(/^failed upstream-/);
});

describe('credentials', () => {
  /** Takes only `Bearer NUMBER` from that number on. */
  const wants =
    (least: number) =>
    (request: { readonly headers: ReadonlyMap<string, string> }): RawAnswer =>
      Number(request.headers.get('authorization')?.slice('Bearer '.length)) >= least
        ? whole(RESULT)
        : whole('no', 'text/plain', '401 Unauthorized');

  class Numbered implements CredentialSource {
    number = 1;
    async headers(): Promise<CredentialHeaders> {
      await Promise.resolve();
      return { ok: true, headers: [['authorization', `Bearer ${this.number}`]] };
    }
    refused(): boolean {
      this.number++;
      return true;
    }
  }

  test('may be fetched first', async () => {
    upstream.answerWith(wants(1));
    expect(await call(await open(new Numbered()))).toEqual([RESULT]);
  });

  test('that are refused are renewed once', async () => {
    upstream.answerWith(wants(2));
    expect(await call(await open(new Numbered()))).toEqual([RESULT]);
    upstream.answerWith(wants(9));
    expect(await call(await open(new Numbered()))).toEqual(['failed upstream-denied']);
    expect(upstream.requests.length).toBe(4);
  });

  test('that cannot be renewed are not sent again', async () => {
    upstream.answerWith(() => whole('no', 'text/plain', '403 Forbidden'));
    expect(await call(await open())).toEqual(['failed upstream-denied']);
    expect(upstream.requests.length).toBe(1);
  });

  test('that there are none of fail the call, and nothing is sent', async () => {
    const none: CredentialSource = {
      headers: () => ({ ok: false, reason: 'server-unavailable' }),
      refused: () => true,
    };
    expect(await call(await open(none))).toEqual(['failed server-unavailable']);
    expect(upstream.requests.length).toBe(0);
  });

  test('that throw are our own fault, which fails the call', async () => {
    const problems: unknown[] = [];
    channels = new Channels({ upstreams, report: (problem) => problems.push(problem) });
    const broken: CredentialSource = { headers: () => Promise.reject(new Error('broken')), refused: () => true };
    expect(await call(await open(broken))).toEqual(['failed internal']);
    expect(problems).toEqual([new Error('broken')]);
  });

  test('of a later call are those of whoever opened the channel last', async () => {
    const channel = await open();
    const other = await open({
      headers: () => ({ ok: true, headers: [['authorization', 'Bearer y']] }),
      refused: () => false,
    });
    expect(other).toBe(channel);
    await call(channel);
    expect(upstream.requests[0]?.headers.get('authorization')).toBe('Bearer y');
  });
});

describe('a server that is away', () => {
  test('is left alone after five calls in a row, which costs no other server anything', async () => {
    const gone = await RawUpstream.open(() => null);
    await gone.close();
    const channel = await open(ALWAYS, 'gone', gone.url);
    for (let at = 1; at <= 5; at++) expect(await call(channel)).toEqual(['failed upstream-unreachable']);
    expect(await call(channel)).toEqual(['failed upstream-down']);
    expect(await call(await open())).toEqual([RESULT]);
  });

  test('is tried by one call after a rest, and used again when it answers', async () => {
    upstream.answerWith(() => (socket) => socket.destroy());
    const channel = await open();
    for (let at = 1; at <= 5; at++) expect(await call(channel)).toEqual(['failed upstream-unreachable']);
    expect(await call(channel)).toEqual(['failed upstream-down']);
    upstream.answerWith(() => whole(RESULT));
    await expect.poll(() => call(channel), { timeout: 5_000 }).toEqual([RESULT]);
    expect(await Promise.all([1, 2, 3].map(() => call(channel)))).toEqual([[RESULT], [RESULT], [RESULT]]);
  });
});

test('a server has as long as its policy says', async () => {
  upstream.answerWith(() => STREAM);
  const opened = await channels.open('k', {
    server: 'm',
    era: 'modern',
    protocolVersion: '2026-07-28',
    capabilities: '{}',
    transport: { kind: 'http', url: new URL(upstream.url), credentials: ALWAYS },
    timeoutMs: 200,
  });
  assert(opened.ok, 'nothing is asked before the first call');
  expect(await call(opened.channel, callOf(1), 2)).toEqual(['open', 'failed upstream-timeout']);
});
