import type { Edit } from '../../json/splice.ts';
import { CONTENT_DETECTIONS_MAX } from '../../limits.ts';
import { Deadline } from '../detect/deadline.ts';
import type { RuleDetection } from '../detect/detection.ts';
import type { Leaf, Leaves, LeavesResult } from '../leaves.ts';
import type { Finding } from '../resolve.ts';
import type { RuleSet } from '../rule-set.ts';
import { detectIn, failed, isFor, settle, type Blocked } from '../settle.ts';
import type { ExternalRule } from './detector.ts';
import { failuresOf, mergeFindings } from './merge-findings.ts';

/** What the detectors made of the parts of a message. */
export type Looked =
  | {
      readonly kind: 'passed';
      /** Of each part, in the order of the parts; each list in order. */
      readonly edits: readonly (readonly Edit[])[];
      readonly findings: readonly Finding[];
    }
  | Blocked;

/** A part of a message, and what was found in it. */
interface Part {
  readonly leaves: Leaves;
  readonly detections: readonly RuleDetection[];
}

/** Where a text that an analyzer is asked about stands. */
interface Place {
  readonly part: number;
  readonly leaf: number;
}

/**
 * Looks through the parts of a message with all detectors that find places: those of this process, and analyzers. All see
 * the original texts, and what they find is resolved together, so that their order is nothing. What this process blocks is
 * shown to nobody.
 */
export async function lookThrough(
  rules: RuleSet,
  gathered: readonly LeavesResult[],
  signal: AbortSignal,
): Promise<Looked> {
  const parts: Part[] = [];
  const deadline = new Deadline(rules.clock);
  for (const each of gathered) {
    if (!each.ok) return failed(each.failure);
    const found = detectIn(rules, each.leaves, deadline);
    if (!found.ok) return failed(found.failure);
    parts.push({ leaves: each.leaves, detections: found.detections });
  }
  const first = settleAll(rules, parts);
  if (first.kind === 'blocked' || rules.external.length === 0) return first;
  const asked = await Promise.all(rules.external.map((external) => askAnalyzer(rules, external, parts, signal)));
  const silent = rules.external.filter((_, at) => asked[at]?.kind === 'silent');
  const failures = failuresOf(
    rules,
    silent.map(({ rule }) => rule),
  );
  if (signal.aborted || silent.some((external) => blocksWhenSilent(rules, external))) {
    return { kind: 'blocked', failure: 'external', findings: mergeFindings([first.findings, failures]) };
  }
  if (asked.some(({ kind }) => kind === 'too-many')) return failed('too-many-detections');
  const found = asked.flatMap((answer) => (answer.kind === 'found' ? answer.detections : []));
  const looked = found.length === 0 ? first : settleAll(rules, withDetections(parts, found));
  return { ...looked, findings: mergeFindings([looked.findings, failures]) };
}

/** Whether a message may not pass since a detector gave no answer. A rule that is tried out holds nothing back. */
export function blocksWhenSilent({ rules }: RuleSet, { rule, onFailure, detector }: ExternalRule): boolean {
  if (rules[rule]?.mode === 'alert') return false;
  return onFailure === 'block' || detector.kind === 'unavailable';
}

function settleAll(rules: RuleSet, parts: readonly Part[]): Looked {
  const edits: (readonly Edit[])[] = [];
  const findings: (readonly Finding[])[] = [];
  for (const { leaves, detections } of parts) {
    const settled = settle(rules, leaves, detections);
    findings.push(settled.findings);
    if (settled.kind === 'blocked') return { ...settled, findings: mergeFindings(findings) };
    edits.push(settled.kind === 'changed' ? settled.edits : []);
  }
  return { kind: 'passed', edits, findings: mergeFindings(findings) };
}

/** A detection in one of several parts. */
interface Placed {
  readonly part: number;
  readonly detection: RuleDetection;
}

/** `not-asked`: the detector is no analyzer. */
type Asked =
  | { readonly kind: 'found'; readonly detections: readonly Placed[] }
  | { readonly kind: 'silent' | 'too-many' | 'not-asked' };

/** Asks an analyzer about the texts that its rule looks into, each once, though it may stand in many places. */
async function askAnalyzer(
  rules: RuleSet,
  { rule, detector }: ExternalRule,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<Asked> {
  if (detector.kind === 'webhook') return { kind: 'not-asked' };
  // It may have been a webhook, which is asked about what has no texts, too.
  if (detector.kind === 'unavailable') return { kind: 'silent' };
  const placesByText = placesOf(rules, rule, parts);
  const texts = [...placesByText.keys()];
  if (texts.length === 0) return { kind: 'found', detections: [] };
  const answer = await detector.analyze(texts, signal);
  if (!answer.ok || answer.found.length !== texts.length) return { kind: 'silent' };
  const detections: Placed[] = [];
  for (const [index, places] of [...placesByText.values()].entries()) {
    const found = answer.found[index] ?? [];
    if (detections.length + found.length * places.length > CONTENT_DETECTIONS_MAX) return { kind: 'too-many' };
    for (const { start, end, entity, score } of found) {
      for (const { part, leaf: text } of places) {
        detections.push({ part, detection: { text, start, end, rule, entity, score, captured: null } });
      }
    }
  }
  return { kind: 'found', detections };
}

function placesOf(rules: RuleSet, rule: number, parts: readonly Part[]): ReadonlyMap<string, readonly Place[]> {
  const placesByText = new Map<string, Place[]>();
  for (const [part, { leaves }] of parts.entries()) {
    for (const [leaf, each] of leaves.leaves.entries()) {
      if (!isLookedInto(rules, rule, leaves, leaf, each)) continue;
      const known = placesByText.get(each.text);
      if (known === undefined) placesByText.set(each.text, [{ part, leaf }]);
      else known.push({ part, leaf });
    }
  }
  return placesByText;
}

function isLookedInto(rules: RuleSet, rule: number, { holders }: Leaves, at: number, leaf: Leaf): boolean {
  return leaf.text !== '' && !holders.has(at) && isFor(rules, rule, leaf);
}

function withDetections(parts: readonly Part[], found: readonly Placed[]): readonly Part[] {
  const byPart = Map.groupBy(found, ({ part }) => part);
  return parts.map(({ leaves, detections }, at) => {
    const more = byPart.get(at)?.map(({ detection }) => detection) ?? [];
    return { leaves, detections: [...detections, ...more] };
  });
}
