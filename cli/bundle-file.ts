import { loadBundle, type Snapshot } from '../dataplane/bundle/load.ts';
import type { Refusal } from '../dataplane/bundle/refusal.ts';
import type { OfferedBundle } from '../dataplane/bundle/verify.ts';
import { EXAMPLE_KEYS, type ExternalParts } from '../dataplane/content/index.ts';
import { MANIFEST_TYPE, signEnvelope } from '../dataplane/format/dsse.ts';
import { MANIFEST_PATH, readManifest } from '../dataplane/format/manifest.ts';
import { parseTrust, type TrustedKeys } from '../dataplane/format/trust.ts';
import { readTar } from '../dataplane/format/ustar.ts';
import { TRUST_BYTES_MAX } from '../dataplane/limits.ts';
import { unverified, type Failure } from './failure.ts';
import { readBytes } from './read-file.ts';
import { makeSigningKey } from './signing-key.ts';

/** Reads a trust file as a proxy does. @throws Failure (verification) when a proxy would refuse it. */
export async function readTrustedKeys(path: string): Promise<TrustedKeys> {
  const parsed = parseTrust(await readBytes(path, TRUST_BYTES_MAX));
  if (!parsed.ok) throw unverified(path, parsed.message);
  return parsed.trust;
}

/** A bundle as it is offered to a proxy that holds this trust file; `id` is the one it must have, if any. */
export function offerTo(
  trust: TrustedKeys,
  files: { readonly tar: Buffer; readonly envelope: Buffer },
  id: string | null,
): OfferedBundle {
  const { workspace, environment } = trust;
  return { tar: files.tar, envelope: files.envelope, trust, workspace, environment, id };
}

/**
 * A bundle as it is offered to a proxy that trusts a key made this moment, which signs it: everything is then verified
 * but who really signed. For looking at and for finding damage before signing; never for enforcing.
 *
 * @throws Failure (verification) naming `path`.
 */
export function offerUnsigned(path: string, tar: Buffer): OfferedBundle {
  const entries = readTar(tar);
  if (!entries.ok) throw unverified(path, `is no bundle [tar/${entries.reason}]`);
  const manifestBytes = entries.entries.find((entry) => entry.path === MANIFEST_PATH)?.bytes;
  if (manifestBytes === undefined) throw unverified(path, `is no bundle: it lacks ${MANIFEST_PATH}`);
  const manifest = readManifest(manifestBytes);
  if (!manifest.ok) throw unverified(path, `${MANIFEST_PATH}: ${manifest.message} [manifest/${manifest.reason}]`);
  const { workspace, environment } = manifest.value;
  const key = makeSigningKey();
  const role = { keys: [key.publicKey], threshold: 1 };
  const trust = { workspace, environment, bundle: role, pointer: role };
  return offerTo(trust, { tar, envelope: signEnvelope(MANIFEST_TYPE, manifestBytes, [key]) }, null);
}

/**
 * Loads a bundle with the data plane's own loader, self-test included. Hashes are made with the key of examples.
 *
 * @param openExternal How rules ask others; absent = they do not.
 * @throws Failure (verification) naming `path`.
 */
export function loadOffered(path: string, offered: OfferedBundle, openExternal?: ExternalParts['open']): Snapshot {
  const loaded = loadBundle(offered, { keys: EXAMPLE_KEYS, ...(openExternal !== undefined && { openExternal }) });
  if (!loaded.ok) throw refusedFile(path, loaded);
  return loaded.snapshot;
}

/** What a proxy would log, as a failure about a file. */
export function refusedFile(path: string, refusal: Refusal): Failure {
  return unverified(path, `${refusal.message} [${refusal.stage}/${refusal.code}]`);
}
