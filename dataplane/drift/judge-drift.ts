import type { Catalog } from '../../schemas/types/catalog.ts';
import type { DefinitionKind } from '../format/definition-digest.ts';
import type { Observed } from './observed.ts';

/** A definition by name. */
export interface Named {
  readonly kind: DefinitionKind;
  readonly name: string;
}

/** How what a server offers differs from what was reviewed. */
export interface Verdict {
  /** Indices into the catalog's definitions: they are offered, but not as they were accepted. */
  readonly changed: ReadonlySet<number>;
  /** Indices of all accepted ones that were not seen to be offered as they were accepted, those among them. */
  readonly unconfirmed: ReadonlySet<number>;
  /** Accepted, and not offered any more. */
  readonly missing: readonly Named[];
  /** Offered, and never reviewed: nobody can use them. */
  readonly added: readonly Named[];
}

const KINDS: readonly DefinitionKind[] = ['tool', 'prompt', 'template'];

/**
 * Compares what a server was seen to offer with the catalog of a bundle (language.md, rule 12 and Locks): by digest, so
 * that only what was reviewed counts. A name that stands for several definitions has changed unless all of them are the
 * accepted one. Pending definitions are denied anyway, so they neither change nor go.
 *
 * @param server Index into the catalog's servers.
 */
export function judgeDrift({ definitions }: Catalog, server: number, observed: Observed): Verdict {
  const changed = new Set<number>();
  const unconfirmed = new Set<number>();
  const missing: Named[] = [];
  const known = new Set<string>();
  definitions.forEach((definition, at) => {
    if (definition.server !== server) return;
    const { kind, name, digest, pending } = definition;
    known.add(`${kind} ${name}`);
    if (pending) return;
    const digests = observed[kind].digestsByName.get(name);
    if (digests?.size === 1 && digests.has(digest)) return;
    unconfirmed.add(at);
    if (digests !== undefined) changed.add(at);
    else if (observed[kind].complete) missing.push({ kind, name });
  });
  const added = KINDS.flatMap((kind) =>
    Array.from(observed[kind].digestsByName.keys(), (name) => ({ kind, name })).filter(
      ({ name }) => !known.has(`${kind} ${name}`),
    ),
  );
  return { changed, unconfirmed, missing, added };
}
