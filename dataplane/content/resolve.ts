import type { RuleDetection } from './detect/detection.ts';
import type { Rule, RuleSet } from './rule-set.ts';

/** What a rule found in one message: how often, never what. */
export interface Finding {
  /** Rule id, into the source map. */
  readonly rule: number;
  readonly action: Rule['action'];
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
  /** Something was found and what to put there cannot be made, as a secret is missing. */
  readonly lacksKey: boolean;
  readonly changes: readonly Change[];
}

/**
 * Decides between the detections of all rules, which were made on the original texts, so that the order of rules has no
 * effect: a rule that blocks wins over everything; detections that overlap become one span, and the surest of them says
 * what is put there, the longest among those, and by rule name among equals. What only alerts changes nothing.
 */
export function resolve(
  rules: RuleSet,
  detections: readonly RuleDetection[],
  textOf: (text: number) => string,
): Resolution {
  const inOrder = [...detections].sort(
    (a, b) =>
      a.text - b.text ||
      a.start - b.start ||
      b.end - a.end ||
      a.rule - b.rule ||
      Number(a.entity > b.entity) - Number(a.entity < b.entity),
  );
  const findings = countFindings(rules, inOrder);
  const blocked = findings.some(({ action, mode }) => action === 'block' && mode === 'enforce');
  const lacksKey = inOrder.some(({ rule }) => rules.rules[rule]?.replacement === 'missing');
  return { findings, blocked, lacksKey, changes: blocked || lacksKey ? [] : mergeChanges(rules, inOrder, textOf) };
}

function countFindings(rules: RuleSet, inOrder: readonly RuleDetection[]): readonly Finding[] {
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
    if (count > 0) findings.push({ rule: id, action, mode, count });
  }
  return findings;
}

/** A span that becomes one change, and the detection that says what is put there. */
interface Merged {
  readonly text: number;
  readonly start: number;
  readonly end: number;
  readonly winner: RuleDetection;
}

function mergeChanges(
  rules: RuleSet,
  inOrder: readonly RuleDetection[],
  textOf: (text: number) => string,
): readonly Change[] {
  const merged: Merged[] = [];
  for (const detection of inOrder) {
    if (typeof rules.rules[detection.rule]?.replacement !== 'function') continue;
    const { text, start, end } = detection;
    const open = merged.at(-1);
    if (open === undefined || open.text !== text || start >= open.end) {
      merged.push({ text, start, end, winner: detection });
      continue;
    }
    const winner = isStronger(detection, open.winner) ? detection : open.winner;
    merged[merged.length - 1] = { ...open, end: Math.max(open.end, end), winner };
  }
  return merged.map(({ text, start, end, winner }) => {
    const replacement = rules.rules[winner.rule]?.replacement;
    const found = textOf(text).slice(winner.start, winner.end);
    return { text, start, end, with: typeof replacement === 'function' ? replacement(found, winner) : '' };
  });
}

/** The surer one; then the longer; then the one whose rule's name comes first; of one rule the one that starts first. */
function isStronger(a: RuleDetection, b: RuleDetection): boolean {
  if (a.score !== b.score) return a.score > b.score;
  const longer = a.end - a.start - (b.end - b.start);
  if (longer !== 0) return longer > 0;
  if (a.rule !== b.rule) return a.rule < b.rule;
  return a.start < b.start || (a.start === b.start && a.entity < b.entity);
}
