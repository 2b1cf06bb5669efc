import type { Refusal, RefusalCode, Stage } from './refusal.ts';

/** Which bundle, by which pointer. */
export interface BundleAt {
  readonly bundle: string;
  readonly seq: number;
}

/** A refusal on record (bundle.md, State machine): logged, in the status, counted by stage, alerted. */
export interface Nack {
  readonly stage: Stage;
  readonly code: RefusalCode;
  readonly message: string;
  /** What a verified pointer offered; null when it did not come that far. */
  readonly offered: BundleAt | null;
  /** What goes on being served. */
  readonly active: BundleAt | null;
  /** ISO 8601, of the last attempt. */
  readonly at: string;
  /** How often in a row the same was refused for the same reason. */
  readonly attempts: number;
}

/** The record of a refusal, counting on when it repeats the previous one. */
export function nackOf(
  { stage, code, message }: Refusal,
  previous: Nack | null,
  offered: BundleAt | null,
  active: BundleAt | null,
  nowMs: number,
): Nack {
  const repeats = previous?.stage === stage && previous.code === code && previous.offered?.bundle === offered?.bundle;
  const attempts = repeats ? previous.attempts + 1 : 1;
  return { stage, code, message, offered, active, at: new Date(nowMs).toISOString(), attempts };
}
