import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Assignment, Entry, Gateway, Grant, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { ProjectionPlan } from '../cel/projection-plan.ts';
import { VIEWS_PER_GATEWAY_MAX } from '../limits.ts';
import type { Conditions } from './conditions.ts';
import type { Slot } from './decision.ts';
import type { View } from './view.ts';

/** One grant as seen from a gateway: what it opens, for whom, until when. */
export interface Holding {
  readonly rule: number;
  readonly to: readonly number[];
  /** Unix milliseconds; 0 = never. */
  readonly expires: number;
  readonly parts: readonly HoldingPart[];
}

/** What one entry of a grant opens. */
export interface HoldingPart {
  readonly rule: number;
  /** Form; -1 = unconditional. */
  readonly when: number;
  /** Slot indices. */
  readonly slots: readonly number[];
}

/** What all gateways of a policy share. */
export interface PolicyTables {
  readonly policy: Policy;
  readonly definitions: Catalog['definitions'];
  readonly toolsByServer: ReadonlyMap<number, readonly number[]>;
  readonly conditions: Conditions;
  /** What must hold of a definition's arguments before a condition is asked. */
  readonly projections: ReadonlyMap<number, ProjectionPlan>;
}

/** A gateway expanded from the factored policy: made on first use, kept in a bounded cache. */
export interface GatewayEngine {
  readonly name: string;
  /** Index into the policy's gateways. */
  readonly index: number;
  readonly policy: Policy;
  readonly tables: PolicyTables;
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
  tables: PolicyTables,
  index: number,
  gateway: Gateway,
  grants: readonly Grant[],
): GatewayEngine {
  const { policy } = tables;
  const slots = expandSlots(tables, gateway);
  const slotsByAssignment = new Map<string, Map<number, Slot>>();
  for (const slot of slots) {
    const ofAssignment = slotsByAssignment.get(slot.assignment.name) ?? new Map<number, Slot>();
    ofAssignment.set(slot.definition, slot);
    slotsByAssignment.set(slot.assignment.name, ofAssignment);
  }
  const serverByAssignment = new Map(gateway.assignments.map((assignment) => [assignment.name, assignment.server]));

  // Grants share allowlists, so most entries are met many times.
  const expanded = new Map<Entry, readonly HoldingPart[]>();
  const partsOf = (entry: Entry): readonly HoldingPart[] => {
    const known = expanded.get(entry) ?? expandEntry(entry);
    expanded.set(entry, known);
    return known;
  };
  const expandEntry = (entry: Entry): readonly HoldingPart[] => {
    if (entry.tools === -1 || serverByAssignment.get(entry.assignment) !== entry.server) return [];
    const ofAssignment = slotsByAssignment.get(entry.assignment);
    const opened = (policy.sets[entry.tools] ?? []).flatMap((definition) => {
      const slot = ofAssignment?.get(definition);
      return slot === undefined || slot.pending ? [] : [slot.index];
    });
    return opened.length === 0 ? [] : [{ rule: entry.rule, when: entry.when, slots: opened }];
  };

  const holdings = grants.map((grant): Holding => {
    const shared = grant.allowlists.flatMap((allowlist) => policy.allowlists[allowlist]?.entries ?? []);
    return {
      rule: grant.rule,
      to: grant.to,
      expires: grant.expires,
      parts: [...shared, ...grant.entries].flatMap(partsOf),
    };
  });

  return {
    name: gateway.name,
    index,
    policy,
    tables,
    gateway,
    slots,
    slotByName: new Map(slots.map((slot) => [slot.exposed, slot])),
    holdings,
    views: new BoundedCache(VIEWS_PER_GATEWAY_MAX),
  };
}

function expandSlots({ definitions, toolsByServer }: PolicyTables, gateway: Gateway): readonly Slot[] {
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
