import type { Pointer } from '../../schemas/types/pointer.ts';
import { CLOCK_BEHIND_MS_MAX } from '../limits.ts';

/** `clock`: ours is so far behind that it cannot say whether the pointer has expired, which counts as if it had. */
export type Freshness = 'fresh' | 'expired' | 'clock';

/** The span of time in which a pointer is believed; outside of it gateways are in their stale mode. */
export interface FreshSpan {
  /** Unix milliseconds, inclusive. */
  readonly fromMs: number;
  /** Unix milliseconds, exclusive. */
  readonly untilMs: number;
}

/** @param latestIssuedMs The greatest `issued` that was ever seen: real time is not before it. */
export function freshSpan({ expires }: Pick<Pointer, 'expires'>, latestIssuedMs: number): FreshSpan {
  return { fromMs: latestIssuedMs - CLOCK_BEHIND_MS_MAX, untilMs: expires };
}

export function freshnessAt({ fromMs, untilMs }: FreshSpan, nowMs: number): Freshness {
  if (nowMs < fromMs) return 'clock';
  return nowMs < untilMs ? 'fresh' : 'expired';
}

/** Milliseconds until time alone changes the answer; null when it will not. */
export function nextTurnMs({ fromMs, untilMs }: FreshSpan, nowMs: number): number | null {
  if (nowMs < fromMs) return fromMs - nowMs;
  return nowMs < untilMs ? untilMs - nowMs : null;
}
