import type { Deadline } from '../deadline.ts';
import type { ContentFailure, Detection } from '../detection.ts';

/** A text to look into, and what is known of where it stands. */
export interface Passage {
  readonly text: string;
  /** Names of the JSON members that lead to it, outermost first; empty where there are none. */
  readonly keys: readonly string[];
}

/** A place in one of the passages, what is there, and how sure that is. */
export interface EntityDetection extends Detection {
  /** From the detector's own list: `CREDIT_CARD`, `GITHUB_TOKEN`. Good for counting; the text itself is never kept. */
  readonly entity: string;
  /** Above 0, at most 1. */
  readonly score: number;
}

/**
 * Finds things of certain sorts in texts. Pure and synchronous, in time linear in the texts, and the same on every host.
 * `rule`: position of the rule that asks, among the rules of its set. `deadline`: of the message.
 */
export interface Detector {
  detect(passages: readonly Passage[], rule: number, deadline: Deadline): RecognizeResult;
}

/** What was found, text by text and in order; or why the texts could not be looked through, which blocks them. */
export type RecognizeResult =
  | { readonly ok: true; readonly detections: readonly EntityDetection[] }
  | { readonly ok: false; readonly failure: ContentFailure };

/** What a recognizer believes to have found, before anybody has looked at what stands around it. */
export interface Candidate {
  readonly entity: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** What is costly to find out, and is asked only where the score and the words around suffice; absent = nothing. */
  readonly confirm?: () => boolean;
}

/** Takes what was found; candidates may overlap. */
export type Found = (candidate: Candidate) => void;
