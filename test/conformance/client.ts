// The program that the client suites run: `client.ts URL` plays a scenario against URL, or with --proxy through mcpgw.
import { parseArgs } from 'node:util';
import { playScenario, type WantedCall } from './client-scenarios.ts';
import { connectClient } from './connect-client.ts';
import { openModernRelay } from './modern-relay.ts';
import { renderExchanges } from './render-run.ts';
import type { Transparent } from './transparent.ts';

/** Of the one scenario whose server has resources. */
const RESOURCES: ReadonlyMap<string, readonly string[]> = new Map([
  ['http-standard-headers', ['file:///**', 'https://example.com/resource?id=*']],
]);

const { values, positionals } = parseArgs({
  options: { proxy: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [server = ''] = positionals;
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const isModern = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === '2026-07-28';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as {
  readonly toolCalls?: readonly WantedCall[];
};

async function openProxy(): Promise<Transparent> {
  // Only where it is needed: the product takes longer to load than a whole scenario.
  const { openTransparent } = await import('./transparent.ts');
  const relay = isModern ? await openModernRelay(server) : null;
  try {
    const resources = RESOURCES.get(scenario) ?? [];
    return await openTransparent({ url: server, catalogUrl: relay?.url ?? server, resources });
  } finally {
    await relay?.close();
  }
}

/** Before the suite loses its patience, which would end us without a word. */
const PATIENCE_MS = 25_000;

const proxy = values.proxy ? await openProxy() : null;
const trace = (): void => {
  if (values.trace && proxy !== null) console.error(`${renderExchanges(proxy.takeExchanges())}\nlog:\n${proxy.log()}`);
};
setTimeout(() => {
  console.error(`the scenario did not end within ${PATIENCE_MS} ms`);
  trace();
  process.exit(1);
}, PATIENCE_MS).unref();
process.once('SIGTERM', () => process.exit(1));

try {
  const client = await connectClient(proxy?.url ?? server, isModern);
  try {
    await playScenario(scenario, client, context.toolCalls ?? []);
  } finally {
    await client.close();
  }
} finally {
  trace();
  await proxy?.close();
}
