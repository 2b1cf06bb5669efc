import { join } from 'node:path';
import type { Bundle } from '../dataplane/bundle/decode.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import { bundleTarPath } from '../dataplane/format/store-paths.ts';
import type { TrustedKeys } from '../dataplane/format/trust.ts';
import { CLOCK_BEHIND_MS_MAX, POINTER_REVOKED_MAX } from '../dataplane/limits.ts';
import type { Pointer } from '../schemas/types/pointer.ts';
import { loadOffered, offerTo, offerUnsigned } from './bundle-file.ts';
import { failure } from './failure.ts';
import { readBundle, readChannel, writeChannel } from './store.ts';

export interface Refreshing {
  readonly store: string;
  readonly channel: string;
  readonly key: PrivateKey;
  /** How long proxies may believe the pointer. */
  readonly lifeMs: number;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

export interface Promotion extends Refreshing {
  readonly id: string;
  /** When given, bundle and present pointer must be signed by its keys; otherwise the pointer by `key` itself. */
  readonly trust: TrustedKeys | null;
  /** Bundles that must not be served any more, besides those that the channel has revoked before. */
  readonly revoke: readonly string[];
  readonly reason: string | null;
}

/**
 * Makes a channel run a bundle of the store: a pointer with the next `seq`. Writes nothing when it runs it already, says
 * nothing new, and the pointer still has more than half of its life before it: whoever promotes often also refreshes.
 * @throws Failure when the bundle is damaged or revoked, or the channel's pointer is somebody else's.
 */
export async function promoteBundle(promotion: Promotion): Promise<{ pointer: Pointer; written: boolean }> {
  const { store, channel, key, reason, nowMs } = promotion;
  const { manifest, id } = await checkedBundle(promotion);
  const { workspace, environment } = manifest;
  const own = { keys: [key.publicKey], threshold: 1 };
  const trust = promotion.trust ?? { workspace, environment, bundle: own, pointer: own };
  const present = await readChannel(store, trust, { workspace, environment, channel });
  const before = present?.pointer ?? null;
  const revoked = revokedWith(before, promotion.revoke);
  if (revoked.includes(id)) throw failure(id, `is revoked on channel ${channel}`, 'promote another bundle');
  const again = before?.bundle === id;
  const saysNothingNew = revoked.length === before?.revoked.length && (reason === null || reason === before.reason);
  if (again && saysNothingNew && (before.issued + before.expires) / 2 > nowMs) {
    return { pointer: before, written: false };
  }
  const pointer: Pointer = {
    format: 2,
    workspace,
    environment,
    channel,
    seq: (present?.seq ?? 0) + 1,
    bundle: id,
    commit: manifest.source.commit,
    ...lifeOf(promotion, before),
    revoked,
    disabledSeqMin: before?.disabledSeqMin ?? 0,
    reason: reason ?? (again ? before.reason : null),
  };
  await writeChannel(store, pointer, key);
  return { pointer, written: true };
}

/**
 * Lets the pointer of a channel live longer: the same, but for `issued`, `expires` and the next `seq`.
 * @throws Failure when there is none, or one that the trust file does not vouch for.
 */
export async function refreshChannel(refreshing: Refreshing & { readonly trust: TrustedKeys }): Promise<Pointer> {
  const { store, channel, key, trust } = refreshing;
  const { workspace, environment } = trust;
  const present = await readChannel(store, trust, { workspace, environment, channel });
  if (present === null) throw failure('--channel', `${channel} has no pointer in ${store}`, 'promote a bundle first');
  const { pointer: before } = present;
  if (before === null) {
    throw failure('--channel', `the pointer of ${channel} is of an earlier format`, 'promote its bundle again');
  }
  const pointer = { ...before, seq: present.seq + 1, ...lifeOf(refreshing, before) };
  await writeChannel(store, pointer, key);
  return pointer;
}

function lifeOf({ channel, lifeMs, nowMs }: Refreshing, before: Pointer | null): Pick<Pointer, 'issued' | 'expires'> {
  // A proxy that saw the present pointer would take its own clock for the wrong one.
  if (before !== null && nowMs < before.issued - CLOCK_BEHIND_MS_MAX) {
    const issued = new Date(before.issued).toISOString();
    throw failure('--channel', `the pointer of ${channel} was issued at ${issued}`, 'the clock here is behind: set it');
  }
  return { issued: nowMs, expires: nowMs + lifeMs };
}

function revokedWith(before: Pointer | null, revoke: readonly string[]): readonly string[] {
  const revoked = [...new Set([...(before?.revoked ?? []), ...revoke])].sort();
  if (revoked.length <= POINTER_REVOKED_MAX) return revoked;
  throw failure('--revoke', `a channel revokes at most ${POINTER_REVOKED_MAX} bundles`, 'use a new channel');
}

async function checkedBundle({ store, id, trust }: Promotion): Promise<Bundle> {
  const path = join(store, bundleTarPath(id));
  const files = await readBundle(store, id);
  const offered = trust === null ? offerUnsigned(path, files.tar) : offerTo(trust, files, id);
  const { bundle } = loadOffered(path, offered);
  if (bundle.id !== id) throw failure(path, `holds another bundle, ${bundle.id}`);
  return bundle;
}
