import {
  UPSTREAM_TOKEN_EARLY_MS,
  UPSTREAM_TOKEN_REFUSED_MS,
  UPSTREAM_TOKEN_RETRY_MS,
  UPSTREAM_TOKEN_SKEW_MS,
} from '../limits.ts';
import type { TokenAnswer } from './token-request.ts';

type TokenTaken = { readonly ok: true; readonly token: string } | Extract<TokenAnswer, { ok: false }>;

interface HeldToken {
  readonly ok: true;
  readonly token: string;
  readonly fromMs: number;
  /** A new one is fetched from here on, and this one still used. */
  readonly earlyMs: number;
  /** It is not used from here on. */
  readonly untilMs: number;
}

/**
 * One token for one purpose: fetched when it is first needed, once for all who wait for it, and anew before it expires.
 * An authorization server that fails, and a server that refuses every token, are asked again only after a while.
 */
export class TokenSlot {
  readonly #clock: () => number;
  #held: HeldToken | null = null;
  #pending: Promise<TokenTaken> | null = null;
  #failed: { readonly answer: Extract<TokenAnswer, { ok: false }>; readonly atMs: number } | null = null;
  #refusedMs: number | null = null;

  /** `clock`: Unix milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * HOT PATH where a token is held: nothing is waited for. `fetch` never rejects; null = there is nothing to fetch with,
   * and what is held or under way is all there is.
   */
  take(fetch: (() => Promise<TokenAnswer>) | null): TokenTaken | Promise<TokenTaken> {
    const nowMs = this.#clock();
    const held = this.#held;
    const good = held !== null && nowMs >= held.fromMs && nowMs < held.untilMs;
    if (good && nowMs < held.earlyMs) return held;
    const pending = this.#pending ?? this.#start(fetch, nowMs);
    return good ? held : pending;
  }

  /**
   * A server refused this token: it is not given out again. Whether another may do better: not when the token before it was
   * refused just now, since every refusal would then cost the authorization server a request.
   */
  refuse(token: string): boolean {
    if (this.#held?.token !== token) return true;
    const nowMs = this.#clock();
    if (isWithin(UPSTREAM_TOKEN_REFUSED_MS, this.#refusedMs, nowMs)) return false;
    this.#refusedMs = nowMs;
    this.#held = null;
    return true;
  }

  #start(fetch: (() => Promise<TokenAnswer>) | null, nowMs: number): TokenTaken | Promise<TokenTaken> {
    if (fetch === null) return { ok: false, reason: 'caller-gone' };
    if (this.#failed !== null && isWithin(UPSTREAM_TOKEN_RETRY_MS, this.#failed.atMs, nowMs))
      return this.#failed.answer;
    this.#pending = this.#fetch(fetch, nowMs).finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #fetch(fetch: () => Promise<TokenAnswer>, nowMs: number): Promise<TokenTaken> {
    const answer = await fetch();
    if (!answer.ok) {
      this.#failed = { answer, atMs: this.#clock() };
      return answer;
    }
    const { token, lifetimeMs } = answer;
    const untilMs = nowMs + lifetimeMs - Math.min(UPSTREAM_TOKEN_SKEW_MS, lifetimeMs / 4);
    const earlyMs = untilMs - Math.min(UPSTREAM_TOKEN_EARLY_MS, lifetimeMs / 4);
    this.#held = { ok: true, token, fromMs: nowMs, earlyMs, untilMs };
    this.#failed = null;
    return { ok: true, token };
  }
}

/** A clock that was set back counts as time gone by, or a cool-down could become a lock-out. */
function isWithin(spanMs: number, sinceMs: number | null, nowMs: number): boolean {
  return sinceMs !== null && nowMs >= sinceMs && nowMs - sinceMs < spanMs;
}
