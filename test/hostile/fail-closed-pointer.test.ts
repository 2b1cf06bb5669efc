import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialize, messagesOf, modernBody, modernHeaders } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import type { RigOptions } from '../fixtures/rig-policy.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { ask, listTools, tryTool, unknown } from './trying.ts';

/** A row of the table "Fail closed": the pointer expired. */
let upstream: RawUpstream;
const lapsing = new Rig();
const TOOLS = ['delete', 'post', 'read', 'write'];
const MODES = [
  ['serve', TOOLS],
  ['read-only', ['read']],
  ['closed', []],
] as const;
const policy = (): RigOptions => ({
  servers: [
    {
      name: 'docs',
      url: upstream.url,
      era: 'modern',
      tools: [
        { name: 'read' },
        { name: 'write', effect: 'write' },
        { name: 'delete', effect: 'destructive' },
        { name: 'post', tags: ['egress'] },
      ],
    },
  ],
  gateways: MODES.map(([staleMode]) => ({
    name: staleMode,
    staleMode,
    servers: { docs: '' },
    grants: [{ to: ['bot'] as const, server: 'docs' }],
  })),
});
const { bot } = lapsing.keys;
const lists = (gateway: string): Promise<readonly string[]> => listTools(lapsing, bot, gateway);

async function expectOnly(gateway: string, left: readonly string[]): Promise<void> {
  expect(await lists(gateway)).toEqual(left);
  for (const tool of TOOLS) {
    const outcome = await tryTool(lapsing, upstream, { tool, key: bot, gateway });
    if (left.includes(tool)) expect(outcome).toMatchObject({ error: null, sent: 1, record: { reason: 'granted' } });
    else {
      const record = { decision: 'deny', reason: 'stale', rule: { id: -9, name: 'stale', at: null } };
      expect(outcome).toMatchObject({ ...unknown(tool), record });
    }
  }
}

beforeAll(async () => {
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  lapsing.offer(policy(), { issued: Date.now() - 2_000, expires: Date.now() - 1_000 });
  await lapsing.start();
});
afterAll(async () => {
  await lapsing.stop();
  await upstream.close();
});

test.each(MODES)("on cold start: the gateway's stale mode (%s)", expectOnly);

test('the operator is told', () => {
  expect(lapsing.proxy.channel.status().state).toBe('stale');
  expect(lapsing.logs).toContain('channel main is stale');
});

test('a session of the legacy era sees no more', async () => {
  const url = `${lapsing.origin}/mcp/read-only`;
  const before = (await lapsing.records()).length;
  const headers = { 'mcp-session-id': await initialize(url, bot) };
  await lapsing.records(before + 1);
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const { answer } = await ask(lapsing, { url, key: bot, headers, body });
  const [message] = messagesOf(answer) as readonly {
    readonly result: { readonly tools: readonly { readonly name: string }[] };
  }[];
  expect(message?.result.tools.map(({ name }) => name)).toEqual(['read']);
});

test('who asks is told why nothing is there', async () => {
  const told = async (gateway: string): Promise<string | undefined> => {
    const { answer } = await ask(lapsing, {
      url: `${lapsing.origin}/mcp/${gateway}`,
      key: bot,
      headers: modernHeaders('server/discover'),
      body: modernBody('server/discover'),
    });
    const [message] = messagesOf(answer) as readonly { readonly result: { readonly instructions?: string } }[];
    return message?.result.instructions;
  };
  expect(await told('closed')).toBe('No tools are available here: the policy of gateway closed has expired.');
  expect(await told('serve')).toBe(undefined);
});

test('a newer pointer gives everything back, and its expiry at run time takes it away again', async () => {
  lapsing.offer(policy());
  await lapsing.proxy.channel.refresh();
  for (const [mode] of MODES) await expectOnly(mode, TOOLS);
  const expired = new Promise((resolve) => lapsing.proxy.channel.onFreshness(resolve));
  lapsing.offer(policy(), { expires: Date.now() + 3_000 });
  await lapsing.proxy.channel.refresh();
  for (const [mode] of MODES) expect(await lists(mode)).toEqual(TOOLS);
  expect(await expired).toBe('expired');
  for (const [mode, left] of MODES) await expectOnly(mode, left);
});
