import { stringToken } from '../json/text.ts';
import { detect } from './detect/detect.ts';
import type { RuleDetection } from './detect/detection.ts';
import { leavesOfSpan, type Leaf } from './leaves.ts';
import type { RuleSet } from './rule-set.ts';
import { inTexts, isFor } from './settle.ts';

/** Something that a rule found in a text, for whoever gave the text: what is found goes nowhere else. */
export interface Found {
  readonly rule: string;
  readonly action: string;
  readonly mode: 'enforce' | 'alert';
  readonly entity: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly text: string;
  /** Names of the nearest JSON members that lead to it; empty where the text is no JSON. */
  readonly keys: readonly string[];
}

/** What the rules find in a text, before it is decided what becomes of it; empty where it could not be looked through. */
export function explainText(rules: RuleSet, text: string): readonly Found[] {
  const { leaves, detections } = detectTexts(rules, [text]);
  return detections.flatMap(({ text: at, start, end, rule: position, entity, score }) => {
    const leaf = leaves[at];
    const rule = rules.rules[position];
    if (leaf === undefined || rule === undefined) return [];
    const { name, action, mode } = rule;
    return [{ rule: name, action, mode, entity, score, text: leaf.text.slice(start, end), keys: leaf.keys }];
  });
}

/** The places that rules find in texts, and the texts, or texts within them, that these are in. */
export interface DetectedTexts {
  readonly leaves: readonly Leaf[];
  readonly detections: readonly RuleDetection[];
}

const NOTHING: DetectedTexts = { leaves: [], detections: [] };

/**
 * What the rules find in texts, place by place; nothing where these could not be looked through, together. Which texts there
 * are within the texts does not depend on the rules.
 */
export function detectTexts(rules: RuleSet, texts: readonly string[]): DetectedTexts {
  const token = Buffer.from(`[${texts.map((text) => stringToken(text)).join()}]`, 'utf8');
  const wanted = { keys: rules.keys, numbers: rules.numbers, paths: true, open: false };
  const gathered = leavesOfSpan(token, { start: 0, end: token.length }, wanted);
  if (rules.empty || !gathered.ok) return NOTHING;
  const { leaves, holders } = gathered.leaves;
  const found = detect(
    rules,
    leaves.map((leaf, at) => ({ text: holders.has(at) ? '' : leaf.text, keys: leaf.keys })),
  );
  if (!found.ok) return NOTHING;
  const counting = found.detections.filter(({ text: at, rule }) => isFor(rules, rule, leaves[at]));
  return { leaves, detections: inTexts(leaves, counting).places };
}
