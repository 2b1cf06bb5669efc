import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Manifest } from '../../schemas/types/manifest.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { SelfTest } from '../../schemas/types/selftest.ts';
import type { BlobPath } from '../format/manifest.ts';
import { decodeShape, type Shape } from '../format/shape.ts';
import { SELF_TEST_VECTORS_MAX } from '../limits.ts';
import { CATALOG } from './decode/catalog-shape.ts';
import { checkConsistency } from './decode/check-consistency.ts';
import { POLICY } from './decode/policy-shape.ts';
import { SELF_TEST } from './decode/self-test-shape.ts';
import { openSourceMap, type RulePlace } from './decode/source-map.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { VerifiedBundle } from './verify.ts';

declare const decoded: unique symbol;

/** A verified bundle as typed tables. Only `decodeBundle` makes one. */
export interface Bundle {
  readonly [decoded]: true;
  readonly id: string;
  readonly manifest: Manifest;
  readonly policyDigest: string;
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly selftest: SelfTest;
  /** Where a rule stands; null for the reserved absences (negative ids) and for ids that the bundle lacks. */
  readonly ruleAt: (rule: number) => RulePlace | null;
}

export type DecodeResult = { readonly ok: true; readonly bundle: Bundle } | Refusal;

/** Parses the bytes that were hashed, and checks all that the engine relies on but does not check itself. */
export function decodeBundle({ id, manifest, blobs }: VerifiedBundle): DecodeResult {
  const policy = decodeBlob(POLICY, 'policy.json', blobs);
  if (!policy.ok) return policy;
  const catalog = decodeBlob(CATALOG, 'catalog.json', blobs);
  if (!catalog.ok) return catalog;
  const selftest = decodeBlob(SELF_TEST, 'selftest.json', blobs);
  if (!selftest.ok) return selftest;

  const { workspace, environment } = policy.value;
  if (workspace !== manifest.workspace || environment !== manifest.environment) {
    return refuse('decode', 'inconsistent', `policy.json is for ${workspace}, ${environment}`);
  }
  const vectors = selftest.value.decisions.length + selftest.value.content.length;
  if (vectors > SELF_TEST_VECTORS_MAX) {
    return refuse('decode', 'inconsistent', `selftest.json has more than ${SELF_TEST_VECTORS_MAX} vectors`);
  }
  const problem = checkConsistency(policy.value, catalog.value);
  if (problem !== null) return refuse('decode', 'inconsistent', problem);

  const bundle = {
    id,
    manifest,
    policyDigest: manifest.policyDigest,
    policy: policy.value,
    catalog: catalog.value,
    selftest: selftest.value,
    // A copy: a view would keep the whole tar in memory for as long as the bundle is served.
    ruleAt: openSourceMap(Buffer.from(blobs['sourcemap.json'])),
  } as Bundle;
  return { ok: true, bundle };
}

type BlobResult<T> = { readonly ok: true; readonly value: T } | Refusal;

function decodeBlob<T>(shape: Shape<T>, path: BlobPath, blobs: VerifiedBundle['blobs']): BlobResult<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(blobs[path].toString('utf8'));
  } catch {
    return refuse('decode', 'not-json', `${path} is not JSON`);
  }
  const result = decodeShape(shape, parsed);
  if (result.ok) return result;
  return refuse(
    'decode',
    'malformed',
    `${path}: ${result.at === '' ? result.message : `${result.at}: ${result.message}`}`,
  );
}
