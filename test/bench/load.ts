/**
 * One load: keeps one request in flight on each of `connections` connections for `seconds` after one second of warming up,
 * and prints `{ requests, failures, p50Ms, p99Ms }` as JSON. Settings come as JSON in the only argument. It speaks HTTP as
 * plainly as it can: on a small machine what it costs is taken from what it measures.
 */
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent first on each connection, for a session; null = none. `$ID` as in `body`. */
  readonly opening: string | null;
  /** `$ID` stands for the request's number, of 9 digits. */
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
const expected = Buffer.from(load.expected);
const latencies: number[] = [];
let failures = 0;
let counting = false;
let stopping = false;
let id = 100_000_000;

/** The two halves of a request around its id. */
function requestText(body: string, session: string | null): readonly [before: string, after: string] {
  const headers = Object.entries(session === null ? load.headers : { ...load.headers, 'mcp-session-id': session });
  const length = Buffer.byteLength(body.replace('$ID', '100000000'));
  const lines = [...headers, ['content-length', String(length)]].map(
    ([name = '', value = '']) => `${name}: ${value}\r\n`,
  );
  const [before = '', after = ''] = body.split('$ID');
  return [`POST ${load.path} HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\n${lines.join('')}\r\n${before}`, after];
}

const CHUNKS_END = Buffer.from('0\r\n\r\n');

/** Whether a whole answer is there: as long as declared, or up to the last chunk. */
function isWhole(answer: Buffer): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const declared = /\r\ncontent-length: *([0-9]+)/i.exec(answer.toString('latin1', 0, headEnd))?.[1];
  if (declared === undefined) return answer.subarray(-CHUNKS_END.length).equals(CHUNKS_END);
  return answer.length >= headEnd + 4 + Number(declared);
}

function connection(): Promise<void> {
  return new Promise((resolve, reject) => {
    let [before, after] = requestText(load.opening ?? load.body, null);
    let opened = load.opening === null;
    let startedMs = 0;
    let waiting: Buffer | null = null;
    const socket: Socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true }, () => send());
    const send = (): void => {
      startedMs = performance.now();
      socket.write(`${before}${++id}${after}`, 'latin1');
    };
    socket.on('data', (piece: Buffer) => {
      waiting = waiting === null ? piece : Buffer.concat([waiting, piece]);
      if (!isWhole(waiting)) return;
      const answer = waiting;
      waiting = null;
      if (opened) note(answer, performance.now() - startedMs);
      else {
        const session = /mcp-session-id: (\S+)/i.exec(answer.toString('latin1'))?.[1];
        if (session === undefined) reject(new Error(`no session: ${answer.toString()}`));
        [before, after] = requestText(load.body, session ?? null);
        opened = true;
      }
      if (stopping) socket.end();
      else send();
    });
    socket.on('error', reject);
    socket.on('close', () => (stopping ? resolve() : reject(new Error('the connection was closed'))));
  });
}

function note(answer: Buffer, ms: number): void {
  if (!counting) return;
  latencies.push(ms);
  if (!answer.includes(expected)) failures++;
}

const connections = Array.from({ length: load.connections }, connection);
const ended = Promise.all(connections);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
await Promise.race([sleep(1_000), ended]);
process.send?.('counting');
counting = true;
await Promise.race([sleep(load.seconds * 1_000), ended]);
counting = false;
stopping = true;
process.send?.('counted');
await ended;
latencies.sort((a, b) => a - b);
const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
const result: LoadResult = { requests: latencies.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };
console.log(JSON.stringify(result));
