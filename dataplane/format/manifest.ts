import type { Blob, BundleSource, EngineNeed, Manifest } from '../../schemas/types/manifest.ts';
import { DIGEST } from './pointer.ts';
import { boolean, integer, list, literal, nullable, object, record, text } from './shape.ts';
import { packPayload, readPayload, type PayloadResult } from './signed-json.ts';

/** Every entry of a bundle's tar beside its manifest, sorted (bundle.md, Objects). */
export const BLOB_PATHS = ['catalog.json', 'policy.json', 'selftest.json', 'sourcemap.json'] as const;
export type BlobPath = (typeof BLOB_PATHS)[number];
export const MANIFEST_PATH = 'manifest.json';

const MANIFEST = object<Manifest>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  language: integer(1),
  engine: object<EngineNeed>({ min: integer(1), features: list(text(), 256) }),
  source: object<BundleSource>({ repo: nullable(text()), commit: nullable(text()), dirty: boolean() }),
  compiler: text(),
  policyDigest: text(DIGEST),
  blobs: list(object<Blob>({ path: text(), sha256: text(DIGEST), size: integer(0) }), BLOB_PATHS.length),
  counts: record(integer(0), 64),
});

/** `manifest.json`: what is signed, and whose SHA-256 is the bundle's id. */
export function packManifest(manifest: Manifest): Buffer {
  return packPayload(manifest);
}

/** The manifest in a verified payload. */
export function readManifest(payload: Uint8Array): PayloadResult<Manifest> {
  return readPayload(MANIFEST, payload);
}
