import { join } from 'node:path';
import type { Bundle } from '../dataplane/bundle/decode.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import { bundleTarPath } from '../dataplane/format/store-paths.ts';
import type { TrustedKeys } from '../dataplane/format/trust.ts';
import type { Pointer } from '../schemas/types/pointer.ts';
import { loadOffered, offerTo, offerUnsigned } from './bundle-file.ts';
import { failure } from './failure.ts';
import { readBundle, readChannel, writeChannel } from './store.ts';

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
  const { store, channel, key } = promotion;
  const { manifest, id } = await checkedBundle(promotion);
  const { workspace, environment } = manifest;
  const own = { keys: [key.publicKey], threshold: 1 };
  const trust = promotion.trust ?? { workspace, environment, bundle: own, pointer: own };
  const before = await readChannel(store, trust, { workspace, environment, channel });
  if (before?.bundle === id) return { pointer: before, written: false };
  const pointer: Pointer = { format: 1, workspace, environment, channel, seq: (before?.seq ?? 0) + 1, bundle: id };
  await writeChannel(store, pointer, key);
  return { pointer, written: true };
}

async function checkedBundle({ store, id, trust }: Promotion): Promise<Bundle> {
  const path = join(store, bundleTarPath(id));
  const files = await readBundle(store, id);
  const offered = trust === null ? offerUnsigned(path, files.tar) : offerTo(trust, files, id);
  const { bundle } = loadOffered(path, offered);
  if (bundle.id !== id) throw failure(path, `holds another bundle, ${bundle.id}`);
  return bundle;
}
