import type { Manifest } from '../../schemas/types/manifest.ts';
import { bundleId } from '../format/bundle-id.ts';
import { sha256 } from '../format/digest.ts';
import { MANIFEST_TYPE, verifyEnvelope } from '../format/dsse.ts';
import { BLOB_PATHS, MANIFEST_PATH, readManifest, type BlobPath } from '../format/manifest.ts';
import { policyDigest } from '../format/policy-digest.ts';
import type { PublicKey } from '../format/signing-key.ts';
import type { TrustedKeys } from '../format/trust.ts';
import { readTar } from '../format/ustar.ts';
import { refuse, type Refusal } from './refusal.ts';

declare const verified: unique symbol;

/** Bytes that were signed by enough trusted keys, for this workspace and environment. Only `verifyBundle` makes one. */
export interface VerifiedBundle {
  readonly [verified]: true;
  readonly id: string;
  readonly manifest: Manifest;
  readonly signedBy: readonly PublicKey[];
  /** The very bytes that were hashed, by path. */
  readonly blobs: Readonly<Record<BlobPath, Buffer>>;
}

export interface OfferedBundle {
  readonly tar: Uint8Array;
  /** The DSSE envelope over the manifest's bytes. */
  readonly envelope: Uint8Array;
  readonly trust: TrustedKeys;
  /** The proxy's own. */
  readonly workspace: string;
  readonly environment: string;
  /** The bundle that the pointer names; null when there is no pointer, as in `mcpgw verify`. */
  readonly id: string | null;
}

export type VerifyResult = { readonly ok: true; readonly bundle: VerifiedBundle } | Refusal;

/**
 * Verifies a bundle: signatures first, then hashes, and no blob is parsed here (bundle.md, Fetching). The archive is
 * read only as far as its own canonical encoding goes.
 */
export function verifyBundle(offered: OfferedBundle): VerifyResult {
  const { trust, workspace, environment } = offered;
  if (trust.workspace !== workspace)
    return refuse('trust', 'wrong-workspace', `the trust file is for ${trust.workspace}`);
  if (trust.environment !== environment) {
    return refuse('trust', 'wrong-environment', `the trust file is for ${trust.environment}`);
  }
  const envelope = verifyEnvelope(offered.envelope, MANIFEST_TYPE, trust.bundle);
  if (!envelope.ok) return refuse('signature', envelope.reason, envelope.message);
  const id = bundleId(envelope.payload);
  if (offered.id !== null && offered.id !== id) {
    return refuse('signature', 'other-bundle', `the signatures are for bundle ${id}`);
  }
  const read = readManifest(envelope.payload);
  if (!read.ok) return refuse('manifest', read.reason, `manifest.json: ${read.message}`);
  const manifest = read.value;
  const problem = manifestProblem(manifest, workspace, environment);
  if (problem !== null) return problem;
  const contents = readContents(offered.tar, envelope.payload, manifest);
  if (!contents.ok) return contents;
  // The one place where the brand is given: everything above has held.
  const bundle = { id, manifest, signedBy: envelope.signedBy, blobs: contents.blobs } as VerifiedBundle;
  return { ok: true, bundle };
}

function manifestProblem(manifest: Manifest, workspace: string, environment: string): Refusal | null {
  if (manifest.workspace !== workspace) {
    return refuse('manifest', 'wrong-workspace', `the bundle is for workspace ${manifest.workspace}`);
  }
  if (manifest.environment !== environment) {
    return refuse('manifest', 'wrong-environment', `the bundle is for environment ${manifest.environment}`);
  }
  const hashes = new Map(manifest.blobs.map((blob) => [blob.path, blob.sha256]));
  if (manifest.blobs.map(({ path }) => path).join() !== BLOB_PATHS.join()) {
    return refuse('manifest', 'wrong-blobs', `the manifest lists other files than ${BLOB_PATHS.join(', ')}`);
  }
  const digest = policyDigest({
    workspace,
    environment,
    policy: hashes.get('policy.json') ?? '',
    catalog: hashes.get('catalog.json') ?? '',
    selftest: hashes.get('selftest.json') ?? '',
  });
  if (digest === manifest.policyDigest) return null;
  return refuse('manifest', 'policy-digest-differs', `the policy digest is ${digest}, not what the manifest says`);
}

type Contents = { readonly ok: true; readonly blobs: Readonly<Record<string, Buffer>> } | Refusal;

function readContents(bytes: Uint8Array, signedManifest: Buffer, manifest: Manifest): Contents {
  const tar = readTar(bytes);
  if (!tar.ok) return refuse('tar', tar.reason, `the tar is refused: ${tar.reason}`);
  const expected = new Set<string>([MANIFEST_PATH, ...BLOB_PATHS]);
  const entries = new Map<string, Buffer>();
  for (const { path, bytes } of tar.entries) {
    if (!expected.has(path)) return refuse('tar', 'extra-entry', `the tar has the extra entry ${path}`);
    entries.set(path, bytes);
  }
  const inTar = entries.get(MANIFEST_PATH);
  if (inTar === undefined) return refuse('tar', 'missing-entry', `the tar lacks ${MANIFEST_PATH}`);
  if (!inTar.equals(signedManifest)) {
    return refuse('digest', 'manifest-differs', 'the manifest in the tar is not the signed one');
  }
  const blobs: Record<string, Buffer> = {};
  for (const { path, size, sha256: hash } of manifest.blobs) {
    const blob = entries.get(path);
    if (blob === undefined) return refuse('tar', 'missing-entry', `the tar lacks ${path}`);
    if (blob.length !== size) return refuse('digest', 'size-differs', `${path} has ${blob.length} bytes, not ${size}`);
    if (sha256(blob) !== hash) return refuse('digest', 'hash-differs', `${path} is not the file that was signed`);
    blobs[path] = blob;
  }
  return { ok: true, blobs };
}
