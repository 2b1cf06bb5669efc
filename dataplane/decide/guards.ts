import { UNKNOWN } from '../cel/fault.ts';
import { Frame } from '../cel/frame.ts';
import type { Outcome } from '../cel/value.ts';
import type { Guard, Match } from '../../schemas/types/policy.ts';
import type { BuiltCondition } from './conditions.ts';
import { refused, type Decision, type Slot } from './decision.ts';
import type { GatewayEngine } from './gateway.ts';
import type { UriMatcher } from './uri-matcher.ts';

/** A guard as it stands before one slot. */
export interface BuiltGuard {
  /** Null: it denies whatever the call is. */
  readonly condition: BuiltCondition | null;
  readonly denyIf: boolean;
  readonly hide: boolean;
  readonly isAlert: boolean;
  /** Of resources, the ones that it is about; null = all. */
  readonly uris: UriMatcher | null;
  readonly decision: Decision;
}

/** Who asks, as far as a guard's match depends on it. */
export interface Asker {
  readonly kind: 'person' | 'robot';
  readonly subjects: readonly number[];
  /** Indices into the policy's clients: which of them the app is. */
  readonly clients: readonly number[];
}

/** The guards that stand before a slot for a caller. Those that always pass are left out. */
export function guardsOf(gateway: GatewayEngine, slot: Slot, asker: Asker): readonly BuiltGuard[] {
  const { policy } = gateway;
  const guards: BuiltGuard[] = [];
  for (const guard of policy.guards) {
    if (!reaches(gateway, guard.match, slot, asker)) continue;
    const built = buildGuard(gateway, guard, slot);
    if (built !== null) guards.push(built);
  }
  return guards;
}

/** Keys are ANDed, values of a key ORed (language.md, rule 2). */
function reaches(gateway: GatewayEngine, match: Match, slot: Slot, asker: Asker): boolean {
  return (
    (match.gateways === null || match.gateways.includes(gateway.index)) &&
    (match.servers === null || match.servers.includes(slot.server)) &&
    reachesSlot(gateway, match, slot) &&
    (match.kinds === null || match.kinds.includes(asker.kind)) &&
    (match.subjects === null || match.subjects.some((subject) => asker.subjects.includes(subject))) &&
    (match.clients === null || match.clients.some((client) => asker.clients.includes(client)))
  );
}

/** What is about some of the resources that a template names says nothing about the template: others may be read. */
function reachesSlot({ policy }: GatewayEngine, { definitions, resources }: Match, slot: Slot): boolean {
  switch (slot.kind) {
    case 'tool':
    case 'prompt':
      return definitions === -1 || (policy.sets[definitions]?.includes(slot.definition) ?? false);
    case 'template':
      return resources === ANY_RESOURCE;
    case 'resource':
      return resources !== NO_RESOURCE;
  }
}

const ANY_RESOURCE = -1;
const NO_RESOURCE = -2;

function buildGuard(gateway: GatewayEngine, guard: Guard, slot: Slot): BuiltGuard | null {
  const { policy, tables } = gateway;
  const { resources } = guard.match;
  const condition = tables.conditions.find(guard.form, gateway.index, slot);
  const constant = condition !== null && condition.reads.length === 0;
  if (constant && passes(guard.denyIf, condition.evaluate(new Frame([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN])))) {
    return null;
  }
  return {
    // A guard without a condition for what it reaches cannot pass.
    condition: constant ? null : condition,
    denyIf: guard.denyIf,
    hide: guard.hide,
    isAlert: guard.mode === 'alert',
    uris:
      slot.kind !== 'resource' || resources === ANY_RESOURCE
        ? null
        : tables.uriMatchers.at(resources, policy.servers[slot.server]?.opaqueUris ?? false),
    decision: refused('guard', guard.rule, slot, guard.message),
  };
}

/** Anything but a clear pass denies: an error, an absent claim, a value that is no bool (language.md, Fail closed). */
export function passes(denyIf: boolean, outcome: Outcome): boolean {
  return outcome === !denyIf;
}
