import {
  SERVER_CALLS_MAX,
  SERVER_FAILURES_MAX,
  SERVER_REST_FIRST_MS,
  SERVER_REST_MS_MAX,
  UPSTREAM_STREAMS_MAX,
} from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';

/** Leave to make one call; given back once. */
export interface Pass {
  /** The server is there: its answer has begun. */
  alive(): void;
  /** The call is over; null where it went well or nobody wants the answer any more. */
  leave(failure: CallFailure | null): void;
}

export type PassResult =
  { readonly ok: true; readonly pass: Pass } | { readonly ok: false; readonly reason: CallFailure };

export interface GateStatus {
  readonly inFlight: number;
  readonly streams: number;
  /** `closed` lets calls pass; `open` refuses them; `trying` lets one pass to see whether the server is back. */
  readonly breaker: 'closed' | 'open' | 'trying';
  /** Calls in a row that did not reach the server or waited in vain. */
  readonly failures: number;
}

/** What says that a server is away, rather than that it does not like a call. */
const AWAY: ReadonlySet<CallFailure> = new Set(['upstream-unreachable', 'upstream-timeout']);

/**
 * Lets calls of one server pass: so many at once, and none for a while after several in a row found nobody there, so that
 * a dead server costs its callers no waiting and us no connections. Afterwards one call at a time tries.
 */
export class ServerGate {
  readonly #now: () => number;
  #inFlight = 0;
  #streams = 0;
  #failures = 0;
  /** Rests since the server was last seen. */
  #rests = 0;
  #restsUntilMs = 0;
  #trying = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `isStream`: it stays open for long and is counted among its like. */
  enter(isStream = false): PassResult {
    if (isStream) return this.#enterStream();
    if (this.#inFlight >= SERVER_CALLS_MAX) return { ok: false, reason: 'upstream-busy' };
    const tries = this.#failures >= SERVER_FAILURES_MAX;
    if (tries && (this.#trying || this.#now() < this.#restsUntilMs)) return { ok: false, reason: 'upstream-down' };
    this.#trying = tries;
    this.#inFlight++;
    return { ok: true, pass: this.#pass(tries) };
  }

  /** How it ends says nothing about the server: it was silent for long, perhaps. */
  #enterStream(): PassResult {
    if (this.#streams >= UPSTREAM_STREAMS_MAX) return { ok: false, reason: 'upstream-busy' };
    if (this.#failures >= SERVER_FAILURES_MAX) return { ok: false, reason: 'upstream-down' };
    this.#streams++;
    let over = false;
    const leave = (): void => {
      if (over) return;
      over = true;
      this.#streams--;
    };
    return { ok: true, pass: { alive: () => undefined, leave } };
  }

  status(): GateStatus {
    const resting = this.#failures >= SERVER_FAILURES_MAX;
    const breaker = !resting ? 'closed' : this.#trying || this.#now() >= this.#restsUntilMs ? 'trying' : 'open';
    return { inFlight: this.#inFlight, streams: this.#streams, breaker, failures: this.#failures };
  }

  #pass(tries: boolean): Pass {
    let over = false;
    return {
      alive: () => {
        if (!over) this.#seen();
      },
      leave: (failure) => {
        if (over) return;
        over = true;
        this.#inFlight--;
        if (tries) this.#trying = false;
        if (failure !== null && AWAY.has(failure)) this.#missed();
      },
    };
  }

  #seen(): void {
    this.#failures = 0;
    this.#rests = 0;
    this.#trying = false;
  }

  #missed(): void {
    this.#failures++;
    // Calls that were under way together fail together: that is one reason to rest, not many.
    if (this.#failures < SERVER_FAILURES_MAX || this.#now() < this.#restsUntilMs) return;
    this.#restsUntilMs = this.#now() + Math.min(SERVER_REST_FIRST_MS * 2 ** this.#rests, SERVER_REST_MS_MAX);
    this.#rests = Math.min(this.#rests + 1, 16);
  }
}
