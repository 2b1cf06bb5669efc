import { BoundedCache } from '../../bounded-cache.ts';
import { EXTERNAL_LOG_MS, EXTERNAL_RULES_SHOWN_MAX } from '../../limits.ts';
import type { UrlFailure } from '../../identity/egress.ts';
import type { SecretFailure } from '../../identity/secrets.ts';
import type { ExternalFailure } from './detector.ts';

/** Why a detector is of no use: nobody may ask it, or the last question had no answer. */
export type DetectorFailure = ExternalFailure | UrlFailure | SecretFailure;

export interface DetectorHealth {
  readonly rule: string;
  /** How the last question ended; null = well. */
  readonly failure: DetectorFailure | null;
  /** RFC 3339: since when that is so. */
  readonly since: string;
}

interface Held {
  readonly failure: DetectorFailure | null;
  readonly sinceMs: number;
  /** Nobody may ask it, which no answer will change. */
  readonly isLasting: boolean;
  /** When a failure of the rule was last in the log; 0 = never. */
  readonly loggedMs: number;
  /** Whether that was this one. */
  readonly isLogged: boolean;
}

/** How the detectors are that are asked over the network: what the status shows, decided on by nobody. */
export class DetectorsHealth {
  readonly #rules = new BoundedCache<string, Held>(EXTERNAL_RULES_SHOWN_MAX);
  readonly #wallClock: () => number;
  readonly #log: (line: string) => void;

  /** `wallClock`: Unix milliseconds. `log` is told of failures, and not of all when there are many: senders can cause them. */
  constructor(wallClock: () => number, log: (line: string) => void) {
    this.#wallClock = wallClock;
    this.#log = log;
  }

  /** That nobody waits for an answer any more says nothing about a detector; that it rests says what was said before. */
  note(rule: string, failure: DetectorFailure | null): void {
    if (failure !== 'aborted' && failure !== 'resting') this.#hold(rule, failure, false);
  }

  /** Nobody may ask the detector that a rule has now. */
  noteUnavailable(rule: string, failure: DetectorFailure): void {
    this.#hold(rule, failure, true);
  }

  /** The detector that a rule has now may be asked: that nobody might ask one before it is over. */
  noteAvailable(rule: string): void {
    if (this.#rules.get(rule)?.isLasting === true) this.#rules.delete(rule);
  }

  /** Of rules that a bundle has; others are left out, and so are those that nobody needed yet. */
  status(rules: readonly string[]): readonly DetectorHealth[] {
    return rules.flatMap((rule) => {
      const known = this.#rules.get(rule);
      if (known === undefined) return [];
      return [{ rule, failure: known.failure, since: new Date(known.sinceMs).toISOString() }];
    });
  }

  /** A failure that came too soon after another to be in the log is there once it has lasted. */
  #hold(rule: string, failure: DetectorFailure | null, isLasting: boolean): void {
    const known = this.#rules.get(rule);
    const isSame = known !== undefined && known.failure === failure;
    const now = this.#wallClock();
    const loggedMs = known?.loggedMs ?? 0;
    const wasLogged = isSame && known.isLogged;
    // Policies are not swapped often; what senders can cause is said once in a while.
    const isDue = failure !== null && !wasLogged && (isLasting || now - loggedMs >= EXTERNAL_LOG_MS);
    if (isSame && !isDue) return;
    this.#rules.set(rule, {
      failure,
      sinceMs: isSame ? known.sinceMs : now,
      isLasting,
      loggedMs: isDue ? now : loggedMs,
      isLogged: wasLogged || isDue,
    });
    if (isDue) this.#log(`content rule ${rule}: its detector cannot be used (${failure})`);
  }
}
