import type { BundleAt, Nack } from './nack.ts';

/**
 * `ready`: what the channel offers is active. `rejecting`: something else is active, because what the channel offers,
 * or how it offers it, was refused. `stale`: the active pointer has expired, and some gateway goes on in its stale mode.
 * `expired`: it has, and every gateway is closed. `clock`: the proxy's clock is behind, which counts as expired. `empty`:
 * nothing is active and every call is refused.
 */
type ChannelState = 'ready' | 'rejecting' | 'stale' | 'expired' | 'clock' | 'empty';

export interface OfferedStatus extends BundleAt {
  /** ISO 8601: since when it is offered or active. */
  readonly since: string;
}

export interface ActiveStatus extends OfferedStatus {
  readonly policyDigest: string;
  readonly commit: string | null;
  /** ISO 8601: when its pointer was signed, and until when it may be believed. */
  readonly issued: string;
  readonly expires: string;
  /** Why it was promoted; null when nobody said. */
  readonly reason: string | null;
  /** Names of rules that the bundle has and this version does not enforce: limits. */
  readonly notEnforced: readonly string[];
}

/** The channel's part of the proxy's status (bundle.md, Status). */
export interface ChannelStatus {
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
  readonly state: ChannelState;
  readonly active: ActiveStatus | null;
  /** By the last pointer that was verified. */
  readonly offered: OfferedStatus | null;
  /** The last one, also after it was overcome. */
  readonly nack: Nack | null;
  /** Whether a restart without the store would serve what is active; null when no state folder is configured. */
  readonly persisted: boolean | null;
  /** Why not; null when it is, or when there is no folder. */
  readonly persistProblem: string | null;
  readonly engine: { readonly version: number; readonly features: readonly string[] };
}
