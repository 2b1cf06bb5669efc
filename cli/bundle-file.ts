import { verifyBundle, type VerifiedBundle } from '../dataplane/bundle/verify.ts';
import { MANIFEST_TYPE, signEnvelope } from '../dataplane/format/dsse.ts';
import { MANIFEST_PATH, readManifest } from '../dataplane/format/manifest.ts';
import { parseTrust, type TrustedKeys } from '../dataplane/format/trust.ts';
import { readTar } from '../dataplane/format/ustar.ts';
import { TRUST_BYTES_MAX } from '../dataplane/limits.ts';
import { unverified } from './failure.ts';
import { readBytes } from './read-file.ts';
import { makeSigningKey } from './signing-key.ts';

/** Reads a trust file as a proxy does. @throws Failure (verification) when a proxy would refuse it. */
export async function readTrustedKeys(path: string): Promise<TrustedKeys> {
  const parsed = parseTrust(await readBytes(path, TRUST_BYTES_MAX));
  if (!parsed.ok) throw unverified(path, parsed.message);
  return parsed.trust;
}

/**
 * A bundle that hangs together, whoever made it: everything is verified but who signed. For looking at, and for
 * finding damage before signing; never for enforcing. The proxy's own verifier does it, given a key made for the purpose.
 *
 * @throws Failure (verification) naming `path`.
 */
export function openUnsigned(path: string, tar: Buffer): VerifiedBundle {
  const entries = readTar(tar);
  if (!entries.ok) throw unverified(path, `is no bundle: ${entries.reason}`);
  const manifestBytes = entries.entries.find((entry) => entry.path === MANIFEST_PATH)?.bytes;
  if (manifestBytes === undefined) throw unverified(path, `is no bundle: it lacks ${MANIFEST_PATH}`);
  const manifest = readManifest(manifestBytes);
  if (!manifest.ok) throw unverified(path, `${MANIFEST_PATH}: ${manifest.message}`);
  const { workspace, environment } = manifest.value;
  const key = makeSigningKey();
  const role = { keys: [key.publicKey], threshold: 1 };
  const opened = verifyBundle({
    tar,
    envelope: signEnvelope(MANIFEST_TYPE, manifestBytes, [key]),
    trust: { workspace, environment, bundle: role, pointer: role },
    workspace,
    environment,
    id: null,
  });
  if (!opened.ok) throw unverified(path, `${opened.message} [${opened.stage}/${opened.code}]`);
  return opened.bundle;
}
