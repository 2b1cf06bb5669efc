import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { UpstreamSessions, type SessionTarget } from '../../../dataplane/mcp/upstream-sessions.ts';
import { ACCEPTED, RawUpstream, whole, type RawRequest } from '../../fixtures/upstreams/raw-upstream.ts';

let upstream: RawUpstream;
let upstreams: Upstreams;
let sessions: UpstreamSessions;
let target: SessionTarget;
let opened = 0;

const INITIALIZED =
  '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"l","version":"1"}}}';

function answer(request: RawRequest): string {
  if (!request.body.includes('"initialize"')) return ACCEPTED;
  return whole(INITIALIZED, 'application/json', '200 OK', `Mcp-Session-Id: s${++opened}\r\n`);
}

beforeEach(async () => {
  opened = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  upstream = await RawUpstream.open(answer);
  upstreams = new Upstreams();
  sessions = new UpstreamSessions(upstreams, (problem) => assert.fail(String(problem)));
  target = { url: new URL(upstream.url), credentials: [['authorization', 'Bearer x']], protocolVersion: '2025-11-25' };
});
afterEach(async () => {
  vi.useRealTimers();
  await sessions.close();
  await upstreams.close();
  await upstream.close();
});

const seen = (): readonly string[] =>
  upstream.requests.map((request) => {
    const { method = 'DELETE' } =
      request.body.length === 0 ? {} : (JSON.parse(request.body.toString()) as { method?: string });
    return `${method} ${request.headers.get('mcp-protocol-version')} ${request.headers.get('mcp-session-id') ?? '-'}`;
  });

describe('a session with a legacy server', () => {
  test('is opened once, however many ask at the same time, with what we always declare', async () => {
    const results = await Promise.all([1, 2, 3].map(() => sessions.open('k', target)));
    expect(new Set(results.map((result) => result.ok && result.session)).size).toBe(1);
    expect(seen()).toEqual(['initialize 2025-11-25 -', 'notifications/initialized 2025-06-18 s1']);
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'mcpgw', version: '0.1.0' } },
    });
    expect(upstream.requests[0]?.headers.get('authorization')).toBe('Bearer x');
  });

  test('is another one for another key, and a new one after it was forgotten', async () => {
    const first = await sessions.open('k', target);
    await sessions.open('other', target);
    assert(first.ok);
    sessions.forget('k', first.session);
    const again = await sessions.open('k', target);
    sessions.forget('k', first.session);
    expect(await sessions.open('k', target)).toBe(again);
    expect(opened).toBe(3);
  });

  test('that failed to open is tried again', async () => {
    upstream.answerWith(() => whole('no', 'text/plain', '503 Service Unavailable'));
    expect(await sessions.open('k', target)).toEqual({ ok: false, reason: 'upstream-session' });
    upstream.answerWith(answer);
    expect((await sessions.open('k', target)).ok).toBe(true);
  });

  test('is closed when nobody used it for half an hour', async () => {
    await sessions.open('k', target);
    vi.advanceTimersByTime(20 * 60_000);
    await sessions.open('k', target);
    vi.advanceTimersByTime(20 * 60_000);
    expect(seen().at(-1)).toBe('notifications/initialized 2025-06-18 s1');
    vi.advanceTimersByTime(20 * 60_000);
    await expect.poll(() => seen().at(-1)).toBe('DELETE 2025-06-18 s1');
    await sessions.open('k', target);
    expect(opened).toBe(2);
  });

  test('is closed with the proxy', async () => {
    await sessions.open('k', target);
    await sessions.close();
    expect(seen().at(-1)).toBe('DELETE 2025-06-18 s1');
  });
});
