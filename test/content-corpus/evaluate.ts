import { Deadline, NO_CLOCK } from '../../dataplane/content/detect/deadline.ts';
import type { Detector, EntityDetection } from '../../dataplane/content/detect/recognize/recognizer.ts';
import type { Label, Labelled } from './labelled.ts';

/** How well one sort of thing is found. */
export interface Figure {
  readonly entity: string;
  /** In the texts. */
  readonly labels: number;
  /** By the detector. */
  readonly detections: number;
  /** Detections that are a label. */
  readonly right: number;
  /** Of what is found, how much is it; 1 where nothing is found. */
  readonly precision: number;
  /** Of what is there, how much is found; 1 where nothing is there. */
  readonly recall: number;
}

/** A detection or label that has no other. */
interface Miss {
  readonly sort: 'not found' | 'not there';
  readonly entity: string;
  readonly text: string;
  readonly passage: Labelled;
}

export interface Evaluation {
  /** By name. */
  readonly figures: readonly Figure[];
  readonly misses: readonly Miss[];
}

/** What makes a detection that of a label. */
export type IsFound = (label: Label, detection: EntityDetection) => boolean;

/** Exactly the place, and the right name. */
export const exactly: IsFound = (label, { entity, start, end }) =>
  label.entity === entity && label.start === start && label.end === end;
/** All of it, whatever it is called: nothing of a secret is left. */
export const covered: IsFound = (label, { start, end }) => start <= label.start && label.end <= end;
/** Any part of something of that name. */
export const touched: IsFound = (label, { entity, start, end }) =>
  label.entity === entity && start < label.end && label.start < end;

/** Runs a detector over labelled texts and counts. */
export function evaluate(
  detector: Detector,
  texts: readonly Labelled[],
  isFound: IsFound,
  entities: ReadonlySet<string> | null = null,
): Evaluation {
  const counts = new Map<string, { labels: number; detections: number; right: number; found: number }>();
  const misses: Miss[] = [];
  const countOf = (entity: string) => {
    const count = counts.get(entity) ?? { labels: 0, detections: 0, right: 0, found: 0 };
    counts.set(entity, count);
    return count;
  };
  for (const passage of texts) {
    const result = detector.detect([passage], 0, new Deadline(NO_CLOCK));
    if (!result.ok) throw new Error(result.failure);
    const { detections } = result;
    const wanted = passage.labels.filter(({ entity }) => entities?.has(entity) ?? true);
    const miss = (sort: Miss['sort'], entity: string, { start, end }: { start: number; end: number }): void => {
      misses.push({ sort, entity, text: passage.text.slice(start, end), passage });
    };
    for (const label of wanted) {
      const count = countOf(label.entity);
      count.labels++;
      if (detections.some((detection) => isFound(label, detection))) count.found++;
      else miss('not found', label.entity, label);
    }
    for (const detection of detections) {
      const count = countOf(detection.entity);
      count.detections++;
      if (passage.labels.some((label) => isFound(label, detection))) count.right++;
      else miss('not there', detection.entity, detection);
    }
  }
  const figures = [...counts].map(([entity, { labels, detections, right, found }]) => ({
    entity,
    labels,
    detections,
    right,
    precision: detections === 0 ? 1 : right / detections,
    recall: labels === 0 ? 1 : found / labels,
  }));
  return { figures: figures.sort((a, b) => (a.entity < b.entity ? -1 : 1)), misses };
}
