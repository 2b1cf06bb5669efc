import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFixture, type RunningFixture } from '../conformance/start-fixture.ts';
import { connectFull, FULL_CLIENTS, type FullClient } from '../fixtures/full-client.ts';
import { recorded } from '../fixtures/recorded-server.ts';
import { Rig } from '../fixtures/rig.ts';
import { openEverything, type Everything } from '../fixtures/upstreams/everything.ts';

const rig = new Rig();
let everything: Everything;
let fixture: RunningFixture;

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
  await rig.start();
});
afterAll(async () => {
  await rig.stop();
  await fixture.stop();
  await everything.stop();
});

describe.each(FULL_CLIENTS)('%s', (kind) => {
  let client: FullClient;
  beforeAll(async () => {
    client = await connectFull(kind, `${rig.origin}/mcp/both`, rig.keys.bot);
  });
  afterAll(() => client.close());

  const text = async (name: string, args: Record<string, unknown> = {}): Promise<string> =>
    JSON.stringify((await client.call(name, args)).content);
  const heard = async (wanted: string | RegExp): Promise<void> => {
    await vi.waitFor(() => expect(client.heard.join('\n')).toMatch(wanted), { timeout: 10_000 });
  };

  test('calls tools of both servers', async () => {
    expect(await text('every_echo', { message: 'hello' })).toContain('hello');
    expect(await text('fix_test_simple_text')).toContain('text');
  });

  test('reads resources of both servers', async () => {
    expect(await client.read('demo://resource/dynamic/text/1')).toContain('Resource 1');
    expect(await client.read('test://static-text')).toContain('text');
  });

  test('gets prompts of both servers', async () => {
    expect(await client.prompt('every_simple-prompt')).toContain('prompt');
    expect(await client.prompt('fix_test_prompt_with_arguments', { arg1: 'one', arg2: 'two' })).toContain('one');
  });

  test('completes arguments of prompts of both servers', async () => {
    const ref = (name: string) => ({ type: 'ref/prompt', name });
    expect(await client.complete(ref('every_completable-prompt'), 'department', 'E')).toContain('Engineering');
    expect(await client.complete(ref('fix_test_prompt_with_arguments'), 'arg1', 'p')).toBeInstanceOf(Array);
    await expect(client.complete(ref('every_nothing'), 'x', 'y')).rejects.toThrow('Unknown prompt');
  });

  test('hears of progress', async () => {
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
    await client.call('every_trigger-long-running-operation', { duration: 1, steps: 4 }, { onprogress });
    expect(seen).toEqual([1, 2, 3, 4]);
    seen.length = 0;
    await client.call('fix_test_tool_with_progress', {}, { onprogress });
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });

  test('is asked for a model’s answer', async () => {
    expect(await text('every_trigger-sampling-request', { prompt: 'p', maxTokens: 5 })).toContain('sampled');
    await client.call('fix_test_input_required_result_sampling');
    expect(client.heard.filter((line) => line === 'sampling').length).toBeGreaterThanOrEqual(2);
  });

  test('is asked to fill in forms, and told by whom', async () => {
    expect(await text('every_trigger-elicitation-request')).toContain('answered');
    await heard(/^form \[everything\] /m);
    await client.call('fix_test_input_required_result_elicitation');
    await heard(/^form \[fixture\] /m);
  });

  test('logs, from the severity that it wants', async () => {
    await client.setLevel('debug');
    await client.call('fix_test_tool_with_logging');
    await heard('log ');
  });

  test('cancels', async () => {
    for (const [name, args] of [['every_trigger-long-running-operation', { duration: 20, steps: 20 }]] as const) {
      const stop = new AbortController();
      const call = client.call(name, args, { signal: stop.signal });
      setTimeout(() => stop.abort('enough'), 300);
      await expect(call).rejects.toThrow('enough');
    }
    await vi.waitFor(async () => {
      const records = await rig.records();
      expect(records.some(({ outcome, tool }) => outcome === 'cancelled' && tool?.includes('long-running'))).toBe(true);
    });
  });

  test('hears that resources it subscribed to were updated', async () => {
    await client.subscribe('test://watched-resource');
    await client.subscribe('demo://resource/static/document/features.md');
    await client.call('every_toggle-subscriber-updates');
    // A modern client listens on a stream of its own, and the server announces in the session that toggled.
    if (client.era === 'legacy') await heard('updated demo://resource/static/document/features.md');
    await client.call('every_toggle-subscriber-updates');
  }, 30_000);

  test('hears that tools and prompts of a server changed', async () => {
    await client.call('fix_test_trigger_tool_change');
    await heard('tools changed');
    await client.call('fix_test_trigger_prompt_change');
    await heard('prompts changed');
  });
});

test('every request was recorded, and none failed for a reason of ours', async () => {
  const records = await rig.records();
  expect(records.length).toBeGreaterThan(80);
  expect(records.filter(({ error }) => error === 'internal')).toEqual([]);
});
