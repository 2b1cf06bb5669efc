import { Agent, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFixture, type RunningFixture } from '../conformance/start-fixture.ts';
import { connectFull, FULL_CLIENTS, type FullClient } from '../fixtures/full-client.ts';
import { post } from '../fixtures/mcp-http.ts';
import { recorded } from '../fixtures/recorded-server.ts';
import { Rig } from '../fixtures/rig.ts';
import { openEverything, type Everything } from '../fixtures/upstreams/everything.ts';

const rig = new Rig();
let everything: Everything;
let fixture: RunningFixture;

/** Every request comes over a connection of its own, and so to the next worker. */
const agent = new Agent({ pipelining: 0 });
const reconnecting = ((input: string, init: object) => undiciFetch(input, { ...init, dispatcher: agent })) as never;

interface Status {
  readonly restarts: number;
  readonly workers: readonly {
    readonly worker: number;
    readonly pid: number;
    readonly status: {
      readonly channel: { readonly state: string };
      readonly audit: readonly { readonly written: number }[];
    };
  }[];
}

const status = async (): Promise<Status> =>
  JSON.parse((await post({ url: `${rig.adminOrigin}/status`, method: 'GET' })).body) as Status;

beforeAll(async () => {
  [everything, fixture] = await Promise.all([openEverything(), startFixture('modern')]);
  rig.offer({
    servers: [await recorded('everything', everything.url, 'legacy'), await recorded('fixture', fixture.url, 'modern')],
    gateways: [
      {
        name: 'both',
        servers: { everything: 'every', fixture: 'fix' },
        asks: ['form', 'roots', 'sampling', 'url'],
        grants: [
          { to: ['bot'], server: 'everything', resources: ['demo://**'] },
          { to: ['bot'], server: 'fixture', resources: ['test://**'] },
        ],
      },
    ],
  });
  await rig.startChild({ workers: 3 });
});
afterAll(async () => {
  await rig.stop();
  await fixture.stop();
  await everything.stop();
  await agent.destroy();
});

describe.each(FULL_CLIENTS)('%s, whichever workers its connections come to,', (kind) => {
  let client: FullClient;
  beforeAll(async () => {
    client = await connectFull(kind, `${rig.origin}/mcp/both`, rig.keys.bot, reconnecting);
  });
  afterAll(() => client.close());

  const text = async (name: string, args: Record<string, unknown> = {}): Promise<string> =>
    JSON.stringify((await client.call(name, args)).content);
  const heard = async (wanted: string): Promise<void> => {
    await vi.waitFor(() => expect(client.heard).toContain(wanted), { timeout: 10_000 });
  };

  test('calls, reads, gets and completes', async () => {
    for (let round = 0; round < 4; round++) {
      expect(await text('every_echo', { message: `hello ${round}` })).toContain(`hello ${round}`);
      expect(await text('fix_test_simple_text')).toContain('text');
    }
    expect(await client.read('demo://resource/dynamic/text/1')).toContain('Resource 1');
    expect(await client.prompt('every_simple-prompt')).toContain('prompt');
    const ref = { type: 'ref/prompt', name: 'every_completable-prompt' };
    expect(await client.complete(ref, 'department', 'E')).toContain('Engineering');
  });

  test('answers the questions of both servers', async () => {
    for (let round = 0; round < 4; round++) {
      expect(await text('every_trigger-elicitation-request')).toContain('answered');
      expect(await text('every_trigger-sampling-request', { prompt: 'p', maxTokens: 5 })).toContain('sampled');
      expect(await text('fix_test_input_required_result_elicitation')).toContain('Hello');
    }
  });

  test('answers several questions at once, each to whom it belongs', async () => {
    const before = client.heard.length;
    const calls = Array.from({ length: 6 }, () => text('every_trigger-elicitation-request'));
    for (const answer of await Promise.all(calls)) expect(answer).toContain('answered');
    expect(client.heard.slice(before).filter((line) => line.startsWith('form [everything] '))).toHaveLength(6);
  });

  test('hears of progress and of what it subscribed to', async () => {
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
    await client.call('every_trigger-long-running-operation', { duration: 1, steps: 3 }, { onprogress });
    expect(seen).toEqual([1, 2, 3]);
    if (client.era === 'modern') return;
    const uri = 'demo://resource/static/document/features.md';
    await client.subscribe(uri);
    await client.call('every_toggle-subscriber-updates');
    await heard(`updated ${uri}`);
    await client.call('every_toggle-subscriber-updates');
  });

  test('hears that tools changed', async () => {
    await client.call('fix_test_trigger_tool_change');
    await heard('tools changed');
  });

  test('cancels', async () => {
    const cancelled = async (): Promise<number> =>
      (await rig.records()).filter(({ outcome, tool }) => outcome === 'cancelled' && tool?.includes('long-running'))
        .length;
    const before = await cancelled();
    for (let round = 0; round < 3; round++) {
      const stop = new AbortController();
      const args = { duration: 30, steps: 30 };
      const call = client.call('every_trigger-long-running-operation', args, { signal: stop.signal });
      setTimeout(() => stop.abort('enough'), 300);
      await expect(call).rejects.toThrow('enough');
    }
    await vi.waitFor(async () => expect(await cancelled()).toBe(before + 3), { timeout: 10_000 });
  });
});

test('the status shows every worker, all of them had requests, and each request was recorded once', async () => {
  await vi.waitFor(async () => {
    const { restarts, workers } = await status();
    expect([restarts, workers.map(({ worker }) => worker)]).toEqual([0, [1, 2, 3]]);
    expect(new Set(workers.map(({ pid }) => pid)).size).toBe(3);
    expect(workers.map((worker) => worker.status.channel.state)).toEqual(['ready', 'ready', 'ready']);
    const written = workers.map((worker) => worker.status.audit[0]?.written ?? 0);
    for (const count of written) expect(count).toBeGreaterThan(20);
    const records = await rig.records();
    expect(records).toHaveLength(written.reduce((sum, count) => sum + count, 0));
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    expect(records.filter(({ error }) => error === 'internal' || error === 'worker-lost')).toEqual([]);
  });
});
