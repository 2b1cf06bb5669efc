import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstreams, type UpstreamName, type Upstreams } from '../../policies/demo/upstreams.ts';

let upstreams: Upstreams;
let tokens: string;

beforeAll(async () => {
  tokens = await mkdtemp(join(tmpdir(), 'mcpgw-tokens-'));
  upstreams = await startUpstreams({ ports: 'any', tokens });
});

afterAll(async () => {
  await upstreams.stop();
  await rm(tokens, { recursive: true, force: true });
});

async function call(
  server: UpstreamName,
  name: string,
  args: Record<string, unknown>,
  token: string | null = null,
): Promise<string> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const headers: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${await readFile(join(tokens, token), 'utf8')}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(upstreams.urls[server]), { requestInit: { headers } }),
  );
  // The client learns from the list which arguments travel as headers.
  await client.listTools();
  const result = await client.callTool({ name, arguments: args });
  await client.close();
  const [content] = result.content;
  return content?.type === 'text' ? content.text : JSON.stringify(result.content);
}

describe('the demo servers, asked directly', () => {
  test('hand out what the rules are for', async () => {
    expect(await call('tickets', 'get_ticket', { id: 'T-1041' }, 'tickets-desk')).toContain('4111 1111 1111 1111');
    expect(await call('payments', 'get_payment', { merchant: 'acme-us', id: 'pay_7006' })).toContain(
      '3782 822463 10005',
    );
    expect(await call('docs', 'read_page', { slug: 'key-rotation' })).toContain('acme_live_9fK2mQ7xT4vB8nR1cW5yZ3hL');
  });

  test('know who is calling by the token', async () => {
    const comment = { id: 'T-1042', text: 'hello' };
    expect(await call('tickets', 'add_comment', comment, 'tickets-desk')).toBe(
      'support-desk commented on T-1042: hello',
    );
    expect(await call('tickets', 'add_comment', comment, 'tickets-bot')).toBe('triage-bot commented on T-1042: hello');
  });

  test('inherit nothing of our environment', async () => {
    const environment: Record<string, string> = JSON.parse(await call('everything', 'get-env', {}));
    expect(Object.keys(environment)).toEqual(['PORT']);
  });

  const strangers: [name: string, headers: Record<string, string>, status: number][] = [
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer nonsense' }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['another site', { origin: 'https://evil.example' }, 403],
  ];
  test.each(strangers)('turn away %s', async (_name, headers, status) => {
    const response = await fetch(upstreams.urls.tickets, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(status);
  });

  test('listen on 127.0.0.1 alone', () => {
    for (const url of Object.values(upstreams.urls)) expect(new URL(url).hostname).toBe('127.0.0.1');
  });
});
