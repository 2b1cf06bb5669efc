import assert from 'node:assert/strict';
import type { Grant, Policy } from '../../schemas/types/policy.ts';
import type { GatewayEngine } from '../../dataplane/decide/index.ts';
import type { Holding, HoldingPart } from '../../dataplane/decide/gateway.ts';
import type { LinkedEntry, LinkedGateway, LinkedGrant, LinkedPolicy } from '../link/model.ts';
import type { AnalyseInput } from './analysed.ts';
import { holdersOf, type Holder } from './holders.ts';
import type { Outcomes } from './outcomes.ts';
import { SlotSet } from './slot-set.ts';

/** One gateway, and who holds what in it. */
export interface GatewayReach {
  readonly linked: LinkedGateway;
  readonly engine: GatewayEngine;
  /** By name. */
  readonly grants: readonly GrantReach[];
  /** Whoever holds anything: teams and robots that are not disabled, roles that use all gateways. */
  readonly holders: readonly Holder[];
  /** Of its grants, by rule id. */
  readonly entries: ReadonlyMap<number, LinkedEntry>;
}

/** What a grant opens in its gateway, at any time. */
export interface GrantReach {
  readonly linked: LinkedGrant;
  readonly holding: Holding;
  /** Entries that hold in this gateway, those of Allowlists first. */
  readonly entries: readonly LinkedEntry[];
  /** Whatever the call is. */
  readonly always: SlotSet;
  /** Unless no call can fulfil the condition. */
  readonly possible: SlotSet;
}

export function reachOfGateway(
  gateway: LinkedGateway,
  own: readonly LinkedGrant[],
  { linked, policy, engine }: AnalyseInput,
  outcomes: Outcomes,
): GatewayReach {
  const expanded = engine.expand(gateway.document.name);
  assert(expanded !== null, 'every gateway was lowered');
  // Both are in the order of names.
  assert.equal(own.length, expanded.holdings.length, 'every grant was lowered');
  const reachOf = partReaches(expanded, outcomes);
  const reach = expanded.holdings.flatMap((holding, at) => {
    const grant = own[at];
    return grant === undefined ? [] : [reachOfGrant(grant, holding, expanded, reachOf)];
  });
  return {
    linked: gateway,
    engine: expanded,
    grants: reach,
    holders: holdersOf(policy, expanded, reach),
    entries: entriesByRule(own, expanded.index, linked, policy),
  };
}

type PartReach = Pick<GrantReach, 'always' | 'possible'>;

/** What parts of grants reach in a gateway. Grants share the parts of Allowlists, so each is looked at once. */
function partReaches(gateway: GatewayEngine, outcomes: Outcomes): (part: HoldingPart) => PartReach {
  const known = new Map<HoldingPart, PartReach>();
  return (part) => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const reach = { always: new SlotSet(gateway.slots.length), possible: new SlotSet(gateway.slots.length) };
    for (const at of part.slots) {
      const slot = gateway.slots[at];
      if (slot === undefined) continue;
      const holds = outcomes.ofEntry(part.when, gateway, slot);
      if (holds !== 'never') reach.possible.add(at);
      if (holds === 'always') reach.always.add(at);
    }
    known.set(part, reach);
    return reach;
  };
}

function reachOfGrant(
  linked: LinkedGrant,
  holding: Holding,
  gateway: GatewayEngine,
  reachOf: (part: HoldingPart) => PartReach,
): GrantReach {
  const always = new SlotSet(gateway.slots.length);
  const possible = new SlotSet(gateway.slots.length);
  for (const part of holding.parts) {
    const reach = reachOf(part);
    always.addAll(reach.always);
    possible.addAll(reach.possible);
  }
  const { assignments } = linked.gateway;
  const entries: LinkedEntry[] = [];
  for (const given of [...linked.allowlists, linked]) {
    for (const entry of given.entries) {
      if (assignments.get(entry.assignment)?.server === entry.server) entries.push(entry);
    }
  }
  return { linked, holding, entries, always, possible };
}

/** Which entry of which document a rule of a gateway's grants is. */
function entriesByRule(
  own: readonly LinkedGrant[],
  gateway: number,
  linked: LinkedPolicy,
  policy: Policy,
): ReadonlyMap<number, LinkedEntry> {
  const found = new Map<number, LinkedEntry>();
  const pair = (lowered: readonly { readonly rule: number }[], entries: readonly LinkedEntry[]): void => {
    assert.equal(lowered.length, entries.length, 'every entry was lowered');
    entries.forEach((entry, at) => found.set(lowered[at]?.rule ?? -1, entry));
  };
  const lowered = grantsOf(policy, gateway);
  assert.equal(lowered.length, own.length, 'every grant was lowered');
  for (const allowlist of new Set(lowered.flatMap(({ allowlists }) => allowlists))) {
    pair(policy.allowlists[allowlist]?.entries ?? [], linked.allowlists[allowlist]?.entries ?? []);
  }
  own.forEach(({ entries }, at) => pair(lowered[at]?.entries ?? [], entries));
  return found;
}

/** The grants of a gateway, which stand together in the policy. */
function grantsOf({ grants }: Policy, gateway: number): readonly Grant[] {
  let low = 0;
  let high = grants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((grants[middle]?.gateway ?? 0) < gateway) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (grants[end]?.gateway === gateway) end++;
  return grants.slice(low, end);
}
