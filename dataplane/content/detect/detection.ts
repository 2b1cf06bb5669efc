import { CONTENT_DETECTIONS_MAX, CONTENT_RESEARCH_CHARACTERS_MAX } from '../../limits.ts';
import type { Search } from '../rule-set.ts';

/** A place in one text where a rule applies; offsets are UTF-16 units of the decoded text. */
export interface Detection {
  /** Position among the texts of the message. */
  readonly text: number;
  readonly start: number;
  readonly end: number;
  /** Position among the rules of the set. */
  readonly rule: number;
}

/** Why a message could not be looked through; it is blocked then. */
export const CONTENT_FAILURES = [
  'not-json',
  'too-many-texts',
  'too-many-detections',
  'too-much-work',
  'engine',
] as const;
export type ContentFailure = (typeof CONTENT_FAILURES)[number];

/** The detections of one message, bounded. */
export class Detections {
  readonly found: Detection[] = [];
  #researched = 0;
  #failure: ContentFailure | null = null;

  get failure(): ContentFailure | null {
    return this.#failure;
  }

  /**
   * Takes a match, `start` to `end` of `searched`, which stands in text number `text` that begins at `base`. Returns from
   * where to search on: after the match; but where a check decides, one character into it, since a number before a card can
   * match together with some of its digits, and pass or fail on its own.
   */
  take(search: Search, searched: string, start: number, end: number, text: number, base: number): number {
    if (search.check !== null) {
      this.#researched += end - start;
      if (this.#researched > CONTENT_RESEARCH_CHARACTERS_MAX) this.#failure = 'too-much-work';
      if (!search.check(searched.slice(start, end))) return afterCharacter(searched, start);
    }
    for (const rule of search.rules) this.found.push({ text, start: start - base, end: end - base, rule });
    if (this.found.length > CONTENT_DETECTIONS_MAX) this.#failure = 'too-many-detections';
    return search.check === null ? end : afterCharacter(searched, start);
  }
}

/** The offset after the character at `at`; not after half of a surrogate pair. */
export function afterCharacter(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
