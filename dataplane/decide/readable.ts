import type { Assignment } from '../../schemas/types/policy.ts';
import type { Call } from './call.ts';
import { mayOpen } from './judge.ts';
import type { View } from './view.ts';

/**
 * The assignments of which the caller may perhaps read some resource: those whose lists are worth asking for. In the order
 * of their names. What is not known when a list is made counts as fulfilled (language.md, rule 5), the URI among it, so
 * whatever `resourceVisible` shows is of one of them.
 */
export function readable(view: View, call: Call): readonly Assignment[] {
  const { nowMs, listing } = call;
  if (view.expires !== 0 && view.expires <= nowMs) return [];
  const frame = listing.frame(view.gateway.policy);
  return Array.from(view.resources.values())
    .filter(({ slot }) => view.gateway.tables.withheld.reason(slot, nowMs) === null)
    .filter(({ candidates }) => candidates.some((candidate) => mayOpen(candidate, frame, nowMs)))
    .map(({ slot }) => slot.assignment);
}
