import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import type { CallFailure } from '../../../dataplane/mcp/refusals.ts';
import type { Channel, ChannelResult, CredentialSource } from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { ALWAYS, callOf, Heard } from '../../fixtures/channel-ends.ts';
import { SseUpstream, type SseBehaviour } from '../../fixtures/upstreams/sse-upstream.ts';

let upstream: SseUpstream;
let upstreams: Upstreams;
let channels: Channels;

beforeEach(async () => {
  upstream = await SseUpstream.open();
  upstreams = new Upstreams();
  channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
});
afterEach(async () => {
  await channels.close();
  await expect.poll(() => upstream.streams.size).toBe(0);
  await upstreams.close();
  await upstream.close();
});

function tryOpen(
  kind: 'http' | 'sse' = 'sse',
  credentials: CredentialSource = ALWAYS,
): ChannelResult | Promise<ChannelResult> {
  return channels.open('k', {
    server: 's',
    era: 'legacy',
    protocolVersion: '2024-11-05',
    capabilities: '{}',
    transport: { kind, url: new URL(upstream.url), credentials },
  });
}

async function open(kind: 'http' | 'sse' = 'sse', credentials: CredentialSource = ALWAYS): Promise<Channel> {
  const opened = await tryOpen(kind, credentials);
  assert(opened.ok, 'the server speaks HTTP+SSE');
  return opened.channel;
}

async function call(channel: Channel, lines = 1): Promise<readonly string[]> {
  const heard = new Heard();
  const token = channel.mint();
  channel.send(callOf(channel.mint(), 'echo', token), heard);
  return heard.until(lines);
}

const result = (id: number): string => `{"jsonrpc":"2.0","id":${id},"result":{}}`;
const answering: SseBehaviour = { answer: (id) => [result(id)] };

test('a stream says where to post, and everything comes on it', async () => {
  upstream.behave({
    answer: (id) => [
      '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id - 1},"progress":1}}`,
      result(id),
    ],
  });
  const channel = await open();
  expect(channel).toMatchObject({ era: 'legacy', protocolVersion: '2024-11-05', multiplexed: true });
  const heard = new Heard();
  channel.listen(heard);
  expect((await call(channel, 3)).map((line) => line.slice(0, 40))).toEqual([
    'open',
    '{"jsonrpc":"2.0","method":"notifications',
    '{"jsonrpc":"2.0","id":3,"result":{}}',
  ]);
  expect(heard.log).toEqual(['{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}']);
  expect(upstream.requests).toEqual([
    'GET /mcp',
    'POST /messages?s=1 initialize',
    'POST /messages?s=1 notifications/initialized',
    'POST /messages?s=1 tools/call',
  ]);
});

test('a server that serves no POST is asked for a stream, and is known for it from then on', async () => {
  upstream.behave(answering);
  expect(await call(await open('http'))).toHaveLength(1);
  expect(upstream.requests.slice(0, 4)).toEqual([
    'POST /mcp initialize',
    'POST /mcp server/discover',
    'GET /mcp',
    'POST /messages?s=1 initialize',
  ]);
  channels.drop('k');
  upstream.requests.length = 0;
  await open('http');
  expect(upstream.requests.slice(0, 2)).toEqual(['GET /mcp', 'POST /messages?s=1 initialize']);
  expect(channels.status().eras).toMatchObject([{ server: 's', recorded: 'legacy', found: 'sse' }]);
});

describe('where to post', () => {
  const PLACES: readonly [name: string, endpoint: string | null, opened: true | CallFailure][] = [
    ['may be a whole URL of the same origin', 'SELF/other', true],
    ['may be relative', 'post?x=1#fragment', true],
    ['is not at another host', 'http://evil.test/messages', 'upstream-malformed'],
    ['is not at another port', 'http://127.0.0.1:1/messages', 'upstream-malformed'],
    ['is not at another host without a scheme', '//evil.test/messages', 'upstream-malformed'],
    ['has no credentials', 'http://user:secret@SELFHOST/messages', 'upstream-malformed'],
    ['is no other scheme', 'file:///etc/passwd', 'upstream-malformed'],
    ['is a URL', 'http://[', 'upstream-malformed'],
  ];
  test.each(PLACES)('%s', async (_name, endpoint, opened) => {
    const { origin, host } = new URL(upstream.url);
    upstream.behave({ endpoint: endpoint?.replace('SELFHOST', host).replace('SELF', origin) ?? null });
    const result = await tryOpen();
    expect(result.ok ? true : result.reason).toBe(opened);
    if (opened !== true) expect(upstream.requests).toEqual(['GET /mcp']);
  });

  test('is what the stream said first', async () => {
    upstream.behave(answering);
    const channel = await open();
    const [stream] = upstream.streams;
    stream?.write('event: endpoint\ndata: /elsewhere\n\n');
    await call(channel);
    expect(upstream.requests.at(-1)).toBe('POST /messages?s=1 tools/call');
  });
});

describe('a call fails', () => {
  const FAULTS: readonly [name: string, behaviour: SseBehaviour, failure: CallFailure, kept: boolean][] = [
    ['when the server forgot the session', { status: 404 }, 'upstream-session', false],
    ['when the server does not take it', { status: 400 }, 'upstream-rejected', true],
    ['when the server is broken', { status: 500 }, 'upstream-status', true],
    ['when the server denies it', { status: 403 }, 'upstream-denied', true],
    ['when the post is redirected', { status: 307 }, 'upstream-status', true],
    ['when the stream ends', { answer: (_id, _method, stream) => (stream.end(), []) }, 'upstream-truncated', false],
    [
      'when the stream breaks',
      { answer: (_id, _method, stream) => (stream.destroy(), []) },
      'upstream-truncated',
      false,
    ],
    ['when something comes that nobody can read', { answer: () => ['{"a":1,"a":2}'] }, 'upstream-malformed', false],
    ['when something comes that is no JSON', { answer: () => ['hello'] }, 'upstream-malformed', false],
    ['when an event has no end', { answer: () => ['x'.repeat(17_000_000)] }, 'upstream-too-large', false],
  ];
  test.each(FAULTS)('%s', async (_name, behaviour, failure, kept) => {
    const channel = await open();
    upstream.behave(behaviour);
    expect(await call(channel)).toEqual([`failed ${failure}`]);
    expect(channels.find('k') !== null).toBe(kept);
    upstream.behave(answering);
    expect(await call(await open())).toHaveLength(1);
  });
});

test('credentials that are refused are renewed once, on the stream and on each post', async () => {
  let number = 1;
  const numbered: CredentialSource = {
    headers: () => Promise.resolve({ ok: true, headers: [['authorization', `Bearer ${number}`]] }),
    refused: () => {
      number++;
      return true;
    },
  };
  upstream.behave({ ...answering, wants: 'Bearer 2' });
  const channel = await open('sse', numbered);
  upstream.behave({ ...answering, wants: 'Bearer 3' });
  expect(await call(channel)).toHaveLength(1);
  upstream.behave({ ...answering, wants: 'Bearer 9' });
  expect(await call(channel)).toEqual(['failed upstream-denied']);
});

test('whoever listens is told when the connection is gone', async () => {
  const channel = await open();
  const heard = new Heard();
  channel.listen(heard);
  for (const stream of upstream.streams) stream.destroy();
  expect(await heard.until(1)).toEqual(['gone']);
});

test('a call that nobody waits for any more is told to the server', async () => {
  const channel = await open();
  channel.send(callOf(channel.mint()), new Heard()).cancel();
  await expect.poll(() => upstream.requests.at(-1)).toBe('POST /messages?s=1 notifications/cancelled');
});
