import { STEPS_EXCEEDED, UNKNOWN } from '../cel/fault.ts';
import type { Frame } from '../cel/frame.ts';
import type { Outcome } from '../cel/value.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Call } from './call.ts';
import type { BuiltCondition } from './conditions.ts';
import { refused, type Decision } from './decision.ts';
import { passes, type BuiltGuard } from './guards.ts';
import type { Access, Candidate } from './view.ts';

/** A call as conditions see it. */
export interface Asked {
  readonly call: Call;
  readonly frame: Frame;
  readonly policy: Policy;
  /**
   * The answer where it depends on arguments that do not fit the schema; null when they do. They are unknown to the
   * conditions that read what does not fit, so that what holds whatever that is still does: a grant never takes away what
   * another one gives.
   */
  readonly unfit: Decision | null;
}

/** Grants, then guards: any grant that holds suffices, and none of the guards may deny. */
export function judge(
  { slot, candidates, guards }: Pick<Access, 'slot' | 'candidates' | 'guards'>,
  asked: Asked,
): Decision {
  const { call, frame, policy, unfit } = asked;
  let first: Candidate | null = null;
  let grant: Candidate | null = null;
  let undecided = false;
  for (const candidate of candidates) {
    if (!isInForce(candidate, call.nowMs)) continue;
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

/** Whether a candidate may hold, when a list is made: what is not known yet counts as fulfilled (language.md, rule 5). */
export function mayOpen(candidate: Candidate, frame: Frame, nowMs: number): boolean {
  if (!isInForce(candidate, nowMs)) return false;
  const outcome = candidate.when === null ? true : candidate.when.evaluate(frame);
  return outcome === true || isOpen(outcome);
}

/** Whether a guard keeps something out of a list: only one that is to hide it, and that no call passes. */
export function conceals(guard: BuiltGuard, frame: Frame): boolean {
  if (!guard.hide || guard.isAlert) return false;
  if (guard.condition === null) return true;
  const outcome = guard.condition.evaluate(frame);
  return !isOpen(outcome) && !passes(guard.denyIf, outcome);
}

/**
 * Whether a call may still come out otherwise. Without its arguments more of an expression may have to be evaluated than
 * with them, so the budget says nothing here.
 */
const isOpen = (outcome: Outcome): boolean => outcome === UNKNOWN || outcome === STEPS_EXCEEDED;

export function isInForce(candidate: Candidate, nowMs: number): boolean {
  return candidate.expires === 0 || nowMs < candidate.expires;
}
