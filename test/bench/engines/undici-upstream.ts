import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Pool, type Dispatcher } from 'undici';
import { BoundedCache } from '../../../dataplane/bounded-cache.ts';
import {
  UPSTREAM_CALL_MS_MAX,
  UPSTREAM_CONNECT_MS_MAX,
  UPSTREAM_CONNECTIONS_MAX,
  UPSTREAM_HEADER_BYTES_MAX,
  UPSTREAM_HEADERS_MS_MAX,
  UPSTREAM_ORIGINS_MAX,
  UPSTREAM_STALL_MS_MAX,
  UPSTREAM_STREAMS_MAX,
} from '../../../dataplane/limits.ts';
import type {
  UpstreamCall,
  UpstreamFailure,
  UpstreamPatience,
  UpstreamReceiver,
  UpstreamRequest,
} from '../../../dataplane/http/upstream.ts';

const PATIENCE: UpstreamPatience = {
  headersMs: UPSTREAM_HEADERS_MS_MAX,
  stallMs: UPSTREAM_STALL_MS_MAX,
  callMs: UPSTREAM_CALL_MS_MAX,
};

/** Calling upstreams by undici's `dispatch`, as fast as it can be used. */
export class Upstreams {
  readonly #pools = new BoundedCache<string, Pool>(UPSTREAM_ORIGINS_MAX, (pool) => void pool.close());
  readonly #patience: UpstreamPatience;
  readonly #lookup: LookupFunction | null;

  /** `lookup` says to which addresses of a host name connections may be made; null = to all. */
  constructor(patience: UpstreamPatience = PATIENCE, lookup: LookupFunction | null = null) {
    this.#patience = patience;
    this.#lookup = lookup;
  }

  send(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall {
    const patience = request.patience ?? this.#patience;
    const transfer = new Transfer(receiver, patience.callMs);
    const headers: string[] = [];
    for (const [name, value] of request.headers) headers.push(name, value);
    try {
      this.#pool(request.url.origin, request.isStream ?? false).dispatch(
        {
          method: request.method,
          path: `${request.url.pathname}${request.url.search}`,
          headers,
          body: request.body,
          headersTimeout: patience.headersMs,
          bodyTimeout: patience.stallMs,
        },
        transfer,
      );
    } catch {
      transfer.fail('malformed');
    }
    return transfer;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #pool(origin: string, forStreams: boolean): Pool {
    const key = forStreams ? `streams ${origin}` : origin;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: forStreams ? UPSTREAM_STREAMS_MAX : UPSTREAM_CONNECTIONS_MAX,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: UPSTREAM_HEADER_BYTES_MAX,
      connect: { timeout: UPSTREAM_CONNECT_MS_MAX, ...(this.#lookup === null ? {} : { lookup: this.#lookup }) },
    });
    this.#pools.set(key, pool);
    return pool;
  }
}

/** One call under way, as undici's handler and as our handle. */
class Transfer implements UpstreamCall {
  readonly #receiver: UpstreamReceiver;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #started = false;
  #over = false;

  constructor(receiver: UpstreamReceiver, callMs: number) {
    this.#receiver = receiver;
    this.#deadline = setTimeout(() => this.#expire(), callMs).unref();
  }

  pause(): void {
    if (!this.#over) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new Error('aborted'));
  }

  linger(lingerMs: number): void {
    if (this.#over) return;
    this.resume();
    setTimeout(() => this.abort(), lingerMs).unref();
  }

  fail(reason: UpstreamFailure): void {
    if (this.#over) return;
    this.#finish();
    this.#receiver.fail(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('aborted'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over || status < 200) return;
    this.#started = true;
    this.#receiver.head(status, (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : (value?.[0] ?? null);
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (!this.#over) this.#receiver.data(piece);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#finish();
    this.#receiver.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, problem: Error): void {
    this.fail(failureOf(problem, this.#started));
  }

  #expire(): void {
    this.fail('timeout');
    this.#controller?.abort(new Error('deadline'));
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#deadline);
  }
}

function failureOf(problem: Error, started: boolean): UpstreamFailure {
  const code = 'code' in problem && typeof problem.code === 'string' ? problem.code : '';
  if (code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT') return 'timeout';
  if (problem.name === 'HTTPParserError' || code.startsWith('HPE_')) return 'malformed';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'malformed';
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'truncated';
  return started ? 'truncated' : 'unreachable';
}
