import { strict as assert } from 'node:assert';
import { Deadline, NO_CLOCK } from '../../../../dataplane/content/detect/deadline.ts';
import type { Detector, EntityDetection, Passage } from '../../../../dataplane/content/detect/recognize/recognizer.ts';

/** What a detector finds in one text: `ENTITY text`, in order. */
export function foundIn(detector: Detector, text: string, keys: readonly string[] = []): readonly string[] {
  return detections(detector, text, keys).map(({ entity, start, end }) => `${entity} ${text.slice(start, end)}`);
}

export function detections(detector: Detector, text: string, keys: readonly string[] = []): readonly EntityDetection[] {
  return detectIn(detector, [{ text, keys }]);
}

/** Detections in several texts; it must be possible to look through them. */
export function detectIn(detector: Detector, passages: readonly Passage[], rule = 0): readonly EntityDetection[] {
  const result = detector.detect(passages, rule, new Deadline(NO_CLOCK));
  assert(result.ok, 'nothing is too much');
  return result.detections;
}
