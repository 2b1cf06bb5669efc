import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { ERA_PROBE_REST_MS } from '../../../dataplane/limits.ts';
import type { Channel, ChannelResult } from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import type { ChangedEra } from '../../../dataplane/upstream/era-memory.ts';
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
let changes: ChangedEra[];
let nowMs = 0;

beforeEach(async () => {
  changes = [];
  upstream = await RawUpstream.open(() => null);
  upstreams = new Upstreams();
  channels = new Channels({
    upstreams,
    report: (problem) => assert.fail(String(problem)),
    now: () => nowMs,
    eraChanged: (change) => changes.push(change),
  });
});
afterEach(async () => {
  await channels.close();
  await upstreams.close();
  await upstream.close();
});

const methodOf = (request: RawRequest): string =>
  request.body.length === 0 ? request.method : (JSON.parse(request.body.toString()) as { method: string }).method;
const idOf = (request: RawRequest): string => /"id":([0-9]+)/.exec(request.body.toString())?.[1] ?? 'null';
const result = (id: string, members: string): string => whole(`{"jsonrpc":"2.0","id":${id},"result":{${members}}}`);
const error = (status: string, code: number, id = 'null'): string =>
  whole(`{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":"no"}}`, 'application/json', status);

/** A server of one era, as strict as the official SDK's. */
const SERVERS = {
  modern: (request: RawRequest): RawAnswer => {
    if (request.method !== 'POST') return whole('', 'text/plain', '405 Method Not Allowed');
    if (request.headers.get('mcp-protocol-version') !== '2026-07-28') return error('400 Bad Request', -32_022);
    if (methodOf(request) === 'server/discover')
      return result(idOf(request), '"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{}');
    return result(idOf(request), '"resultType":"complete","content":[]');
  },
  legacy: (request: RawRequest): RawAnswer => {
    const method = methodOf(request);
    if (method === 'initialize')
      return whole(
        `{"jsonrpc":"2.0","id":${idOf(request)},"result":{"protocolVersion":"2025-11-25","capabilities":{}}}`,
        'application/json',
        '200 OK',
        'Mcp-Session-Id: s\r\n',
      );
    if (request.headers.get('mcp-session-id') !== 's') return error('400 Bad Request', -32_000);
    return method.startsWith('notifications/') || method === 'DELETE'
      ? ACCEPTED
      : result(idOf(request), '"content":[]');
  },
} as const;

function tryOpen(era: 'legacy' | 'modern', owner = 'k'): ChannelResult | Promise<ChannelResult> {
  return channels.open(owner, {
    server: 's',
    era,
    protocolVersion: era === 'legacy' ? '2025-11-25' : '2026-07-28',
    capabilities: '{}',
    transport: { kind: 'http', url: new URL(upstream.url), credentials: ALWAYS },
  });
}

async function open(era: 'legacy' | 'modern', owner = 'k'): Promise<Channel> {
  const opened = await tryOpen(era, owner);
  assert(opened.ok, 'the server speaks one of the eras');
  return opened.channel;
}

async function call(channel: Channel): Promise<string> {
  const heard = new Heard();
  channel.send(callOf(channel.mint()), heard);
  return (await heard.until(1))[0] ?? '';
}

const methods = (): readonly string[] => upstream.requests.map(methodOf);

describe('a server that was recorded as legacy and is modern', () => {
  test('is found out when a session is wanted, once for all owners, and everybody is told', async () => {
    upstream.answerWith(SERVERS.modern);
    const channel = await open('legacy');
    expect(channel).toMatchObject({ era: 'modern', protocolVersion: '2026-07-28' });
    expect(await call(channel)).toContain('"complete"');
    await open('legacy', 'other');
    expect(methods()).toEqual(['initialize', 'server/discover', 'tools/call']);
    expect(changes).toMatchObject([{ server: 's', recorded: 'legacy', found: 'modern' }]);
    expect(channels.status().eras).toEqual(changes);
  });

  test('is found out when its sessions end', async () => {
    upstream.answerWith(SERVERS.legacy);
    const channel = await open('legacy');
    const listener = new Heard();
    channel.listen(listener);
    upstream.answerWith((request) =>
      request.headers.get('mcp-session-id') === 's'
        ? whole('', 'text/plain', '404 Not Found')
        : SERVERS.modern(request),
    );
    expect(await call(channel)).toBe('failed upstream-session');
    expect(await listener.until(1)).toEqual(['gone']);
    expect(await call(await open('legacy'))).toContain('"complete"');
  });
});

