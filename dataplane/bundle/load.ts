import { buildContent, type ContentEngine, type ExternalParts, type HashKeys } from '../content/index.ts';
import { buildEngine, type Engine } from '../decide/index.ts';
import { ENGINE_FEATURES, ENGINE_VERSION } from '../format/engine-need.ts';
import { decodeBundle, type Bundle } from './decode.ts';
import { refuse, type Refusal } from './refusal.ts';
import { runSelfTest } from './self-test.ts';
import { verifyBundle, type OfferedBundle } from './verify.ts';

/** All that requests need of a bundle, behind one reference: a call keeps the one it began with. */
export interface Snapshot {
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly content: ContentEngine;
}

/** What the content rules of a bundle may use besides it; what is absent is not there, and they fail closed. */
export interface ContentSources {
  /** Keys of the action `hash`. */
  readonly keys?: HashKeys;
  readonly openExternal?: ExternalParts['open'];
}

export type LoadResult = { readonly ok: true; readonly snapshot: Snapshot } | Refusal;

/** Verify, decode, build, self-test (bundle.md, State machine, 7 and 8): the only way from bytes to an engine. */
export function loadBundle(offered: OfferedBundle, sources: ContentSources = {}): LoadResult {
  const verified = verifyBundle(offered);
  if (!verified.ok) return verified;
  // Before decoding: tables of a later engine may have members that this one does not know.
  const need = verified.bundle.manifest.engine;
  if (need.min > ENGINE_VERSION) {
    return refuse('engine', 'engine-too-old', `the bundle needs engine ${need.min}, this is ${ENGINE_VERSION}`);
  }
  const known = new Set<string>(ENGINE_FEATURES);
  const unknown = need.features.find((feature) => !known.has(feature));
  if (unknown !== undefined) {
    return refuse('engine', 'unknown-feature', `the bundle needs ${unknown}, which this engine lacks`);
  }
  const decoded = decodeBundle(verified.bundle);
  return decoded.ok ? buildSnapshot(decoded.bundle, sources) : decoded;
}

/** Builds and tests the engine of a decoded bundle. Takes nothing that was not verified: a `Bundle` proves it. */
export function buildSnapshot(bundle: Bundle, sources: ContentSources = {}): LoadResult {
  const built = buildEngine(bundle.policy, bundle.catalog);
  if (!built.ok) return refuse('build', 'bad-policy', built.message);
  const { keys, openExternal } = sources;
  const definitionAt: ExternalParts['definitionAt'] = (index) => bundle.catalog.definitions[index] ?? null;
  const content = buildContent(bundle.policy, {
    clock: () => performance.now(),
    ...(keys === undefined ? {} : { keys }),
    ...(openExternal === undefined ? {} : { external: { open: openExternal, definitionAt } }),
  });
  if (!content.ok) return refuse('build', 'bad-content', content.message);
  const failed = runSelfTest(bundle.selftest, bundle.policy, built.engine, content.content);
  if (failed !== null) return failed;
  return { ok: true, snapshot: { bundle, engine: built.engine, content: content.content } };
}
