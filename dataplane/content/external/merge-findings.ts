import { countEntities } from '../entity-counts.ts';
import type { Finding } from '../resolve.ts';
import type { RuleSet } from '../rule-set.ts';

/** Findings of one message that was looked through in parts; one for each rule and what it does. */
export function mergeFindings(lists: readonly (readonly Finding[])[]): readonly Finding[] {
  return merge(lists.flat(), addUp);
}

/** The same of a message into which something was put in between. What a rule left where it was has been found again. */
export function mergeAgain(before: readonly Finding[], again: readonly Finding[]): readonly Finding[] {
  return merge([...again, ...before], (known, more) => (isLeft(known) ? mostOf(known, more) : addUp(known, more)));
}

function merge(findings: readonly Finding[], both: (known: Finding, more: Finding) => Finding): readonly Finding[] {
  const merged: Finding[] = [];
  for (const finding of findings) {
    const at = merged.findIndex(({ rule, action }) => rule === finding.rule && action === finding.action);
    const known = merged[at];
    if (known === undefined) merged.push(finding);
    else merged[at] = both(known, finding);
  }
  return merged;
}

function isLeft({ action, mode }: Finding): boolean {
  return action === 'alert' || mode === 'alert';
}

function mostOf(known: Finding, more: Finding): Finding {
  const most = Object.entries(known.entities).map(
    ([entity, count]) => [entity, Math.max(count, more.entities[entity] ?? 0)] as const,
  );
  return {
    ...known,
    count: Math.max(known.count, more.count),
    entities: countEntities(Object.entries({ ...more.entities, ...Object.fromEntries(most) })),
    failed: known.failed + more.failed,
  };
}

function addUp(known: Finding, more: Finding): Finding {
  return {
    ...known,
    count: known.count + more.count,
    entities: countEntities([...Object.entries(known.entities), ...Object.entries(more.entities)]),
    failed: known.failed + more.failed,
  };
}

/** What is recorded of detectors that failed, by the positions of their rules. */
export function failuresOf({ rules }: RuleSet, failed: readonly number[]): readonly Finding[] {
  return failed.flatMap((position) => {
    const rule = rules[position];
    if (rule === undefined) return [];
    return [{ rule: rule.id, action: rule.action, mode: rule.mode, count: 0, entities: {}, failed: 1 }];
  });
}
