import type { Decision } from '../../dataplane/decide/index.ts';
import { grantsOf, noteOn, notesOnContent, notesOnDenial } from './notes.ts';
import type { Note, TestFailure } from './outcome.ts';
import type { Scene, TriedCall } from './try-call.ts';

export function isAllowed({ decision, redaction, refused }: TriedCall): boolean {
  return decision.allow && refused === null && redaction?.kind !== 'blocked';
}

/** `allow`, or `deny` with the reason. */
export function describe({ decision, redaction, refused }: TriedCall): string {
  if (!decision.allow) return `deny (${decision.reason})`;
  if (refused !== null) return `deny (${refused})`;
  return redaction?.kind === 'blocked' ? 'deny (the arguments are blocked)' : 'allow';
}

/**
 * Why it came out so: the rule that decided, and for want of a grant who does hold it.
 *
 * @param what As a person would name it: "tool desk/close".
 */
export function explain(scene: Scene, what: string, { decision, redaction, refused }: TriedCall): readonly Note[] {
  const { bed } = scene;
  if (!decision.allow) return explainDenial(scene, what, decision);
  const decided = [
    noteOn(bed, decision.rule, refused === null ? 'allowed by' : 'otherwise allowed by'),
    ...alertsOf(scene, decision),
  ];
  return redaction?.kind === 'blocked' ? [...notesOnContent(bed, redaction.findings), ...decided] : decided;
}

function explainDenial(scene: Scene, what: string, decision: Decision): readonly Note[] {
  const { bed, gateway } = scene;
  const { slot } = decision;
  if (slot === null) return [{ text: `gateway ${gateway.name} has no ${what}`, at: null }];
  const denial = notesOnDenial(bed, decision);
  return denial.length > 0 ? [...denial, ...alertsOf(scene, decision)] : grantsOf(bed, gateway, slot, decision.reason);
}

function alertsOf({ bed }: Scene, { alerts }: Decision): readonly Note[] {
  return alerts.map((rule) => noteOn(bed, rule, 'recorded as an alert by'));
}

export function fails(expected: string, actual: string, notes: readonly Note[] = []): TestFailure {
  return { expected, actual, notes };
}
