import { setImmediate } from 'node:timers/promises';
import { definitionDigest, type DefinitionKind } from '../format/definition-digest.ts';
import { memberOf, parseJsonTree } from '../format/json-tree.ts';
import { DRIFT_DIGESTS_PER_TURN } from '../limits.ts';

/** One kind of definition as an upstream lists it. */
export interface ObservedKind {
  /** The digests of all entries of a name; null = one of them is none that can be digested. */
  readonly digestsByName: ReadonlyMap<string, ReadonlySet<string | null>>;
  /** False: the list has more than was read, so that what is not there may yet be. */
  readonly complete: boolean;
}

/** All that an upstream lists for one identity. */
export type Observed = Readonly<Record<DefinitionKind, ObservedKind>>;

/** What a definition is called by: a template's name is a label, its URIs are what it is. */
const NAMED_BY: Readonly<Record<DefinitionKind, string>> = { tool: 'name', prompt: 'name', template: 'uriTemplate' };

/**
 * Digests the entries of a list, as the lock does. Entries without a name are left out: nobody can ask for them. Others
 * have their turn in between, since a list may be long.
 *
 * @param items JSON objects that were scanned, byte for byte.
 */
export async function observeKind(
  kind: DefinitionKind,
  items: readonly Buffer[],
  complete: boolean,
): Promise<ObservedKind> {
  const digestsByName = new Map<string, Set<string | null>>();
  for (const [at, item] of items.entries()) {
    if (at > 0 && at % DRIFT_DIGESTS_PER_TURN === 0) await setImmediate();
    const parsed = parseJsonTree(item.toString('utf8'));
    const name = parsed.ok ? memberOf(parsed.tree, NAMED_BY[kind]) : null;
    if (!parsed.ok || name?.kind !== 'string') continue;
    const digests = digestsByName.get(name.value) ?? new Set<string | null>();
    digests.add(definitionDigest(kind, parsed.tree));
    digestsByName.set(name.value, digests);
  }
  return { digestsByName, complete };
}
