import type { Definition } from '../../schemas/types/catalog.ts';
import type { Assignment, Gateway } from '../../schemas/types/policy.ts';
import type { ListedKind, Slot } from './decision.ts';
import { exposeTemplate, type GatewayUris } from './uris.ts';

/** Slots are numbered by kind, in this order. */
const KINDS: readonly ListedKind[] = ['tool', 'prompt', 'template'];

/** The name under which a gateway shows a tool or prompt (language.md, rule 3). */
export function exposedName(assignment: Pick<Assignment, 'prefix' | 'rename'>, name: string): string {
  const renamed = Object.hasOwn(assignment.rename, name) ? assignment.rename[name] : undefined;
  if (renamed !== undefined) return renamed;
  return assignment.prefix === '' ? name : `${assignment.prefix}_${name}`;
}

/** What expanding a gateway's slots reads. */
interface SlotTables {
  readonly definitions: readonly Definition[];
  /** Indices of definitions, by the server's. */
  readonly definitionsByServer: ReadonlyMap<number, readonly number[]>;
}

/** Everything that a gateway could list, by kind, then exposed name. */
export function expandSlots(
  { definitions, definitionsByServer }: SlotTables,
  gateway: Gateway,
  uris: GatewayUris,
): readonly Slot[] {
  const byKind = new Map<ListedKind, Omit<Slot, 'index'>[]>(KINDS.map((kind) => [kind, []]));
  for (const assignment of gateway.assignments) {
    for (const at of definitionsByServer.get(assignment.server) ?? []) {
      const definition = definitions[at];
      if (definition === undefined) continue;
      const { kind, name, pending } = definition;
      const exposed = kind === 'template' ? exposeTemplate({ uris }, assignment, name) : exposedName(assignment, name);
      const endsWhenStale = endsIn(gateway.staleMode, definition);
      const slot = { kind, exposed, assignment, server: assignment.server, definition: at, pending, endsWhenStale };
      byKind.get(kind)?.push(slot);
    }
  }
  return KINDS.flatMap((kind) => byKind.get(kind)?.sort((a, b) => (a.exposed < b.exposed ? -1 : 1)) ?? []).map(
    (slot, index) => ({ index, ...slot }),
  );
}

/** What stands for all resources of an assignment, whatever their URIs. */
export function resourceSlot(assignment: Assignment, { staleMode }: Gateway): Slot {
  const { server } = assignment;
  const endsWhenStale = endsIn(staleMode, RESOURCE);
  return {
    kind: 'resource',
    index: -1,
    exposed: '',
    assignment,
    server,
    definition: -1,
    pending: false,
    endsWhenStale,
  };
}

/** Resources are read, and carry no tags (language.md, rule 2). */
const RESOURCE: Pick<Definition, 'effect' | 'tags'> = { effect: 'read', tags: [] };

/** What a gateway on an expired pointer does without (language.md, Fail closed). */
function endsIn(staleMode: Gateway['staleMode'], { effect, tags }: Pick<Definition, 'effect' | 'tags'>): boolean {
  switch (staleMode) {
    case 'serve':
      return false;
    case 'read-only':
      return effect !== 'read' || tags.includes('egress');
    case 'closed':
      return true;
  }
}
