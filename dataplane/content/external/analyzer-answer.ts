import { CONTENT_DETECTIONS_MAX } from '../../limits.ts';
import { unitsOfCodePoints } from './code-points.ts';
import type { AnalyzerFinding } from './detector.ts';
import { isEntity, membersByName, readJson } from './read-json.ts';

type Found = readonly (readonly AnalyzerFinding[])[];

/**
 * What an analyzer says that it found in the texts: a list of findings for each (`POST /analyze` of Presidio, with a list of
 * texts). Offsets are code points. One thing that cannot be true, and nothing of it is believed: null.
 */
export function readAnalyzerAnswer(bytes: Buffer, texts: readonly string[]): Found | null {
  const answer = readJson(bytes);
  if (!Array.isArray(answer) || answer.length !== texts.length) return null;
  const found: (readonly AnalyzerFinding[])[] = [];
  let count = 0;
  for (const [at, text] of texts.entries()) {
    const list: unknown = answer[at];
    if (!Array.isArray(list)) return null;
    count += list.length;
    if (count > CONTENT_DETECTIONS_MAX) return null;
    const findings = readFindings(list, text);
    if (findings === null) return null;
    found.push(findings);
  }
  return found;
}

function readFindings(list: readonly unknown[], text: string): readonly AnalyzerFinding[] | null {
  if (list.length === 0) return [];
  const unitOf = unitsOfCodePoints(text);
  const findings: AnalyzerFinding[] = [];
  for (const item of list) {
    const members = membersByName(item);
    const start = unitOf(members?.get('start'));
    const end = unitOf(members?.get('end'));
    const entity = members?.get('entity_type');
    const score = members?.get('score');
    if (start === null || end === null || start >= end || !isEntity(entity)) return null;
    if (typeof score !== 'number' || score < 0 || score > 1) return null;
    findings.push({ start, end, entity, score });
  }
  return findings;
}
