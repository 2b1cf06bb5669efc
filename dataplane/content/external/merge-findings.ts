import { countEntities } from '../entity-counts.ts';
import type { Finding } from '../resolve.ts';
import type { RuleSet } from '../rule-set.ts';

/** Findings of one message that was looked through in parts; one for each rule and what it does. */
export function mergeFindings(lists: readonly (readonly Finding[])[]): readonly Finding[] {
  const merged: Finding[] = [];
  for (const finding of lists.flat()) {
    const at = merged.findIndex(({ rule, action }) => rule === finding.rule && action === finding.action);
    const known = merged[at];
    if (known === undefined) merged.push(finding);
    else merged[at] = addUp(known, finding);
  }
  return merged;
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
