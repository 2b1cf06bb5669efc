import { createHash } from 'node:crypto';
import { CLOCK_SKEW_MS, KEYS_COOLDOWN_MS, KEYS_RETRY_MS } from '../limits.ts';
import type { HostPattern } from './egress.ts';
import { buildKeySet, matchKeys, type VerificationKey } from './key-set.ts';
import { freshMs, readKeyDocument, type KeySource, type KeySourceFailure } from './key-source.ts';
import type { Algorithm } from './token.ts';

export interface IssuerKeysStatus {
  readonly keys: number;
  /** Unix milliseconds of the last successful read; null = never. */
  readonly readMs: number | null;
  /** Why the last attempt failed; null when it did not. */
  readonly failure: KeySourceFailure | null;
}

export type KeysResult =
  | { readonly ok: true; readonly keys: readonly VerificationKey[] }
  | { readonly ok: false; readonly reason: 'keys-unavailable' | 'unknown-signing-key' };

/**
 * The keys of one issuer, read when they are first needed and again when they are old or a token names an unknown one.
 * What tokens can cause is bounded: one read at a time, and none within a cool-down of the last. A read that fails leaves
 * the last good keys in force; a key set that was read replaces them, even when it is empty, since that is how an issuer
 * withdraws its keys.
 */
export class IssuerKeys {
  readonly #source: KeySource;
  readonly #egress: readonly HostPattern[];
  #keys: readonly VerificationKey[] | null = null;
  #digest = '';
  #generation = 0;
  #readMs: number | null = null;
  #attemptMs: number | null = null;
  #failure: KeySourceFailure | null = null;
  #pending: Promise<void> | null = null;

  constructor(source: KeySource, egress: readonly HostPattern[]) {
    this.#source = source;
    this.#egress = egress;
  }

  /** Changes when the keys do: what was verified under another generation must be verified again. */
  get generation(): number {
    return this.#generation;
  }

  get status(): IssuerKeysStatus {
    return { keys: this.#keys?.length ?? 0, readMs: this.#readMs, failure: this.#failure };
  }

  /** Reads the keys unless that was done or tried a moment ago. Never rejects. */
  async prepare(nowMs: number): Promise<void> {
    if (this.#keys === null) await this.#refreshAfter(KEYS_RETRY_MS, nowMs);
  }

  /** The keys that can have made a signature, reading them first where that may help. Never rejects. */
  async find(algorithm: Algorithm, id: string | null, nowMs: number): Promise<KeysResult> {
    if (this.#keys === null) await this.prepare(nowMs);
    else await this.#refreshWhenOld(nowMs);
    if (this.#keys === null) return { ok: false, reason: 'keys-unavailable' };

    const known = matchKeys(this.#keys, algorithm, id);
    if (known.length > 0) return { ok: true, keys: known };
    await this.#refreshAfter(KEYS_COOLDOWN_MS, nowMs);
    const found = matchKeys(this.#keys, algorithm, id);
    return found.length > 0 ? { ok: true, keys: found } : { ok: false, reason: 'unknown-signing-key' };
  }

  /** While the issuer answers, old keys wait for new ones, or a withdrawn key would be good once more; else nobody waits. */
  async #refreshWhenOld(nowMs: number): Promise<void> {
    const fresh = freshMs(this.#source);
    if (isWithin(fresh, this.#readMs, nowMs)) return;
    const refreshed = this.#refreshAfter(Math.min(fresh, KEYS_COOLDOWN_MS), nowMs);
    if (this.#failure === null) await refreshed;
  }

  #refreshAfter(coolDownMs: number, nowMs: number): Promise<void> {
    if (this.#pending !== null) return this.#pending;
    if (isWithin(coolDownMs, this.#attemptMs, nowMs)) return Promise.resolve();
    this.#attemptMs = nowMs;
    this.#pending = this.#refresh(nowMs).finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #refresh(nowMs: number): Promise<void> {
    const read = await readKeyDocument(this.#source, this.#egress);
    if (!read.ok) {
      this.#failure = read.reason;
      return;
    }
    const digest = createHash('sha256').update(read.bytes).digest('base64');
    const keys = digest === this.#digest ? this.#keys : await buildKeySet(read.value);
    if (keys === null) {
      this.#failure = 'no-key-set';
      return;
    }
    if (digest !== this.#digest) this.#generation++;
    this.#keys = keys;
    this.#digest = digest;
    this.#readMs = nowMs;
    this.#failure = null;
  }
}

/**
 * A clock that was set back counts as time gone by: old keys must not stay fresh, nor a cool-down become a lock-out. Not so
 * a few milliseconds: requests are not asked about in the order in which they came.
 */
function isWithin(spanMs: number, sinceMs: number | null, nowMs: number): boolean {
  return sinceMs !== null && nowMs > sinceMs - CLOCK_SKEW_MS && nowMs - sinceMs < spanMs;
}
