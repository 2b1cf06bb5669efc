import type { Call } from './call.ts';
import { denied, UNKNOWN_NAME, type Decision, type Slot } from './decision.ts';
import { isInForce, judge } from './judge.ts';
import type { Access, View } from './view.ts';
import { isVisible } from './visible.ts';

/**
 * HOT PATH: once per call of a tool. Allocates nothing when an unconditional grant allows and no guard stands before the
 * tool, cannot throw, and ends in deny. Grants come before guards: whoever holds no grant must not learn from a guard's
 * message that the tool exists.
 */
export function decide(view: View, exposedTool: string, call: Call): Decision {
  return decideSlot(view, view.gateway.toolByName.get(exposedTool), call);
}

/** HOT PATH: the same for a prompt, which has a name among prompts and arguments that are texts. */
export function decidePrompt(view: View, exposedPrompt: string, call: Call): Decision {
  return decideSlot(view, view.gateway.promptByName.get(exposedPrompt), call);
}

function decideSlot(view: View, slot: Slot | undefined, call: Call): Decision {
  if (slot === undefined) return UNKNOWN_NAME;
  const access = view.accesses[slot.index];
  if (access === null || access === undefined) return view.absent[slot.index] ?? UNKNOWN_NAME;
  if (view.expires !== 0 && view.expires <= call.nowMs) return denied('expired', slot);
  const withheld = view.gateway.tables.withheld.reason(slot, call.nowMs);
  if (withheld !== null) return denied(withheld, slot);
  if (access.isConditional) return decideConditionally(view, access, call);
  for (const candidate of access.candidates) {
    if (isInForce(candidate, call.nowMs)) return candidate.decision;
  }
  return view.absent[slot.index] ?? UNKNOWN_NAME;
}

function decideConditionally(view: View, access: Access, call: Call): Decision {
  const { policy } = view.gateway;
  const { slot, candidates } = access;
  if (!candidates.some((candidate) => isInForce(candidate, call.nowMs))) return view.absent[slot.index] ?? UNKNOWN_NAME;
  const problem = access.projection === null ? null : call.readArguments(policy, access.projection);
  const unfit = problem === null ? null : { ...denied('arguments', slot), message: problem };
  const decision = judge(access, { call, frame: call.frame(policy), policy, unfit });
  return decision.allow ? decision : { ...decision, hidden: !isVisible(view, access, call.listing) };
}
