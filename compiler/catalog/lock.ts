import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import type { JsonTree } from '../../dataplane/format/json-tree.ts';
import type { ServerCapabilities } from '../../schemas/types/catalog.ts';
import type { Span } from '../diagnostics/diagnostic.ts';

/** What a server offers, as reviewed: a lock file in memory, with every number as the upstream wrote it. */
export interface CatalogLock {
  /** The Server's name. */
  readonly server: string;
  readonly era: 'legacy' | 'modern';
  readonly protocolVersion: string;
  /** The newest legacy revision that a modern server speaks as well; null = none, or a legacy server. */
  readonly legacyVersion: string | null;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions: string | null;
  /** Null: the lock is of an earlier version, which did not record them. */
  readonly capabilities: ServerCapabilities | null;
  /** Tools, then prompts, then templates; each sorted by name, in UTF-16 code units. */
  readonly definitions: readonly LockedDefinition[];
}

export interface LockedDefinition {
  readonly kind: DefinitionKind;
  /** A template's is its `uriTemplate`: that is what a client names it by, and what is unique. */
  readonly name: string;
  readonly pending: boolean;
  /** SHA-256 over what is compared, lower-case hex. */
  readonly digest: string;
  /** As the upstream sent it. */
  readonly definition: JsonTree;
  /** Where it stands in the lock file; null when it comes from the upstream. */
  readonly at: Span | null;
}

/** The member of a definition that names it, by kind. */
export const NAMED_BY: Readonly<Record<DefinitionKind, 'name' | 'uriTemplate'>> = {
  tool: 'name',
  prompt: 'name',
  template: 'uriTemplate',
};

/** The order of a lock's definitions. */
export function compareDefinitions(
  a: Pick<LockedDefinition, 'kind' | 'name'>,
  b: Pick<LockedDefinition, 'kind' | 'name'>,
): number {
  const byKind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  if (byKind !== 0) return byKind;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const KINDS: readonly DefinitionKind[] = ['tool', 'prompt', 'template'];
