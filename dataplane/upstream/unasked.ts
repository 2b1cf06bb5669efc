import { UNASKED_BYTES_MAX, UNASKED_MESSAGES_MAX, UNASKED_MS } from '../limits.ts';

/**
 * Counts what a server sends that nobody asked for: each message costs us a look at it, and whoever sends them without end
 * takes that time from others.
 */
export class Unasked {
  readonly #now: () => number;
  #sinceMs = -Infinity;
  #messages = 0;
  #bytes = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether one message more is still within the bounds. */
  take(bytes: number): boolean {
    const nowMs = this.#now();
    if (nowMs - this.#sinceMs >= UNASKED_MS) {
      this.#sinceMs = nowMs;
      this.#messages = 0;
      this.#bytes = 0;
    }
    this.#messages++;
    this.#bytes += bytes;
    return this.#messages <= UNASKED_MESSAGES_MAX && this.#bytes <= UNASKED_BYTES_MAX;
  }
}
