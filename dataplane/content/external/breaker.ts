import { EXTERNAL_FAILURES_MAX, EXTERNAL_REST_FIRST_MS, EXTERNAL_REST_MS_MAX } from '../../limits.ts';

/** Leave to ask one question. */
export interface Leave {
  /** It tries whether a rest is over. */
  readonly isTrial: boolean;
}

const ASK: Leave = { isTrial: false };
const TRY: Leave = { isTrial: true };

/**
 * Leaves a detector alone that keeps failing: a message must not wait out a time limit for an answer that will not come. After
 * `EXTERNAL_FAILURES_MAX` failures in a row nobody asks for a while; then one question tries whether that is over, and the
 * others do not wait for it.
 */
export class Breaker {
  readonly #clock: () => number;
  #failures = 0;
  #restMs = 0;
  #restsUntil = 0;
  #isTrying = false;

  /** `clock`: milliseconds that only ever grow. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Null: not now. Who has leave gives it back to `settle`. */
  enter(): Leave | null {
    if (this.#failures < EXTERNAL_FAILURES_MAX) return ASK;
    if (this.#isTrying || this.#clock() < this.#restsUntil) return null;
    this.#isTrying = true;
    return TRY;
  }

  /** How the question ended. `dropped`: it was taken back, and nothing is known. */
  settle({ isTrial }: Leave, outcome: 'good' | 'failed' | 'dropped'): void {
    if (isTrial) this.#isTrying = false;
    if (outcome === 'good') {
      this.#failures = 0;
      this.#restMs = 0;
    } else if (outcome === 'failed') {
      this.#failures++;
      // Of questions that were under way together only one begins the rest.
      if (isTrial || this.#failures === EXTERNAL_FAILURES_MAX) this.#rest();
    }
  }

  #rest(): void {
    this.#restMs = this.#restMs === 0 ? EXTERNAL_REST_FIRST_MS : Math.min(this.#restMs * 2, EXTERNAL_REST_MS_MAX);
    this.#restsUntil = this.#clock() + this.#restMs;
  }
}
