import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Assignment, Entry, Gateway, Grant, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { VIEWS_PER_GATEWAY_MAX } from '../limits.ts';
import type { Slot } from './decision.ts';
import type { View } from './view.ts';

/** One grant as seen from a gateway: the slots it opens, for whom, until when. */
export interface Holding {
  readonly rule: number;
  readonly to: readonly number[];
  /** Unix milliseconds; 0 = never. */
  readonly expires: number;
  /** Slot indices. */
  readonly slots: readonly number[];
}

/** A gateway expanded from the factored policy: made on first use, kept in a bounded cache. */
export interface GatewayEngine {
  readonly name: string;
  /** Index into the policy's gateways. */
  readonly index: number;
  readonly policy: Policy;
  readonly gateway: Gateway;
  /** Sorted by exposed name. */
  readonly slots: readonly Slot[];
  readonly slotByName: ReadonlyMap<string, Slot>;
  /** In the order of the policy's grants, which is by name: what decides which of several grants is reported. */
  readonly holdings: readonly Holding[];
  readonly views: BoundedCache<string, View>;
}

/** The name under which a gateway shows a definition (language.md, rule 3). */
export function exposedName(assignment: Pick<Assignment, 'prefix' | 'rename'>, name: string): string {
  const renamed = Object.hasOwn(assignment.rename, name) ? assignment.rename[name] : undefined;
  if (renamed !== undefined) return renamed;
  return assignment.prefix === '' ? name : `${assignment.prefix}_${name}`;
}

export function expandGateway(
  policy: Policy,
  definitions: Catalog['definitions'],
  toolsByServer: ReadonlyMap<number, readonly number[]>,
  index: number,
  gateway: Gateway,
  grants: readonly Grant[],
): GatewayEngine {
  const slots = expandSlots(definitions, toolsByServer, gateway);
  const slotsByAssignment = new Map<string, Map<number, Slot>>();
  for (const slot of slots) {
    const ofAssignment = slotsByAssignment.get(slot.assignment.name) ?? new Map<number, Slot>();
    ofAssignment.set(slot.definition, slot);
    slotsByAssignment.set(slot.assignment.name, ofAssignment);
  }
  const serverByAssignment = new Map(gateway.assignments.map((assignment) => [assignment.name, assignment.server]));

  const open = (entry: Entry, opened: Set<number>): void => {
    if (entry.tools === -1 || serverByAssignment.get(entry.assignment) !== entry.server) return;
    const ofAssignment = slotsByAssignment.get(entry.assignment);
    for (const definition of policy.sets[entry.tools] ?? []) {
      const slot = ofAssignment?.get(definition);
      if (slot !== undefined && !slot.pending) opened.add(slot.index);
    }
  };

  const holdings = grants.map((grant): Holding => {
    const opened = new Set<number>();
    for (const allowlist of grant.allowlists) {
      for (const entry of policy.allowlists[allowlist]?.entries ?? []) open(entry, opened);
    }
    for (const entry of grant.entries) open(entry, opened);
    return { rule: grant.rule, to: grant.to, expires: grant.expires, slots: [...opened].sort((a, b) => a - b) };
  });

  return {
    name: gateway.name,
    index,
    policy,
    gateway,
    slots,
    slotByName: new Map(slots.map((slot) => [slot.exposed, slot])),
    holdings,
    views: new BoundedCache(VIEWS_PER_GATEWAY_MAX),
  };
}

function expandSlots(
  definitions: Catalog['definitions'],
  toolsByServer: ReadonlyMap<number, readonly number[]>,
  gateway: Gateway,
): readonly Slot[] {
  const slots: Omit<Slot, 'index'>[] = [];
  for (const assignment of gateway.assignments) {
    for (const definition of toolsByServer.get(assignment.server) ?? []) {
      const tool = definitions[definition];
      if (tool === undefined) continue;
      const exposed = exposedName(assignment, tool.name);
      slots.push({ exposed, assignment, server: assignment.server, definition, pending: tool.pending });
    }
  }
  return slots.sort((a, b) => (a.exposed < b.exposed ? -1 : 1)).map((slot, index) => ({ index, ...slot }));
}