describe('a server that was recorded as modern and is legacy', () => {
  test('is found out by the first call, which fails, and serves the next', async () => {
    upstream.answerWith(SERVERS.legacy);
    const channel = await open('modern');
    expect(await call(channel)).toBe('failed upstream-era');
    expect(await call(channel)).toBe('failed upstream-era');
    const other = await open('modern');
    expect(other).toMatchObject({ era: 'legacy', protocolVersion: '2025-11-25' });
    expect(await call(other)).toContain('"content":[]');
    expect(changes).toMatchObject([{ server: 's', recorded: 'modern', found: 'legacy' }]);
    expect(methods().filter((method) => method === 'server/discover')).toHaveLength(1);
    // The session that was opened to find out was closed again.
    expect(methods()).toContain('DELETE');
  });
});

test('a server that changes back is found out after a while, and is as recorded again', async () => {
  upstream.answerWith(SERVERS.modern);
  const channel = await open('legacy');
  expect(channels.status().eras).toHaveLength(1);
  upstream.answerWith(SERVERS.legacy);
  expect(await call(channel)).toBe('failed upstream-rejected');
  nowMs += ERA_PROBE_REST_MS;
  expect(await call(channel)).toBe('failed upstream-era');
  expect(channels.status().eras).toEqual([]);
  expect(await call(await open('legacy'))).toContain('"content":[]');
});

describe('nothing is said about an era by', () => {
  const SILENT: readonly [name: string, answer: RawAnswer][] = [
    ['401', whole('', 'text/plain', '401 Unauthorized')],
    ['403', whole('', 'text/plain', '403 Forbidden')],
    ['429', whole('', 'text/plain', '429 Too Many Requests')],
    ['500', whole('', 'text/plain', '500 Internal Server Error')],
    ['503', error('503 Service Unavailable', -32_601)],
    ['a redirect', whole('', 'text/plain', '307 Temporary Redirect', 'Location: /x\r\n')],
    ['a connection that is closed', (socket): void => void socket.destroy()],
    ['garbage', whole('<html>', 'text/html')],
  ];
  test.each(SILENT)('%s', async (_name, answer) => {
    upstream.answerWith(() => answer);
    await tryOpen('legacy');
    await call(await open('modern', 'other'));
    expect(new Set(methods())).toEqual(new Set(['initialize', 'tools/call']));
  });

  const UNDERSTOOD: readonly [name: string, answer: string][] = [
    ['a header that does not match', error('400 Bad Request', -32_020)],
    ['a capability that is missing', error('400 Bad Request', -32_021)],
    ['wrong parameters', error('400 Bad Request', -32_602)],
  ];
  test.each(UNDERSTOOD)('the answer that a call has %s', async (_name, answer) => {
    upstream.answerWith(() => answer);
    await call(await open('modern'));
    expect(methods()).toEqual(['tools/call']);
  });
});

test('a server that refuses everything is asked how it speaks once in a while, not with every call', async () => {
  upstream.answerWith(() => whole('nothing here', 'text/plain', '404 Not Found'));
  const channel = await open('modern');
  for (let at = 0; at < 3; at++) expect(await call(channel)).toBe('failed upstream-status');
  expect(methods()).toEqual(['tools/call', 'server/discover', 'initialize', 'GET', 'tools/call', 'tools/call']);
  expect(await tryOpen('legacy', 'other')).toEqual({ ok: false, reason: 'upstream-session' });
});
