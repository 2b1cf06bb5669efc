import assert from 'node:assert/strict';
import { definitionDigest, type DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { canonicalTree, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { renderCapabilities } from './capabilities.ts';
import { compareDefinitions, type CatalogLock, type LockedDefinition } from './lock.ts';

/** What a server offers now, as it said so. */
export interface ObservedCatalog extends Omit<CatalogLock, 'definitions'> {
  /** In any order; one kind has no name twice. */
  readonly definitions: readonly ObservedDefinition[];
}

export interface ObservedDefinition {
  readonly kind: DefinitionKind;
  readonly name: string;
  /** An object. */
  readonly definition: JsonTree;
}

/** `refreshed`: only what is served but not compared differs, so it stays as it was, accepted or pending. */
export type DefinitionChange = { readonly kind: DefinitionKind; readonly name: string } & (
  | { readonly change: 'added'; readonly after: JsonTree }
  | { readonly change: 'changed' | 'refreshed'; readonly before: JsonTree; readonly after: JsonTree }
  | { readonly change: 'removed'; readonly before: JsonTree }
);

/** A new Server, or what it says about itself. */
export interface ServerChange {
  readonly field:
    | 'era'
    | 'protocolVersion'
    | 'legacyVersion'
    | 'serverInfo.name'
    | 'serverInfo.version'
    | 'instructions'
    | 'capabilities';
  readonly before: string | null;
  readonly after: string | null;
}

export interface LockUpdate {
  readonly lock: CatalogLock;
  /** In the order of the lock's definitions. */
  readonly definitionChanges: readonly DefinitionChange[];
  /** Empty for a server that had no lock. */
  readonly serverChanges: readonly ServerChange[];
}

/**
 * The lock after a look at the server (language.md, rule 12): what is new or changed is pending, what is gone is dropped,
 * what is as it was stays accepted.
 */
export function updateLock(previous: CatalogLock | null, observed: ObservedCatalog): LockUpdate {
  const known = new Map((previous?.definitions ?? []).map((locked) => [keyOf(locked), locked]));
  const changes: DefinitionChange[] = [];
  const definitions = observed.definitions.map((seen): LockedDefinition => {
    const { kind, name, definition } = seen;
    const digest = definitionDigest(kind, definition);
    assert(digest !== null, 'an observed definition is an object');
    const before = known.get(keyOf(seen));
    known.delete(keyOf(seen));
    const change = compare(seen, digest, before);
    if (change !== null) changes.push(change);
    const pending = before === undefined || before.pending || before.digest !== digest;
    return { kind, name, pending, digest, definition, at: null };
  });
  for (const gone of known.values()) {
    changes.push({ change: 'removed', kind: gone.kind, name: gone.name, before: gone.definition });
  }
  return {
    lock: { ...observed, definitions: definitions.sort(compareDefinitions) },
    definitionChanges: changes.sort(compareDefinitions),
    serverChanges: previous === null ? [] : compareServers(previous, observed),
  };
}

function compare(
  { kind, name, definition: after }: ObservedDefinition,
  digest: string,
  before: LockedDefinition | undefined,
): DefinitionChange | null {
  if (before === undefined) return { change: 'added', kind, name, after };
  const { definition } = before;
  if (before.digest !== digest) return { change: 'changed', kind, name, before: definition, after };
  if (canonicalTree(definition) === canonicalTree(after)) return null;
  return { change: 'refreshed', kind, name, before: definition, after };
}

function compareServers(before: CatalogLock, after: ObservedCatalog): readonly ServerChange[] {
  const all: readonly ServerChange[] = [
    { field: 'era', before: before.era, after: after.era },
    { field: 'protocolVersion', before: before.protocolVersion, after: after.protocolVersion },
    { field: 'legacyVersion', before: before.legacyVersion, after: after.legacyVersion },
    { field: 'serverInfo.name', before: before.serverInfo.name, after: after.serverInfo.name },
    { field: 'serverInfo.version', before: before.serverInfo.version, after: after.serverInfo.version },
    { field: 'instructions', before: before.instructions, after: after.instructions },
    {
      field: 'capabilities',
      before: renderCapabilities(before.capabilities),
      after: renderCapabilities(after.capabilities),
    },
  ];
  return all.filter((change) => change.before !== change.after);
}

function keyOf(definition: { readonly kind: DefinitionKind; readonly name: string }): string {
  return `${definition.kind} ${definition.name}`;
}
