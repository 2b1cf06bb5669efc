/**
 * One load: keeps `connections` requests in flight for `seconds` after one second of warming up, and prints
 * `{ requests, failures, p50Ms, p99Ms }` as JSON. Settings come as JSON in the only argument.
 */
import { Pool } from 'undici';

export interface Load {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `$ID` stands for the request's number. */
  readonly body: string;
  /** What a good answer contains. */
  readonly expected: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;
const pool = new Pool(load.origin, { connections: load.connections, pipelining: 1 });
const [before = '', after = ''] = load.body.split('$ID');
const latencies: number[] = [];
let failures = 0;
let counting = false;
const stopped = new AbortController();
let id = 0;

async function one(): Promise<void> {
  const started = performance.now();
  const body = `${before}${++id}${after}`;
  const answer = await pool.request({ path: load.path, method: 'POST', headers: load.headers, body });
  const text = await answer.body.text();
  if (!counting) return;
  latencies.push(performance.now() - started);
  if (!text.includes(load.expected)) failures++;
}

async function connection(): Promise<void> {
  while (!stopped.signal.aborted) {
    await one().catch(() => {
      failures++;
    });
  }
}

const connections = Array.from({ length: load.connections }, connection);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
await sleep(1_000);
process.send?.('counting');
counting = true;
await sleep(load.seconds * 1_000);
counting = false;
stopped.abort();
process.send?.('counted');
await Promise.all(connections);
await pool.close();
latencies.sort((a, b) => a - b);
const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
const result: LoadResult = { requests: latencies.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };
console.log(JSON.stringify(result));
