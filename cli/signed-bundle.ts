import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedBundle } from '../compiler/bundle/pack-bundle.ts';
import type { Snapshot } from '../dataplane/bundle/load.ts';
import { addSignature, MANIFEST_TYPE, signEnvelope } from '../dataplane/format/dsse.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import { bundleEnvelopePath } from '../dataplane/format/store-paths.ts';
import { ENVELOPE_BYTES_MAX } from '../dataplane/limits.ts';
import { loadOffered, offerTo } from './bundle-file.ts';
import { unverified } from './failure.ts';
import { readBytes } from './read-file.ts';
import { writeBundle } from './store.ts';

/** Signs a bundle, lets the data plane load and test it, and only then writes it. Returns what was loaded. */
export async function storeSigned(
  store: string,
  workspace: string,
  environment: string,
  bundle: PackedBundle,
  key: PrivateKey,
): Promise<Snapshot> {
  const { id, tar } = bundle;
  const envelope = signEnvelope(MANIFEST_TYPE, bundle.manifestBytes, [key]);
  const role = { keys: [key.publicKey], threshold: 1 };
  const trust = { workspace, environment, bundle: role, pointer: role };
  const snapshot = loadOffered(`bundle ${id}`, offerTo(trust, { tar, envelope }, id));
  await writeBundle(store, { id, tar, envelope: await joinedEnvelope(store, id, envelope, key) });
  return snapshot;
}

/** Signatures of others on the same bundle are kept: an envelope grows as people sign in turn (bundle.md, Signatures). */
async function joinedEnvelope(store: string, id: string, envelope: Buffer, key: PrivateKey): Promise<Buffer> {
  const path = join(store, bundleEnvelopePath(id));
  if (!existsSync(path)) return envelope;
  const joined = addSignature(await readBytes(path, ENVELOPE_BYTES_MAX), MANIFEST_TYPE, key);
  if (!joined.ok) throw unverified(path, joined.message, 'remove the file to begin its signatures anew');
  return joined.bytes;
}
