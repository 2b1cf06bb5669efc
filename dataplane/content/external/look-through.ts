import type { Edit } from '../../json/splice.ts';
import { Deadline } from '../detect/deadline.ts';
import type { RuleDetection } from '../detect/detection.ts';
import type { Leaf, Leaves, LeavesResult } from '../leaves.ts';
import type { Finding } from '../resolve.ts';
import type { RuleSet } from '../rule-set.ts';
import { detectIn, failed, isFor, settle, type Blocked } from '../settle.ts';
import type { Analyzer, AnalyzerAnswer, ExternalRule } from './detector.ts';
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
  const silent = rules.external.filter((_, at) => asked[at]?.ok === false);
  const failures = failuresOf(
    rules,
    silent.map(({ rule }) => rule),
  );
  if (signal.aborted || silent.some((external) => blocksWhenSilent(rules, external))) {
    return { kind: 'blocked', failure: 'external', findings: mergeFindings([first.findings, failures]) };
  }
  const found = asked.flatMap((answer) => (answer?.ok === true ? answer.detections : []));
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

type Asked = { readonly ok: true; readonly detections: readonly Placed[] } | { readonly ok: false } | null;

/** Asks an analyzer about the texts that its rule looks into, each once; null = the detector is none. */
async function askAnalyzer(
  rules: RuleSet,
  { rule, detector }: ExternalRule,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<Asked> {
  if (detector.kind === 'webhook') return null;
  const placesByText = placesOf(rules, rule, parts);
  const texts = [...placesByText.keys()];
  if (texts.length === 0) return { ok: true, detections: [] };
  const answer = detector.kind === 'unavailable' ? NO_ANSWER : await answerOf(detector, texts, signal);
  if (!answer.ok) return { ok: false };
  const detections: Placed[] = [];
  for (const [index, places] of [...placesByText.values()].entries()) {
    for (const { start, end, entity, score } of answer.found[index] ?? []) {
      for (const { part, leaf: text } of places) {
        detections.push({ part, detection: { text, start, end, rule, entity, score, captured: null } });
      }
    }
  }
  return { ok: true, detections };
}

const NO_ANSWER: AnalyzerAnswer = { ok: false, failure: 'unreachable' };

async function answerOf(analyzer: Analyzer, texts: readonly string[], signal: AbortSignal): Promise<AnalyzerAnswer> {
  const answer = await analyzer.analyze(texts, signal);
  return answer.ok && answer.found.length !== texts.length ? NO_ANSWER : answer;
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
