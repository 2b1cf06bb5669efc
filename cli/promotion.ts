import { join } from 'node:path';
import { verifyBundle, type VerifiedBundle } from '../dataplane/bundle/verify.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import { bundleTarPath } from '../dataplane/format/store-paths.ts';
import type { TrustedKeys } from '../dataplane/format/trust.ts';
import type { Pointer } from '../schemas/types/pointer.ts';
import { openUnsigned } from './bundle-file.ts';
import { failure, unverified } from './failure.ts';
import { readBundle, readChannel, writeChannel, type StoredBundle } from './store.ts';

export interface Promotion {
  readonly store: string;
  readonly channel: string;
  readonly id: string;
  readonly key: PrivateKey;
  /** When given, bundle and present pointer must be signed by its keys; otherwise the pointer by `key` itself. */
  readonly trust: TrustedKeys | null;
}

/**
 * Makes a channel run a bundle of the store: a pointer with the next `seq`. Writes nothing when it runs it already.
 * @throws Failure when the bundle is damaged, or the channel's pointer is somebody else's.
 */
export async function promoteBundle(promotion: Promotion): Promise<{ pointer: Pointer; written: boolean }> {
  const { store, channel, key, trust } = promotion;
  const bundle = checkedBundle(store, await readBundle(store, promotion.id), trust);
  const before = await readChannel(store, channel, trust?.pointer.keys ?? [key.publicKey]);
  const pointer = nextPointer(before, bundle, channel);
  const written = pointer !== before;
  if (written) await writeChannel(store, pointer, key);
  return { pointer, written };
}

function checkedBundle(store: string, stored: StoredBundle, trust: TrustedKeys | null): VerifiedBundle {
  const path = join(store, bundleTarPath(stored.id));
  const bundle = openUnsigned(path, stored.tar);
  if (bundle.id !== stored.id) throw unverified(path, `holds bundle ${bundle.id}`);
  if (trust === null) return bundle;
  const { workspace, environment } = trust;
  const verified = verifyBundle({ ...stored, trust, workspace, environment });
  if (!verified.ok) throw unverified(path, `${verified.message} [${verified.stage}/${verified.code}]`);
  return verified.bundle;
}

/** @throws Failure when the channel is another workspace's or environment's. */
function nextPointer(before: Pointer | null, bundle: VerifiedBundle, channel: string): Pointer {
  const { workspace, environment } = bundle.manifest;
  if (before === null) return { format: 1, workspace, environment, channel, seq: 1, bundle: bundle.id };
  if (before.workspace !== workspace || before.environment !== environment) {
    const [theirs, ours] = [`${before.workspace} ${before.environment}`, `${workspace} ${environment}`];
    throw failure(channel, `is a channel of ${theirs}, and the bundle is for ${ours}`);
  }
  if (before.channel !== channel) throw unverified(channel, `its pointer was signed for channel ${before.channel}`);
  if (before.bundle === bundle.id) return before;
  return { ...before, seq: before.seq + 1, bundle: bundle.id };
}
