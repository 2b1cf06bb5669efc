import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_KINDS, connectClient, type AnyClient } from '../fixtures/clients.ts';
import { childrenOf, isAlive } from '../fixtures/processes.ts';
import { Rig } from '../fixtures/rig.ts';
import { EVERYTHING_STDIO, openEverything, type Everything } from '../fixtures/upstreams/everything.ts';
import { MODERN_TOOLS, openModernServer, type ModernServer } from '../fixtures/upstreams/modern-server.ts';

const SDK = fileURLToPath(new URL('../fixtures/programs/sdk-stdio.ts', import.meta.url));
const sdk = (which: string): { readonly run: readonly string[] } => ({ run: [process.execPath, SDK, which] });
const TOOLS = [{ name: 'echo' }, { name: 'count' }];

const rig = new Rig();
let streaming: Everything;
let sse: Everything;
let modern: ModernServer;

beforeAll(async () => {
  [streaming, sse, modern] = await Promise.all([openEverything(), openEverything('sse'), openModernServer()]);
  const { tools } = streaming;
  const servers = [
    { name: 'streaming', url: streaming.url, era: 'legacy', tools },
    { name: 'sse', url: sse.url, era: 'legacy', tools },
    { name: 'every', url: '', stdio: 'every', era: 'legacy', tools },
    { name: 'modern', url: modern.url, era: 'modern', tools: MODERN_TOOLS },
    { name: 'turned', url: modern.url, era: 'legacy', tools: MODERN_TOOLS },
    { name: 'one', url: '', stdio: 'one', era: 'legacy', tools: TOOLS },
    { name: 'two', url: '', stdio: 'two', era: 'modern', tools: TOOLS },
    { name: 'both', url: '', stdio: 'both', era: 'legacy', tools: TOOLS },
    { name: 'lacking', url: '', stdio: 'lacking', era: 'legacy', tools: TOOLS },
  ] as const;
  rig.offer({
    servers,
    gateways: [
      {
        name: 'all',
        servers: Object.fromEntries(servers.map(({ name }) => [name, name])),
        grants: servers.map(({ name }) => ({ to: ['bot', 'other'] as const, server: name })),
      },
    ],
  });
  await rig.startChild({
    stdio: { every: { run: EVERYTHING_STDIO }, one: sdk('1.x'), two: sdk('2.x modern'), both: sdk('2.x') },
  });
});
afterAll(async () => {
  await rig.stop();
  await Promise.all([streaming.stop(), sse.stop(), modern.close()]);
});

/** Server, a tool that tells of its progress, its arguments, and what it says at last. */
const PROGRESSING: readonly [server: string, tool: string, args: Record<string, unknown>, last: RegExp][] = [
  ...['streaming', 'sse', 'every'].map((server): (typeof PROGRESSING)[number] => [
    server,
    'trigger-long-running-operation',
    { duration: 0.05, steps: 3 },
    /completed/,
  ]),
  ...['modern', 'turned', 'one', 'two', 'both'].map((server): (typeof PROGRESSING)[number] => [
    server,
    'count',
    { to: 3 },
    /counted to 3/,
  ]),
];
const echoArgs = (server: string, text: string): Record<string, unknown> =>
  ['streaming', 'sse', 'every'].includes(server) ? { message: text } : { text };

describe.each(CLIENT_KINDS)('%s', (kind) => {
  let client: AnyClient;
  beforeAll(async () => {
    client = await connectClient(kind, `${rig.origin}/mcp/all`, rig.keys.bot);
  });
  afterAll(() => client.close());

  test.each(PROGRESSING)('calls tools of `%s`', async (server, tool, args, last) => {
    const texts = ['one', 'two', 'three'];
    const outcomes = await Promise.all(texts.map((text) => client.call(`${server}_echo`, echoArgs(server, text))));
    expect(outcomes.map(({ content }) => JSON.stringify(content))).toEqual(
      texts.map((text) => expect.stringContaining(text) as string),
    );
    const steps: number[] = [];
    const outcome = await client.call(`${server}_${tool}`, args, {
      onprogress: ({ progress }) => steps.push(progress),
    });
    expect(JSON.stringify(outcome.content)).toMatch(last);
    expect(steps).toEqual([1, 2, 3]);
  });

  test('is told of a program that the configuration lacks, and calls all others', async () => {
    await expect(client.call('lacking_echo', { text: 'x' })).rejects.toThrow(
      'server lacking is not available: ask whoever runs the gateway',
    );
  });
});

test('the status says how servers are spoken to, and which programs run', async () => {
  const status = (await (await fetch(`${rig.adminOrigin}/status`)).json()) as {
    readonly lacking: unknown;
    readonly channels: { readonly eras: readonly object[]; readonly programs: readonly object[] };
  };
  expect(status.lacking).toEqual([{ server: 'lacking', identity: 'shared', reason: 'unknown-program' }]);
  expect(status.channels.eras).toMatchObject([
    { server: 'sse', recorded: 'legacy', found: 'sse' },
    { server: 'turned', recorded: 'legacy', found: 'modern' },
  ]);
  expect(status.channels.programs).toMatchObject(
    ['every', 'one', 'two', 'both'].map((program) => ({ program, failed: 0, lastFailure: null })),
  );
  expect(rig.logs.filter((line) => line.includes('turned is modern now'))).toHaveLength(1);
});

test('no child outlives the proxy', async () => {
  const children = childrenOf(rig.pid);
  expect(children.length).toBeGreaterThan(0);
  expect(await rig.signal('SIGTERM')).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
});
