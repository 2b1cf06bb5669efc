import { withoutOverlaps, type Precedence } from './overlaps.ts';
import type { Candidate, EntityDetection, RecognizeResult } from './recognizer.ts';
import type { Work } from './work.ts';

/** What a detector reports of its candidates, which are given text by text. */
export function reportFound(
  found: readonly (readonly Candidate[])[],
  precedence: Precedence,
  rule: number,
  work: Work,
): RecognizeResult {
  const detections: EntityDetection[] = [];
  for (const [text, candidates] of found.entries()) {
    for (const { entity, start, end, score } of withoutOverlaps(candidates, precedence)) {
      detections.push({ text, start, end, rule, entity, score });
    }
  }
  return work.failure === null ? { ok: true, detections } : { ok: false, failure: work.failure };
}
