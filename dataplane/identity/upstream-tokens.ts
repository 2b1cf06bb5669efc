import { BoundedCache } from '../bounded-cache.ts';
import { UPSTREAM_TOKENS_MAX } from '../limits.ts';
import type { TokenFailure } from './token-failure.ts';
import type { TokenAnswer } from './token-request.ts';
import { TokenSlot } from './token-slot.ts';

/**
 * The tokens for upstream servers, one of these per process: they outlive a change of policy that leaves alone what they
 * were fetched with.
 */
export class UpstreamTokens {
  readonly #clock: () => number;
  readonly #slots = new BoundedCache<string, TokenSlot>(UPSTREAM_TOKENS_MAX);
  readonly #failures = new BoundedCache<string, TokenFailure>(UPSTREAM_TOKENS_MAX);

  /** `clock`: Unix milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The slot of a purpose. The key names everything that a token depends on: nobody who differs in any of it shares one. */
  slot(key: string): TokenSlot {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = new TokenSlot(this.#clock);
    this.#slots.set(key, slot);
    return slot;
  }

  /** Remembers for the status how the last request for a token of an identity ended. */
  note(identity: string, answer: TokenAnswer): void {
    if (answer.ok) this.#failures.delete(identity);
    else this.#failures.set(identity, answer.reason);
  }

  /** Why the last request for a token of an identity failed; null when it did not, or there was none. */
  failureOf(identity: string): TokenFailure | null {
    return this.#failures.get(identity) ?? null;
  }
}
