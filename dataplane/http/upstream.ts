import type { LookupFunction } from 'node:net';
import { BoundedCache } from '../bounded-cache.ts';
import {
  UPSTREAM_CALL_MS_MAX,
  UPSTREAM_CONNECTIONS_MAX,
  UPSTREAM_HEADERS_MS_MAX,
  UPSTREAM_ORIGINS_MAX,
  UPSTREAM_STALL_MS_MAX,
  UPSTREAM_STREAMS_MAX,
} from '../limits.ts';
import type { Header } from './exchange.ts';
import { OriginPool } from './origin-pool.ts';
import { Sweeper } from './sweeper.ts';
import { targetOf } from './target.ts';
import { Transfer } from './transfer.ts';

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
  /** Where this one may take other times than all others. */
  readonly patience?: UpstreamPatience | null;
  /** It stays open for long: it gets a connection that calls do not have to wait for. */
  readonly isStream?: boolean;
}

/** Told of one answer, in order: `head`, any number of `data`, then `end`; or `fail` at any time, and nothing after it. */
export interface UpstreamReceiver {
  head(status: number, header: (name: string) => string | null): void;
  data(piece: Buffer): void;
  end(): void;
  fail(reason: UpstreamFailure): void;
}

export type UpstreamFailure = 'unreachable' | 'timeout' | 'truncated' | 'malformed';

export interface UpstreamCall {
  /** No more `data` until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the call; the receiver hears nothing more. */
  abort(): void;
  /** The receiver knows enough and hears nothing more. An answer that ends within `lingerMs` leaves its connection usable. */
  linger(lingerMs: number): void;
}

/** How long an upstream may take, in milliseconds; nothing is cut off early, and at most two sweeps late. */
export interface UpstreamPatience {
  readonly headersMs: number;
  readonly stallMs: number;
  readonly callMs: number;
}

const PATIENCE: UpstreamPatience = {
  headersMs: UPSTREAM_HEADERS_MS_MAX,
  stallMs: UPSTREAM_STALL_MS_MAX,
  callMs: UPSTREAM_CALL_MS_MAX,
};

/** Calls upstream servers: one bounded pool of connections per origin, no redirects, a limit on every wait. */
export class Upstreams {
  readonly #pools = new BoundedCache<string, OriginPool>(UPSTREAM_ORIGINS_MAX, (pool) => pool.retire());
  /** Those with connections, forgotten ones included. */
  readonly #live = new Set<OriginPool>();
  readonly #patience: UpstreamPatience;
  readonly #lookup: LookupFunction | null;
  readonly #sweeper: Sweeper;
  #closed = false;

  /** `lookup` says to which addresses of a host name connections may be made; null = to all. */
  constructor(patience: UpstreamPatience = PATIENCE, lookup: LookupFunction | null = null) {
    this.#patience = patience;
    this.#lookup = lookup;
    this.#sweeper = new Sweeper((passedMs) => this.#sweep(passedMs));
  }

  /**
   * Sends a request and reports its answer. What was sent is never sent again by itself: a connection that turns out to be
   * closed costs a POST, which nobody can say was not acted on (RFC 9112 section 9.3.1), its answer.
   */
  send(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall {
    const target = targetOf(request.url);
    const transfer = new Transfer(request, target, receiver, request.patience ?? this.#patience, this.#sweeper.nowMs);
    if (this.#closed) transfer.fail('unreachable');
    else if (!transfer.isSendable) transfer.fail('malformed');
    else this.#pool(request, target.origin).dispatch(transfer);
    return transfer;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#sweeper.stop();
    await Promise.all([...this.#live].map((pool) => pool.destroy()));
  }

  #pool({ url, isStream = false }: UpstreamRequest, origin: string): OriginPool {
    const key = isStream ? `streams ${origin}` : origin;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new OriginPool(
        url,
        isStream ? UPSTREAM_STREAMS_MAX : UPSTREAM_CONNECTIONS_MAX,
        this.#lookup,
        this.#sweeper,
      );
      this.#pools.set(key, pool);
    }
    this.#live.add(pool);
    return pool;
  }

  #sweep(passedMs: number): void {
    for (const pool of this.#live) {
      pool.sweep(passedMs);
      if (pool.isEmpty) this.#live.delete(pool);
    }
  }
}
