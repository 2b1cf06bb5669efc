import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childrenOf } from '../fixtures/processes.ts';
import { Rig } from '../fixtures/rig.ts';
import { HoldingUpstream } from '../fixtures/upstreams/holding-upstream.ts';
import { SoakClient } from './exchanges.ts';
import type { Measure } from './proxy.ts';

/** What a proxy held after so many exchanges, once all of them were over. */
export interface Sample extends Measure {
  readonly exchanges: number;
  /** To the server, from the proxy. */
  readonly connections: number;
  /** Of the proxy. */
  readonly children: number;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  /** Audit records there are, and records there should be. */
  readonly records: number;
  readonly expected: number;
  readonly seconds: number;
}

const CLIENTS = 12;
const NAMES = ['echo', 'count', 'progress', 'ask', 'lost', 'die'];
const CAPABILITIES = { resources: true, subscribe: true };
const PROGRAM = fileURLToPath(new URL('../fixtures/programs/fake-stdio.mjs', import.meta.url));

/** Makes so many exchanges of every kind through one proxy, and looks after each part at what it still holds. */
export async function soak(exchanges: number, parts: number, told: (sample: Sample) => void): Promise<SoakResult> {
  const upstream = await HoldingUpstream.open();
  const rig = new Rig();
  const child = await startChild(rig, upstream);
  const startedMs = performance.now();
  const clients = Array.from({ length: CLIENTS }, () => new SoakClient({ url: child.url, key: rig.keys.bot }));
  const samples: Sample[] = [];
  let next = 0;
  for (let part = 1; part <= parts; part++) {
    const end = Math.round((exchanges * part) / parts);
    const run = async (client: SoakClient): Promise<void> => {
      while (next < end) await client.exchange(next++);
    };
    await Promise.all(clients.map(run));
    const sample = await quiet(child.process, upstream, next);
    samples.push(sample);
    told(sample);
  }
  for (const client of clients) await client.close();
  const ended = new Promise((resolve) => child.process.once('exit', resolve));
  child.process.send('stop');
  await ended;
  const records = readFileSync(rig.auditFile, 'utf8').split('\n').length - 1;
  const expected = clients.reduce((sum, { recorded }) => sum + recorded, 0);
  await rig.stop();
  await upstream.kill();
  return { samples, records, expected, seconds: (performance.now() - startedMs) / 1_000 };
}

async function startChild(
  rig: Rig,
  upstream: HoldingUpstream,
): Promise<{ readonly process: ChildProcess; readonly url: string }> {
  const tools = NAMES.map((name) => ({ name }));
  rig.offer({
    servers: [
      { name: 'modern', url: upstream.url, era: 'modern', tools, capabilities: CAPABILITIES },
      { name: 'legacy', url: upstream.url, era: 'legacy', tools, capabilities: CAPABILITIES },
      { name: 'program', url: '', stdio: 'program', era: 'legacy', tools: [{ name: 'count' }] },
    ],
    gateways: [
      {
        name: 'all',
        servers: { modern: 'modern', legacy: 'legacy', program: 'program' },
        grants: [
          { to: ['bot'], server: 'modern', resources: ['modern://**'] },
          { to: ['bot'], server: 'legacy', resources: ['legacy://**'] },
          { to: ['bot'], server: 'program' },
        ],
      },
    ],
  });
  const file = join(rig.store.root, 'proxy.json');
  const config = rig.config({ stdio: { program: { run: [process.execPath, PROGRAM] } } });
  rig.store.write(file, Buffer.from(JSON.stringify(config)));
  const program = fileURLToPath(new URL('proxy.ts', import.meta.url));
  const args = ['--expose-gc', '--disallow-code-generation-from-strings', program, file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { origin } = await answerOf<{ readonly origin: string }>(child);
  return { process: child, url: `${origin}/mcp/all` };
}

/** Waits until the exchanges so far are over, within a bound; what is left then is what the sample shows. */
async function quiet(child: ChildProcess, upstream: HoldingUpstream, exchanges: number): Promise<Sample> {
  for (let patience = 0; ; patience++) {
    const answer = answerOf<Measure>(child);
    child.send('measure');
    const measure = await answer;
    const left = Object.values(measure.underWay).reduce((sum, count) => sum + count, upstream.held);
    // Connections that nobody uses are kept for some seconds.
    if ((left === 0 && upstream.connections <= 1) || patience === 100) {
      const children = childrenOf(child.pid ?? 0).length;
      return { exchanges, ...measure, connections: upstream.connections, children };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the proxy ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}
