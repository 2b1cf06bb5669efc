import { HTTP_SWEEP_MS } from '../limits.ts';

/**
 * A clock for bounds that need not be exact: it goes on every `HTTP_SWEEP_MS`, and then all that wait are looked at. So the
 * hot path sets a deadline by adding two numbers, with no timer and no look at the real clock.
 */
export class Sweeper {
  /** Milliseconds; the real time is this, or up to one sweep later. */
  nowMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  /** `sweep` gets a time that has passed for sure, whatever the deadline it is compared with was made from. */
  constructor(sweep: (passedMs: number) => void) {
    this.#timer = setInterval(() => {
      this.nowMs = performance.now();
      sweep(this.nowMs - HTTP_SWEEP_MS);
    }, HTTP_SWEEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
