import type { RuleDetection } from './detect/detection.ts';
import { countEntities, type EntityCounts } from './entity-counts.ts';
import type { Replacement } from './replacement.ts';
import type { Rule, RuleSet } from './rule-set.ts';

/** What a rule found in one message: how often, never what. */
export interface Finding {
  /** Rule id, into the source map. */
  readonly rule: number;
  readonly action: Rule['action'];
  readonly mode: Rule['mode'];
  /** Places found; overlapping ones of the same rule are one. */
  readonly count: number;
  /** The same by what they are. */
  readonly entities: EntityCounts;
  /** How often its detector, one that is asked over the network, gave no answer that can be used. */
  readonly failed: number;
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
 * what is put there, the longest among those, and by rule name among equals. What only alerts changes nothing. `foundIn`:
 * what was found in a place.
 */
export function resolve(
  rules: RuleSet,
  detections: readonly RuleDetection[],
  foundIn: (detection: RuleDetection) => string,
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
  const changes = blocked ? [] : mergeChanges(rules, inOrder, foundIn);
  return { findings, blocked, lacksKey: changes === null, changes: changes ?? [] };
}

/** What one rule found in one place: detections of it that overlap are one. */
interface Found {
  readonly text: number;
  readonly end: number;
  /** The surest of them says what it is. */
  readonly surest: RuleDetection;
}

function countFindings(rules: RuleSet, inOrder: readonly RuleDetection[]): readonly Finding[] {
  const places = rules.rules.map((): Found[] => []);
  for (const detection of inOrder) {
    const { text, start, end, rule } = detection;
    const own = places[rule];
    const last = own?.at(-1);
    if (last === undefined || last.text !== text || start >= last.end) {
      own?.push({ text, end, surest: detection });
    } else {
      const surest = isStronger(detection, last.surest) ? detection : last.surest;
      own?.splice(-1, 1, { text, end: Math.max(end, last.end), surest });
    }
  }
  return rules.rules.flatMap(({ id, action, mode }, rule) => {
    const own = places[rule] ?? [];
    if (own.length === 0) return [];
    const entities = countEntities(own.map(({ surest }) => [surest.entity, 1]));
    return [{ rule: id, action, mode, count: own.length, entities, failed: 0 }];
  });
}

/** A span that becomes one change, and the detection that says what is put there. */
interface Merged {
  readonly text: number;
  readonly start: number;
  readonly end: number;
  readonly winner: RuleDetection;
}

/** Null: what is to be put somewhere cannot be made. */
function mergeChanges(
  rules: RuleSet,
  inOrder: readonly RuleDetection[],
  foundIn: (detection: RuleDetection) => string,
): readonly Change[] | null {
  const merged: Merged[] = [];
  for (const detection of inOrder) {
    if (replacementOf(rules, detection) === null) continue;
    const { text, start, end } = detection;
    const open = merged.at(-1);
    if (open === undefined || open.text !== text || start >= open.end) {
      merged.push({ text, start, end, winner: detection });
      continue;
    }
    const winner = isStronger(detection, open.winner) ? detection : open.winner;
    merged[merged.length - 1] = { ...open, end: Math.max(open.end, end), winner };
  }
  const changes: Change[] = [];
  for (const { text, start, end, winner } of merged) {
    const found = foundIn(winner);
    const put = replacementOf(rules, winner)?.(found, winner) ?? null;
    if (put === null) return null;
    changes.push({ text, start, end, with: put });
  }
  return changes;
}

function replacementOf({ rules }: RuleSet, { rule }: RuleDetection): Replacement | null {
  return rules[rule]?.replacement ?? null;
}

/** The surer one; then the longer; then the one whose rule's name comes first; of one rule the one that starts first. */
export function isStronger(a: RuleDetection, b: RuleDetection): boolean {
  if (a.score !== b.score) return a.score > b.score;
  const longer = a.end - a.start - (b.end - b.start);
  if (longer !== 0) return longer > 0;
  if (a.rule !== b.rule) return a.rule < b.rule;
  return a.start < b.start || (a.start === b.start && a.entity < b.entity);
}
