import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modernHeaders, post } from '../fixtures/mcp-http.ts';
import { OpenRequest } from '../fixtures/open-request.ts';
import { Rig } from '../fixtures/rig.ts';
import type { RigOptions } from '../fixtures/rig-policy.ts';
import { HoldingUpstream } from '../fixtures/upstreams/holding-upstream.ts';
import { RawUpstream } from '../fixtures/upstreams/raw-upstream.ts';
import { askingModern } from '../hostile/asking.ts';

let rig: Rig;
let legacy: HoldingUpstream;
let modern: RawUpstream;

/** A gateway in front of a server of each era that asks; `tools` of both are granted. */
const policy = (tools: readonly string[], commit: string): RigOptions => ({
  commit,
  servers: [
    { name: 'old', url: legacy.url, era: 'legacy', tools: [{ name: 'ask' }, { name: 'echo' }] },
    { name: 'new', url: modern.url, era: 'modern', tools: [{ name: 'ask' }, { name: 'echo' }] },
  ],
  gateways: [
    {
      name: 'all',
      servers: { old: 'old', new: 'new' },
      grants: [
        { to: ['bot'], server: 'old', tools },
        { to: ['bot'], server: 'new', tools },
      ],
    },
  ],
});

beforeEach(async () => {
  rig = new Rig();
  legacy = await HoldingUpstream.open();
  modern = await RawUpstream.open(askingModern());
  rig.offer(policy(['ask', 'echo'], 'first'));
  await rig.start();
});

afterEach(async () => {
  await rig.stop();
  await legacy.kill();
  await modern.close();
});

const ASKABLE = '{"elicitation":{"form":{}}}';

function send(headers: Record<string, string>, body: string): OpenRequest {
  return new OpenRequest({ url: `${rig.origin}/mcp/all`, key: rig.keys.bot, headers, body });
}

function callModern(name: string): OpenRequest {
  const meta = `"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":${ASKABLE}`;
  const params = `{"_meta":{${meta}},"name":"${name}"}`;
  return send(modernHeaders('tools/call', name), `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`);
}

async function callLegacy(name: string): Promise<OpenRequest> {
  const params = `{"protocolVersion":"2025-11-25","capabilities":${ASKABLE},"clientInfo":{"name":"t","version":"1"}}`;
  const body = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${params}}`;
  const opened = await post({ url: `${rig.origin}/mcp/all`, key: rig.keys.bot, body });
  const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
  return send(session, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}"}}`);
}

const underWay = (): Readonly<Record<string, number>> =>
  (rig.proxy.status() as { underWay: Record<string, number> }).underWay;

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let patience = 0; patience < 500 && !condition(); patience++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (!condition()) throw new Error(`not yet: ${what}`);
}

async function swap(tools: readonly string[]): Promise<void> {
  rig.offer(policy(tools, 'second'));
  await rig.proxy.channel.refresh();
}

describe('a call whose client was asked is decided again when the policy changes', () => {
  test('parked for a modern client: what is not allowed any more ends at its server', async () => {
    const call = callModern('old_ask');
    await call.ended;
    expect(call.text).toContain('input_required');
    expect([underWay()['parked'], legacy.held]).toEqual([1, 1]);
    await swap(['echo']);
    await until('nothing is parked', () => underWay()['parked'] === 0 && legacy.held === 0);
  });

  test('parked for a modern client: what is still allowed stays', async () => {
    await callModern('old_ask').ended;
    await swap(['ask']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([underWay()['parked'], legacy.held]).toEqual([1, 1]);
  });

  test.each([
    ['a legacy server', 'old_ask'],
    ['a modern server', 'new_ask'],
  ])('a legacy client asked by %s is told that it may not any more', async (_name, tool) => {
    const call = await callLegacy(tool);
    await until('the client is asked', () => call.text.includes('elicitation/create'));
    await swap(['ask']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(call.text).not.toContain('"id":1');
    await swap(['echo']);
    expect(await call.ended).toBe('whole');
    expect(call.text).toContain(
      '"id":1,"result":{"content":[{"type":"text","text":"denied by policy: no longer allowed"}],"isError":true}',
    );
    await until('nobody waits at the server', () => legacy.held === 0);
    const last = (await rig.records()).at(-1);
    expect(last).toMatchObject({ decision: 'deny', reason: 'withdrawn', outcome: 'refused', error: 'withdrawn' });
  });
});
