import { STEPS_EXCEEDED, UNKNOWN } from '../cel/fault.ts';
import type { Outcome } from '../cel/value.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import { Call } from './call.ts';
import type { BuiltCondition } from './conditions.ts';
import { denied, refused, UNKNOWN_TOOL, type Decision } from './decision.ts';
import { passes } from './guards.ts';
import type { Access, Candidate, View, Visible } from './view.ts';

/**
 * HOT PATH: once per call. Allocates nothing when an unconditional grant allows and no guard stands before the tool,
 * cannot throw, and ends in deny. Grants come before guards: whoever holds no grant must not learn from a guard's message
 * that the tool exists.
 */
export function decide(view: View, exposedTool: string, call: Call): Decision {
  const slot = view.gateway.slotByName.get(exposedTool);
  if (slot === undefined) return UNKNOWN_TOOL;
  const access = view.accesses[slot.index];
  if (access === null || access === undefined) return view.absent[slot.index] ?? UNKNOWN_TOOL;
  if (view.expires !== 0 && view.expires <= call.nowMs) return denied('expired', slot);
  if (access.isConditional) return decideConditionally(view, access, call);
  for (const candidate of access.candidates) {
    if (isInForce(candidate, call.nowMs)) return candidate.decision;
  }
  return view.absent[slot.index] ?? UNKNOWN_TOOL;
}

function decideConditionally(view: View, access: Access, call: Call): Decision {
  const { policy } = view.gateway;
  const { slot, candidates } = access;
  if (!candidates.some((candidate) => isInForce(candidate, call.nowMs))) return view.absent[slot.index] ?? UNKNOWN_TOOL;
  const problem = access.projection === null ? null : call.readArguments(policy, access.projection);
  const unfit = problem === null ? null : { ...denied('arguments', slot), message: problem };
  const decision = judge(access, call, policy, unfit);
  return decision.allow ? decision : { ...decision, hidden: !isVisible(view, access, listCall(call)) };
}

/**
 * Grants, then guards. `unfit`: the answer where it depends on arguments that do not fit the schema. They are unknown to
 * the conditions that read what does not fit, so that what holds whatever that is still does: a grant never takes away
 * what another one gives.
 */
function judge({ slot, candidates, guards }: Access, call: Call, policy: Policy, unfit: Decision | null): Decision {
  const { nowMs } = call;
  const frame = call.frame(policy);
  let first: Candidate | null = null;
  let grant: Candidate | null = null;
  let undecided = false;
  for (const candidate of candidates) {
    if (!isInForce(candidate, nowMs)) continue;
    first ??= candidate;
    if (unfit !== null && candidate.when !== null) readApart(candidate.when, call, policy);
    const outcome = candidate.when === null || candidate.when.evaluate(frame);
    if (outcome === true) {
      grant = candidate;
      break;
    }
    undecided ||= outcome === UNKNOWN;
  }
  if (grant === null) {
    return undecided && unfit !== null ? unfit : refused('condition', first?.entryRule ?? -1, slot, null);
  }

  const alerts: number[] = [];
  let denial: Decision | null = null;
  undecided = false;
  for (const guard of guards) {
    if (unfit !== null && guard.condition !== null) readApart(guard.condition, call, policy);
    const outcome = guard.condition === null ? null : guard.condition.evaluate(frame);
    if (passes(guard.denyIf, outcome)) continue;
    if (guard.isAlert) alerts.push(guard.decision.rule);
    else if (unfit !== null && outcome === UNKNOWN) undecided = true;
    else denial ??= guard.decision;
  }
  const decision = denial ?? (undecided ? unfit : null) ?? grant.decision;
  return alerts.length === 0 ? decision : { ...decision, alerts };
}

function readApart({ projection }: BuiltCondition, call: Call, policy: Policy): void {
  if (projection !== null) call.readApart(policy, projection);
}

/**
 * The tools that a list shows now (language.md, rule 5): what is not known yet, arguments and time, counts as allowed. So
 * whatever `decide` allows is visible. Kept until the next expiry, unless it depends on more than subjects.
 */
export function visible(view: View, call: Call): Visible {
  const { nowMs } = call;
  const { listed } = view;
  if (listed !== null && listed.from <= nowMs && nowMs < listed.until) return listed.visible;
  const listing = listCall(call);
  const shown = view.accesses.filter((access) => access !== null && isVisible(view, access, listing));
  const slots = shown.flatMap((access) => access?.slot ?? []);
  const found = { key: bitset(slots.map((slot) => slot.index)), slots };
  if (!view.isPersonal) view.listed = { from: nowMs, until: nextExpiry(view, nowMs), visible: found };
  return found;
}

/** The same caller and moment, with everything unknown that only a call brings. */
const listCall = (call: Call): Call => new Call(call.caller, call.nowMs, null);

function isVisible(view: View, access: Access, listing: Call): boolean {
  const { nowMs } = listing;
  if (view.expires !== 0 && view.expires <= nowMs) return false;
  if (!access.isConditional) return access.candidates.some((candidate) => isInForce(candidate, nowMs));
  const frame = listing.frame(view.gateway.policy);
  const mayHold = access.candidates.some((candidate) => {
    if (!isInForce(candidate, nowMs)) return false;
    const outcome = candidate.when === null ? true : candidate.when.evaluate(frame);
    return outcome === true || isOpen(outcome);
  });
  if (!mayHold) return false;
  return access.guards.every((guard) => {
    if (!guard.hide || guard.isAlert) return true;
    if (guard.condition === null) return false;
    const outcome = guard.condition.evaluate(frame);
    return isOpen(outcome) || passes(guard.denyIf, outcome);
  });
}

/**
 * Whether a call may still come out otherwise. Without its arguments more of an expression may have to be evaluated than
 * with them, so the budget says nothing here.
 */
const isOpen = (outcome: Outcome): boolean => outcome === UNKNOWN || outcome === STEPS_EXCEEDED;

const isInForce = (candidate: Candidate, nowMs: number): boolean =>
  candidate.expires === 0 || nowMs < candidate.expires;

function nextExpiry(view: View, nowMs: number): number {
  let next = Number.MAX_SAFE_INTEGER;
  const consider = (expires: number): void => {
    if (expires > nowMs && expires < next) next = expires;
  };
  consider(view.expires);
  for (const access of view.accesses) for (const candidate of access?.candidates ?? []) consider(candidate.expires);
  return next;
}

/** Slot indices as a short string, 16 slots to a character. */
function bitset(indices: readonly number[]): string {
  const words = new Uint16Array(((indices.at(-1) ?? -1) >> 4) + 1);
  for (const index of indices) words[index >> 4] = (words[index >> 4] ?? 0) | (1 << (index & 15));
  return Array.from(words, (word) => String.fromCharCode(word)).join('');
}
