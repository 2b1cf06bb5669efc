import type { Detection } from './detect/detection.ts';
import type { Rule, RuleSet } from './rule-set.ts';

/** What a rule found in one message: how often, never what. */
export interface Finding {
  /** Rule id, into the source map. */
  readonly rule: number;
  readonly action: Rule['action']['kind'];
  readonly mode: Rule['mode'];
  /** Places found; overlapping ones of the same rule are one. */
  readonly count: number;
}

/** A span of one text to be replaced; in order, not overlapping. */
export interface Change {
  readonly text: number;
  readonly start: number;
  readonly end: number;
  readonly with: string;
}

export interface Resolution {
  /** In the order of the rules' names. */
  readonly findings: readonly Finding[];
  readonly blocked: boolean;
  readonly changes: readonly Change[];
}

/**
 * Decides between the detections of all rules, which were made on the original text, so that the order of rules has no
 * effect: a rule that blocks wins over everything; detections that overlap become one span, and the longest of them, by
 * rule name among equals, says what is put there. What only alerts changes nothing.
 */
export function resolve(rules: RuleSet, detections: readonly Detection[]): Resolution {
  const inOrder = [...detections].sort(
    (a, b) => a.text - b.text || a.start - b.start || b.end - a.end || a.rule - b.rule,
  );
  const findings = countFindings(rules, inOrder);
  const blocked = findings.some(({ action, mode }) => action === 'block' && mode === 'enforce');
  return { findings, blocked, changes: blocked ? [] : mergeChanges(rules, inOrder) };
}

function countFindings(rules: RuleSet, inOrder: readonly Detection[]): readonly Finding[] {
  const counts = rules.rules.map(() => 0);
  const lastText = rules.rules.map(() => -1);
  const lastEnd = rules.rules.map(() => 0);
  for (const { text, start, end, rule } of inOrder) {
    const overlaps = lastText[rule] === text && start < (lastEnd[rule] ?? 0);
    if (!overlaps) counts[rule] = (counts[rule] ?? 0) + 1;
    lastEnd[rule] = overlaps ? Math.max(end, lastEnd[rule] ?? 0) : end;
    lastText[rule] = text;
  }
  const findings: Finding[] = [];
  for (const [index, { id, action, mode }] of rules.rules.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0) findings.push({ rule: id, action: action.kind, mode, count });
  }
  return findings;
}

function mergeChanges(rules: RuleSet, inOrder: readonly Detection[]): readonly Change[] {
  const changes: Change[] = [];
  let winner: Detection | null = null;
  for (const detection of inOrder) {
    const replacement = replacementOf(rules.rules[detection.rule]);
    if (replacement === null) continue;
    const open = changes.at(-1);
    if (open === undefined || winner === null || open.text !== detection.text || detection.start >= open.end) {
      winner = detection;
      changes.push({ text: detection.text, start: detection.start, end: detection.end, with: replacement });
      continue;
    }
    const wins = isStronger(detection, winner);
    if (wins) winner = detection;
    changes[changes.length - 1] = {
      ...open,
      end: Math.max(open.end, detection.end),
      with: wins ? replacement : open.with,
    };
  }
  return changes;
}

/** The longer one; among equals the one whose rule's name comes first; of one rule the one that starts first. */
function isStronger(a: Detection, b: Detection): boolean {
  const longer = a.end - a.start - (b.end - b.start);
  if (longer !== 0) return longer > 0;
  return a.rule !== b.rule ? a.rule < b.rule : a.start < b.start;
}

/** What a rule puts in the place of what it found; null when it leaves it. */
function replacementOf(rule: Rule | undefined): string | null {
  if (rule === undefined || rule.mode === 'alert') return null;
  switch (rule.action.kind) {
    case 'alert':
    case 'block':
      return null;
    case 'redact':
      return '';
    case 'replace':
      return rule.action.with;
  }
}
