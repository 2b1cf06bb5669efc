import type { ProjectionPlan } from '../cel/projection-plan.ts';
import type { Caller } from './caller.ts';
import { clientIsAdmitted, clientsOf } from './clients.ts';
import type { BuiltCondition } from './conditions.ts';
import { denied, granted, type Absence, type Decision, type Slot } from './decision.ts';
import type { GatewayEngine, Holding, HoldingPart } from './gateway.ts';
import { guardsOf, type BuiltGuard } from './guards.ts';
import { countsAs, enabledSubjects, robotOf } from './membership.ts';
import { noticeFor } from './notice.ts';

/** What one set of subjects holds in one gateway: all that does not depend on the call is decided here. */
export interface View {
  readonly gateway: GatewayEngine;
  /**
   * Sorted: who the caller counts as when rules are matched. Beside its own subjects the teams that `use-all-gateways`
   * makes it a member of; disabled ones too, so that rules that name them still reach their members.
   */
  readonly subjects: readonly number[];
  /** Sorted indices into the policy's clients: which of them the app is. */
  readonly clients: readonly number[];
  /** By slot index; null where nothing was ever granted. */
  readonly accesses: readonly (Access | null)[];
  /** By slot index: the answer when no grant reaches the slot any more. */
  readonly absent: readonly Decision[];
  /** Unix milliseconds at which the caller itself stops being valid; 0 = never. */
  readonly expires: number;
  /** Why the caller sees nothing, for a person to read; null when something was granted. */
  readonly notice: string | null;
  /** Whether what is listed depends on more than subjects: on claims, the address or the app. */
  readonly isPersonal: boolean;
  listed: Listed | null;
}

/** How a slot may be used: any candidate that holds suffices, then no guard may deny. */
export interface Access {
  readonly slot: Slot;
  /** Unconditional ones first, then by the grant's name: the first that holds is reported. */
  readonly candidates: readonly Candidate[];
  /** Constant ones first, then by name: the first that denies is reported. */
  readonly guards: readonly BuiltGuard[];
  /** Whether anything here has to be evaluated. */
  readonly isConditional: boolean;
  /** What must hold of the arguments before conditions may read them; null = none here does. */
  readonly projection: ProjectionPlan | null;
}

/** An entry of a grant that opens a slot. */
export interface Candidate {
  /** Unix milliseconds; 0 = never. */
  readonly expires: number;
  /** Null = unconditional. */
  readonly when: BuiltCondition | null;
  /** Of the entry, which is what is reported when its condition does not hold. */
  readonly entryRule: number;
  readonly decision: Decision;
}

/** The visible slots of a view, valid in a span of time that no expiry falls into. */
interface Listed {
  /** Unix milliseconds, inclusive. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly until: number;
  readonly visible: Visible;
}

export interface Visible {
  /** Equal for equal sets of slots of one gateway: the key of assembled lists. */
  readonly key: string;
  readonly slots: GatewayEngine['slots'];
}

/** The view of a caller, from the gateway's bounded cache. */
export function viewOf(gateway: GatewayEngine, caller: Caller): View {
  const admitted = clientIsAdmitted(gateway, caller);
  const clients = clientsOf(gateway.policy, caller);
  const key = `${caller.kind}${admitted ? '+' : '-'}${clients.join()} ${caller.subjects.join()}`;
  const known = gateway.views.get(key);
  if (known !== undefined) return known;
  const view = buildView(gateway, caller, admitted, clients);
  gateway.views.set(key, view);
  return view;
}

function buildView(gateway: GatewayEngine, caller: Caller, admitted: boolean, clients: readonly number[]): View {
  const { policy } = gateway;
  const robot = robotOf(policy, caller);
  const members = enabledSubjects(gateway, caller, robot);
  const enabled = admitted ? members : new Set<number>();
  const stopped = new Set([...members, ...caller.subjects].filter((subject) => !enabled.has(subject)));
  const subjects = countsAs(gateway, caller);

  const candidates = new Map<number, Candidate[]>();
  const wouldHold = new Set<number>();
  for (const holding of gateway.holdings) {
    if (holding.to.some((subject) => stopped.has(subject))) {
      for (const part of holding.parts) for (const slot of part.slots) wouldHold.add(slot);
    }
    if (!holding.to.some((subject) => enabled.has(subject))) continue;
    for (const part of holding.parts) openPart(gateway, holding, part, candidates);
  }
  const accesses = gateway.slots.map((slot): Access | null => {
    const opening = candidates.get(slot.index);
    if (opening === undefined) return null;
    return accessOf(gateway, slot, opening, guardsOf(gateway, slot, { kind: caller.kind, subjects, clients }));
  });
  const reason: Absence = admitted ? 'disabled' : 'client';
  const absent = gateway.slots.map((slot) => {
    if (slot.pending) return denied('pending', slot);
    if (candidates.has(slot.index)) return denied('expired', slot);
    return denied(wouldHold.has(slot.index) ? reason : 'no-grant', slot);
  });
  return {
    gateway,
    subjects,
    clients,
    accesses,
    absent,
    expires: robot?.expires ?? 0,
    // Whom the app alone keeps out is told so; who holds nothing anyway must not learn that the gateway exists.
    notice: candidates.size > 0 ? null : noticeFor(gateway, caller, admitted || wouldHold.size === 0, robot),
    isPersonal: accesses.some((access) => access !== null && isPersonal(access)),
    listed: null,
  };
}

/** A condition that cannot be found reads as one that never holds: the part opens nothing. */
function openPart(
  gateway: GatewayEngine,
  holding: Holding,
  part: HoldingPart,
  candidates: Map<number, Candidate[]>,
): void {
  for (const at of part.slots) {
    const slot = gateway.slots[at];
    if (slot === undefined) continue;
    const when = part.when === -1 ? null : gateway.tables.conditions.find(part.when, gateway.index, slot.definition);
    if (part.when !== -1 && when === null) continue;
    const candidate = { expires: holding.expires, when, entryRule: part.rule, decision: granted(holding.rule, slot) };
    const list = candidates.get(at);
    if (list === undefined) candidates.set(at, [candidate]);
    else list.push(candidate);
  }
}

function accessOf(
  gateway: GatewayEngine,
  slot: Slot,
  opening: readonly Candidate[],
  guards: readonly BuiltGuard[],
): Access {
  const candidates = [...opening.filter(({ when }) => when === null), ...opening.filter(({ when }) => when !== null)];
  const isConditional = candidates.some(({ when }) => when !== null) || guards.length > 0;
  const reads = (condition: BuiltCondition | null): boolean => condition?.reads.includes('args') ?? false;
  const readsArguments = candidates.some(({ when }) => reads(when)) || guards.some(({ condition }) => reads(condition));
  const projection = readsArguments ? (gateway.tables.projections.get(slot.definition) ?? null) : null;
  return { slot, candidates, guards, isConditional, projection };
}

const PERSONAL: ReadonlySet<string> = new Set(['claims', 'client', 'principal']);

/** Whether a list that shows the slot to one caller may have to hide it from another one with the same subjects. */
function isPersonal({ candidates, guards }: Access): boolean {
  const reads = (condition: BuiltCondition | null): boolean =>
    condition !== null && condition.reads.some((root) => PERSONAL.has(root));
  return candidates.some(({ when }) => reads(when)) || guards.some(({ hide, condition }) => hide && reads(condition));
}
