import { MANIFEST_TYPE, verifyEnvelope } from '../format/dsse.ts';
import type { TrustedKeys } from '../format/trust.ts';
import type { Freshness } from './freshness.ts';
import type { Snapshot } from './load.ts';
import { notEnforced } from './not-enforced.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { ActiveStatus, ChannelStatus } from './status.ts';
import { verifyPointer, type ChannelName, type VerifiedPointer } from './verify-pointer.ts';

/** What a channel serves, and by which pointer. */
export interface Active {
  readonly snapshot: Snapshot;
  readonly pointer: VerifiedPointer;
  /** The bundle's. */
  readonly envelope: Buffer;
  /** ISO 8601. */
  readonly since: string;
}

/** Whether the trust file still vouches for both pointer and bundle. */
export function isTrusted({ pointer, envelope }: Active, keys: TrustedKeys, name: ChannelName): boolean {
  return verifyPointer(pointer.bytes, keys, name).ok && verifyEnvelope(envelope, MANIFEST_TYPE, keys.bundle).ok;
}

/** Who approves a pointer reads the commit there, so it must be the bundle's. Null when it is. */
export function otherCommit({ pointer }: VerifiedPointer, { bundle }: Snapshot): Refusal | null {
  const { commit } = bundle.manifest.source;
  if (pointer.commit === commit) return null;
  return refuse('pointer', 'other-commit', `the pointer says commit ${pointer.commit}, the bundle ${commit}`);
}

/** The state of a channel that serves something. `rejects`: what was offered last was refused. */
export function stateOf({ snapshot }: Active, freshness: Freshness, rejects: boolean): ChannelStatus['state'] {
  if (freshness === 'clock') return 'clock';
  if (freshness === 'fresh') return rejects ? 'rejecting' : 'ready';
  return snapshot.bundle.policy.gateways.every(({ staleMode }) => staleMode === 'closed') ? 'expired' : 'stale';
}

export function activeStatus({ snapshot: { bundle }, pointer: { pointer }, since }: Active): ActiveStatus {
  const { id, policyDigest, manifest } = bundle;
  return {
    bundle: id,
    seq: pointer.seq,
    since,
    policyDigest,
    commit: manifest.source.commit,
    issued: new Date(pointer.issued).toISOString(),
    expires: new Date(pointer.expires).toISOString(),
    reason: pointer.reason,
    notEnforced: notEnforced(bundle.policy),
  };
}
