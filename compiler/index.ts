import assert from 'node:assert/strict';
import { buildEngine, type Engine } from '../dataplane/decide/index.ts';
import type { EngineFeature } from '../dataplane/format/engine-need.ts';
import type { BundleSource } from '../schemas/types/manifest.ts';
import type { Policy } from '../schemas/types/policy.ts';
import { analyse } from './analyse/index.ts';
import { packBundle, type PackedBundle } from './bundle/pack-bundle.ts';
import { collectDiagnostics } from './diagnostics/collect.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { link } from './link/index.ts';
import type { LinkedPolicy } from './link/model.ts';
import { checkExamples } from './lower/examples.ts';
import { lower, type Development, type LoweredPolicy } from './lower/lower.ts';
import { makeSelfTest } from './lower/self-test.ts';
import { readDocuments } from './source/read-documents.ts';
import type { SourceFile } from './diagnostics/diagnostic.ts';

/** Version of the policy language that this compiler reads. */
const LANGUAGE = 1;

export interface CompileInput {
  /** All policy files, in any order. */
  readonly files: readonly SourceFile[];
  /** All lock files, in any order. */
  readonly locks: readonly SourceFile[];
  readonly environment: string;
  /** Which commit the files are of. */
  readonly source: { readonly commit: string | null; readonly dirty: boolean };
  readonly compilerVersion: string;
  /** Unix milliseconds: what expires soon or has expired is worth a warning. Absent = nothing is said about time. */
  readonly nowMs?: number;
  /** What holds in this build alone. Only for the environment `dev`. */
  readonly development?: Development;
}

export interface Compiled extends LoweredPolicy {
  readonly linked: LinkedPolicy;
  /** The bundle, made when it is first asked for: checking and testing need none. */
  readonly bundle: () => PackedBundle;
}

export interface CompileResult {
  /** Sorted and without repetition. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null when any diagnostic is an error. */
  readonly compiled: Compiled | null;
}

/** The environment that runs on a developer's own machine, and nowhere else. */
export const DEVELOPMENT = 'dev';

/**
 * Policy files and locks become a bundle (design.md, the path of a policy). Pure: the same input gives the same bytes,
 * whatever the machine, the clock and the order of the files.
 */
export function compile(input: CompileInput): CompileResult {
  const collector = collectDiagnostics();
  const linked = link(readDocuments(input.files, collector.report), input.locks, input.environment, collector.report);
  if (linked === null || collector.errors() > 0) return { diagnostics: collector.diagnostics(), compiled: null };

  const development = input.development ?? null;
  assert(development === null || input.environment === DEVELOPMENT, 'development keys are for development');
  const lowered = lower(linked, development);
  checkExamples(linked.content, lowered.policy, collector.report);
  if (collector.errors() > 0) return { diagnostics: collector.diagnostics(), compiled: null };

  const engine = buildEngine(lowered.policy, lowered.catalog);
  assert(
    engine.ok,
    engine.ok ? undefined : `the compiler made a policy that does not hold together: ${engine.message}`,
  );
  analyse({ linked, ...lowered, engine: engine.engine, nowMs: input.nowMs ?? null }, collector.report);
  if (collector.errors() > 0) return { diagnostics: collector.diagnostics(), compiled: null };
  const pack = (): PackedBundle => packPolicy(input, linked, lowered, engine.engine);
  let packed: PackedBundle | null = null;
  const bundle = (): PackedBundle => (packed ??= pack());
  return { diagnostics: collector.diagnostics(), compiled: { ...lowered, linked, bundle } };
}

function packPolicy(input: CompileInput, linked: LinkedPolicy, lowered: LoweredPolicy, engine: Engine): PackedBundle {
  const { policy, catalog } = lowered;
  const { workspace } = linked;
  const source: BundleSource = { repo: workspace.value.source ?? null, ...input.source };
  return packBundle({
    policy,
    catalog,
    sourcemap: lowered.sourcemap(),
    selftest: makeSelfTest(engine, linked.content, policy),
    workspace: workspace.name,
    environment: input.environment,
    language: LANGUAGE,
    source,
    features: featuresOf(policy),
    compilerVersion: input.compilerVersion,
    counts: countsOf(lowered, linked),
  });
}

/** Names of the environments of a policy; empty when there is no readable Workspace. */
export function environmentsOf(files: readonly SourceFile[]): readonly string[] {
  const { documents } = readDocuments(files, () => {});
  for (const document of documents) if (document.value.kind === 'Workspace') return document.value.environments;
  return [];
}

/** What an engine must understand to enforce the policy: only what the policy uses, so that older proxies run the rest. */
function featuresOf({ content, conditions, guards, limits }: Policy): readonly EngineFeature[] {
  const used: readonly (readonly [EngineFeature, readonly unknown[]])[] = [
    ['conditions', conditions],
    ['external', content.filter(({ detect }) => 'onFailure' in detect)],
    ['guards', guards],
    ['limits', limits],
    ['recognizers', content.filter(({ detect }) => detect.kind !== 'regex' && !('onFailure' in detect))],
    ['regex', content.filter(({ detect }) => detect.kind === 'regex')],
  ];
  return used.filter(([, table]) => table.length > 0).map(([feature]) => feature);
}

function countsOf({ policy, catalog }: LoweredPolicy, linked: LinkedPolicy): Readonly<Record<string, number>> {
  return {
    clients: policy.clients.length,
    definitions: catalog.definitions.length,
    gateways: policy.gateways.length,
    grants: policy.grants.length,
    guards: policy.guards.length,
    limits: policy.limits.length,
    redactionRules: policy.content.length,
    robots: linked.robots.length,
    roles: linked.roles.length,
    servers: policy.servers.length,
    teams: linked.teams.length,
  };
}
