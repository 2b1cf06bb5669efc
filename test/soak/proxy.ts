/**
 * A proxy that says how much it holds: `node --expose-gc test/soak/proxy.ts CONFIGURATION`, as a child that is spoken with
 * over IPC. Started with a checked configuration as JSON in a file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { startProxy } from '../../dataplane/proxy.ts';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';

/** After garbage was collected. */
export interface Measure {
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly descriptors: number;
  /** Timers, sockets, children and what else keeps a process alive. */
  readonly resources: number;
  readonly underWay: Readonly<Record<string, number>>;
}

const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ProxyConfig;
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const started = await startProxy(config, { environment: process.env, log });
if (!started.ok) throw new Error(started.problem);
const { proxy } = started;

process.on('message', (message) => {
  if (message === 'measure') process.send?.(measure());
  else void proxy.close().then(() => process.disconnect());
});
process.once('disconnect', () => void proxy.close());
process.send?.({ origin: proxy.origin });

function measure(): Measure {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    heapBytes: heapUsed,
    residentBytes: rss,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    underWay: (proxy.status() as { underWay: Record<string, number> }).underWay,
  };
}
