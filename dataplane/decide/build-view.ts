import type { Caller } from './caller.ts';
import type { BuiltCondition } from './conditions.ts';
import { denied, granted, type Absence, type ListedKind, type Slot } from './decision.ts';
import type { GatewayEngine, Holding, HoldingPart } from './gateway.ts';
import { guardsOf, type Asker, type BuiltGuard } from './guards.ts';
import { countsAs, enabledSubjects, robotOf } from './membership.ts';
import { noticeFor } from './notice.ts';
import { UriIndex } from './uri-index.ts';
import type { UriMatcher } from './uri-matcher.ts';
import type { Access, Candidate, List, ResourceAccess, View } from './view.ts';

/**
 * Decides all that does not depend on the call.
 *
 * @param admitted Whether the gateway admits the caller's app.
 * @param clients Which of the policy's clients the app is.
 */
export function buildView(gateway: GatewayEngine, caller: Caller, admitted: boolean, clients: readonly number[]): View {
  const { policy } = gateway;
  const robot = robotOf(policy, caller);
  const members = enabledSubjects(gateway, caller, robot);
  const enabled = admitted ? members : new Set<number>();
  const stopped = new Set([...members, ...caller.subjects].filter((subject) => !enabled.has(subject)));
  const subjects = countsAs(gateway, caller);
  const asker: Asker = { kind: caller.kind, subjects, clients };

  const opened = openParts(
    gateway,
    gateway.holdings.filter(({ to }) => to.some((subject) => enabled.has(subject))),
  );
  const wouldHold = partsOf(gateway.holdings.filter(({ to }) => to.some((subject) => stopped.has(subject))));
  const wouldOpen = new Set(wouldHold.flatMap(({ slots }) => slots));
  const accesses = gateway.slots.map((slot): Access | null => {
    const opening = opened.bySlot.get(slot.index);
    return opening === undefined ? null : accessOf(gateway, slot, opening, guardsOf(gateway, slot, asker));
  });
  const reason: Absence = admitted ? 'disabled' : 'client';
  const resources = Array.from(gateway.resourceSlots, ([name, slot]): readonly [string, ResourceAccess] => {
    const candidates = inOrder(opened.byAssignment.get(name) ?? []);
    const index = new UriIndex(
      candidates.map(({ patterns }) => policy.uriPatterns[patterns] ?? []),
      policy.servers[slot.server]?.opaqueUris ?? false,
    );
    const guards = candidates.length === 0 ? [] : guardsOf(gateway, slot, asker);
    const isConditional = candidates.some(({ when }) => when !== null) || guards.length > 0;
    return [name, { slot, candidates, index, guards, isConditional, stopped: urisOf(wouldHold, slot), reason }];
  });
  const holdsAnything = opened.bySlot.size > 0 || opened.byAssignment.size > 0;
  return {
    gateway,
    subjects,
    clients,
    accesses,
    absent: gateway.slots.map((slot) => {
      if (slot.pending) return denied('pending', slot);
      if (opened.bySlot.has(slot.index)) return denied('expired', slot);
      return denied(wouldOpen.has(slot.index) ? reason : 'no-grant', slot);
    }),
    resources: new Map(resources),
    lists: {
      tool: listOf(accesses, 'tool'),
      prompt: listOf(accesses, 'prompt'),
      template: listOf(accesses, 'template'),
    },
    expires: robot?.expires ?? 0,
    // Whom the app alone keeps out is told so; who holds nothing anyway must not learn that the gateway exists.
    notice: holdsAnything ? null : noticeFor(gateway, caller, admitted || wouldHold.length === 0, robot),
  };
}

const partsOf = (holdings: readonly Holding[]): readonly HoldingPart[] => holdings.flatMap(({ parts }) => parts);

const urisOf = (parts: readonly HoldingPart[], slot: Slot): readonly UriMatcher[] =>
  parts.flatMap(({ resources }) => (resources?.slot === slot ? [resources.uris] : []));

interface ResourceCandidate extends Candidate {
  /** Index into the policy's uriPatterns. */
  readonly patterns: number;
}

/** What grants open. */
interface Opened {
  readonly bySlot: Map<number, Candidate[]>;
  /** Resources, by the assignment's name. */
  readonly byAssignment: Map<string, ResourceCandidate[]>;
}

function openParts(gateway: GatewayEngine, holdings: readonly Holding[]): Opened {
  const opened: Opened = { bySlot: new Map(), byAssignment: new Map() };
  for (const holding of holdings) {
    for (const part of holding.parts) {
      for (const at of part.slots) {
        const slot = gateway.slots[at];
        const candidate = slot === undefined ? null : candidateOf(gateway, holding, part, slot);
        if (candidate !== null) append(opened.bySlot, at, candidate);
      }
      if (part.resources === null) continue;
      const { slot, patterns } = part.resources;
      const candidate = candidateOf(gateway, holding, part, slot);
      if (candidate !== null) append(opened.byAssignment, slot.assignment.name, { ...candidate, patterns });
    }
  }
  return opened;
}

/** A condition that cannot be found reads as one that never holds: then the part opens nothing. */
function candidateOf(gateway: GatewayEngine, holding: Holding, part: HoldingPart, slot: Slot): Candidate | null {
  const when = part.when === -1 ? null : gateway.tables.conditions.find(part.when, gateway.index, slot);
  if (part.when !== -1 && when === null) return null;
  return { expires: holding.expires, when, entryRule: part.rule, decision: granted(holding.rule, slot) };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Unconditional ones first; otherwise as they are, which is by the grant's name. */
function inOrder<T extends Candidate>(opening: readonly T[]): readonly T[] {
  return [...opening.filter(({ when }) => when === null), ...opening.filter(({ when }) => when !== null)];
}

function accessOf(
  gateway: GatewayEngine,
  slot: Slot,
  opening: readonly Candidate[],
  guards: readonly BuiltGuard[],
): Access {
  const candidates = inOrder(opening);
  const isConditional = candidates.some(({ when }) => when !== null) || guards.length > 0;
  const reads = (condition: BuiltCondition | null): boolean => condition?.reads.includes('args') ?? false;
  const readsArguments = candidates.some(({ when }) => reads(when)) || guards.some(({ condition }) => reads(condition));
  const projection = readsArguments ? (gateway.tables.projections.get(slot.definition) ?? null) : null;
  return { slot, candidates, guards, isConditional, projection };
}

function listOf(all: readonly (Access | null)[], kind: ListedKind): List {
  const accesses = all.filter((access) => access?.slot.kind === kind).filter((access) => access !== null);
  return { accesses, isPersonal: accesses.some(isPersonal), listed: null };
}

const PERSONAL: ReadonlySet<string> = new Set(['claims', 'client', 'principal']);

/** Whether a list that shows the slot to one caller may have to hide it from another one with the same subjects. */
function isPersonal({ candidates, guards }: Access): boolean {
  const reads = (condition: BuiltCondition | null): boolean =>
    condition !== null && condition.reads.some((root) => PERSONAL.has(root));
  return candidates.some(({ when }) => reads(when)) || guards.some(({ hide, condition }) => hide && reads(condition));
}
