import { CONTENT_ENTITIES_MAX } from '../limits.ts';

/** How many places by entity, in the order of the entities' names; those of too many entities are counted together. */
export type EntityCounts = Readonly<Record<string, number>>;

/** Stands for all entities beyond `CONTENT_ENTITIES_MAX`: detectors outside of the process name theirs as they like. */
const OTHERS = 'OTHERS';

/** Counts, those of the same entity added up. Of too many entities the first by name keep theirs. */
export function countEntities(counts: Iterable<readonly [entity: string, count: number]>): EntityCounts {
  const byEntity = new Map<string, number>();
  for (const [entity, count] of counts) byEntity.set(entity, (byEntity.get(entity) ?? 0) + count);
  const others = byEntity.get(OTHERS) ?? 0;
  byEntity.delete(OTHERS);
  const inOrder = [...byEntity].sort(([one], [other]) => (one < other ? -1 : 1));
  const beyond = inOrder.splice(CONTENT_ENTITIES_MAX).reduce((sum, [, count]) => sum + count, others);
  return Object.fromEntries(beyond === 0 ? inOrder : [...inOrder, [OTHERS, beyond]]);
}
