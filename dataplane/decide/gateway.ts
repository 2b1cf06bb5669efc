import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Entry, Gateway, Grant, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { ProjectionPlan } from '../cel/projection-plan.ts';
import { VIEWS_PER_GATEWAY_MAX } from '../limits.ts';
import type { Conditions } from './conditions.ts';
import type { Slot } from './decision.ts';
import { expandSlots, resourceSlot } from './slots.ts';
import type { UriMatcher, UriMatchers } from './uri-matcher.ts';
import { buildGatewayUris, type GatewayUris } from './uris.ts';
import type { View } from './view.ts';
import type { Withheld } from './withheld.ts';

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
  /** Which resources of which assignment; null = none. */
  readonly resources: OpenedResources | null;
}

interface OpenedResources {
  /** What stands for the resources of the assignment. */
  readonly slot: Slot;
  /** Index into the policy's uriPatterns. */
  readonly patterns: number;
  readonly uris: UriMatcher;
}

/** What all gateways of a policy share. */
export interface PolicyTables {
  readonly policy: Policy;
  readonly definitions: Catalog['definitions'];
  readonly definitionsByServer: ReadonlyMap<number, readonly number[]>;
  readonly conditions: Conditions;
  /** What must hold of a definition's arguments before a condition is asked. */
  readonly projections: ReadonlyMap<number, ProjectionPlan>;
  readonly uriMatchers: UriMatchers;
  readonly withheld: Withheld;
}

/** A gateway expanded from the factored policy: made on first use, kept in a bounded cache. */
export interface GatewayEngine {
  readonly name: string;
  /** Index into the policy's gateways. */
  readonly index: number;
  readonly policy: Policy;
  readonly tables: PolicyTables;
  readonly gateway: Gateway;
  /** Tools, then prompts, then templates; each sorted by exposed name. */
  readonly slots: readonly Slot[];
  readonly toolByName: ReadonlyMap<string, Slot>;
  readonly promptByName: ReadonlyMap<string, Slot>;
  /** What stands for the resources of an assignment, by its name. */
  readonly resourceSlots: ReadonlyMap<string, Slot>;
  readonly uris: GatewayUris;
  /** In the order of the policy's grants, which is by name: what decides which of several grants is reported. */
  readonly holdings: readonly Holding[];
  readonly views: BoundedCache<string, View>;
}

export function expandGateway(
  tables: PolicyTables,
  index: number,
  gateway: Gateway,
  grants: readonly Grant[],
): GatewayEngine {
  const { policy } = tables;
  const uris = buildGatewayUris(policy, gateway, tables.uriMatchers);
  const slots = expandSlots(tables, gateway, uris);
  const resourceSlots = new Map(
    gateway.assignments.map((assignment) => [assignment.name, resourceSlot(assignment, gateway)]),
  );
  const partsOf = partsExpander(tables, slots, resourceSlots);
  const named = (kind: Slot['kind']): ReadonlyMap<string, Slot> =>
    new Map(slots.filter((slot) => slot.kind === kind).map((slot) => [slot.exposed, slot]));
  return {
    name: gateway.name,
    index,
    policy,
    tables,
    gateway,
    slots,
    toolByName: named('tool'),
    promptByName: named('prompt'),
    resourceSlots,
    uris,
    holdings: grants.map(({ rule, to, expires, allowlists, entries }): Holding => {
      const shared = allowlists.flatMap((allowlist) => policy.allowlists[allowlist]?.entries ?? []);
      return { rule, to, expires, parts: [...shared, ...entries].flatMap(partsOf) };
    }),
    views: new BoundedCache(VIEWS_PER_GATEWAY_MAX),
  };
}

/** What entries open in a gateway. Grants share allowlists, so most entries are met many times. */
function partsExpander(
  { policy, uriMatchers }: PolicyTables,
  slots: readonly Slot[],
  resourceSlots: ReadonlyMap<string, Slot>,
): (entry: Entry) => readonly HoldingPart[] {
  const slotsByAssignment = new Map<string, Map<number, Slot>>();
  for (const slot of slots) {
    const ofAssignment = slotsByAssignment.get(slot.assignment.name) ?? new Map<number, Slot>();
    ofAssignment.set(slot.definition, slot);
    slotsByAssignment.set(slot.assignment.name, ofAssignment);
  }
  const expand = ({ rule, assignment, server, when, ...entry }: Entry): readonly HoldingPart[] => {
    const resource = resourceSlots.get(assignment);
    if (resource?.server !== server) return [];
    const ofAssignment = slotsByAssignment.get(assignment);
    const opened = [entry.tools, entry.prompts, entry.templates].flatMap((set) =>
      (policy.sets[set] ?? []).flatMap((definition) => {
        const slot = ofAssignment?.get(definition);
        return slot === undefined || slot.pending ? [] : [slot.index];
      }),
    );
    const isOpaque = policy.servers[server]?.opaqueUris ?? false;
    const resources =
      entry.resources === -1
        ? null
        : { slot: resource, patterns: entry.resources, uris: uriMatchers.at(entry.resources, isOpaque) };
    return opened.length === 0 && resources === null ? [] : [{ rule, when, slots: opened, resources }];
  };
  const expanded = new Map<Entry, readonly HoldingPart[]>();
  return (entry) => {
    const known = expanded.get(entry) ?? expand(entry);
    expanded.set(entry, known);
    return known;
  };
}
