import assert from 'node:assert/strict';
import type { Catalog } from '../../schemas/types/catalog.ts';
import type { BundleSource, Manifest } from '../../schemas/types/manifest.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { SelfTest } from '../../schemas/types/selftest.ts';
import type { SourceMap } from '../../schemas/types/sourcemap.ts';
import { bundleId } from '../../dataplane/format/bundle-id.ts';
import { canonicalJson } from '../../dataplane/format/canonical-json.ts';
import { sha256 } from '../../dataplane/format/digest.ts';
import { ENGINE_VERSION, type EngineFeature } from '../../dataplane/format/engine-need.ts';
import { BLOB_PATHS, MANIFEST_PATH, packManifest, type BlobPath } from '../../dataplane/format/manifest.ts';
import { policyDigest } from '../../dataplane/format/policy-digest.ts';
import { packTar } from '../../dataplane/format/ustar.ts';

/** What a bundle is made of. Nothing here may come from a clock or from the machine that compiles. */
export interface BundleContents {
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly sourcemap: SourceMap;
  readonly selftest: SelfTest;
  readonly workspace: string;
  readonly environment: string;
  /** Of the policy language. */
  readonly language: number;
  readonly source: BundleSource;
  /** In any order. */
  readonly features: readonly EngineFeature[];
  readonly compilerVersion: string;
  /** For people: how many of what. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface PackedBundle {
  readonly id: string;
  readonly policyDigest: string;
  /** What is signed. */
  readonly manifestBytes: Buffer;
  readonly tar: Buffer;
}

/** Packs a bundle (bundle.md, Objects). The same contents give the same bytes, on every system. */
export function packBundle(contents: BundleContents): PackedBundle {
  const { workspace, environment, policy } = contents;
  assert.equal(policy.workspace, workspace, 'the policy is of another workspace');
  assert.equal(policy.environment, environment, 'the policy is of another environment');

  const bytes: Readonly<Record<BlobPath, Buffer>> = {
    'catalog.json': pack(contents.catalog),
    'policy.json': pack(policy),
    'selftest.json': pack(contents.selftest),
    'sourcemap.json': pack(contents.sourcemap),
  };
  const blobs = BLOB_PATHS.map((path) => ({ path, sha256: sha256(bytes[path]), size: bytes[path].length }));
  const digest = policyDigest({
    workspace,
    environment,
    policy: sha256(bytes['policy.json']),
    catalog: sha256(bytes['catalog.json']),
    selftest: sha256(bytes['selftest.json']),
  });
  const manifest: Manifest = {
    format: 1,
    workspace,
    environment,
    language: contents.language,
    engine: { min: ENGINE_VERSION, features: [...new Set(contents.features)].sort() },
    source: contents.source,
    compiler: contents.compilerVersion,
    policyDigest: digest,
    blobs,
    counts: contents.counts,
  };
  const manifestBytes = packManifest(manifest);
  const entries = BLOB_PATHS.map((path) => ({ path, bytes: bytes[path] }));
  const tar = packTar([...entries, { path: MANIFEST_PATH, bytes: manifestBytes }]);
  return { id: bundleId(manifestBytes), policyDigest: digest, manifestBytes, tar };
}

const pack = (value: object): Buffer => Buffer.from(canonicalJson(value));
