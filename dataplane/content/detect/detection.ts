import { CONTENT_DETECTIONS_MAX, CONTENT_RESEARCH_CHARACTERS_MAX } from '../../limits.ts';
import type { RegexMatcher } from '../regex/engine.ts';
import type { Search } from '../rule-set.ts';
import type { Deadline } from './deadline.ts';

/** A place in one text where a rule applies; offsets are UTF-16 units of the decoded text. */
export interface Detection {
  /** Position among the texts of the message. */
  readonly text: number;
  readonly start: number;
  readonly end: number;
  /** Position among the rules of the set. */
  readonly rule: number;
}

/** A detection as rules are resolved by it, whatever made it. */
export interface RuleDetection extends Detection {
  /** What was found, by the detector's own list; of a pattern, the rule's name as such a word. */
  readonly entity: string;
  /** Above 0, at most 1; a match of a pattern is certain. */
  readonly score: number;
  /** What the groups matched that the rule's replacement refers to; null = it refers to none. */
  readonly captured: ReadonlyMap<string, string> | null;
}

/** Why a message could not be looked through; it is blocked then. */
export const CONTENT_FAILURES = [
  'not-json',
  'too-many-texts',
  'too-many-detections',
  'too-much-work',
  'too-slow',
  'engine',
  'no-key',
  'external',
] as const;
export type ContentFailure = (typeof CONTENT_FAILURES)[number];

/** The detections of one message, bounded, and the time for them too. */
export class Detections {
  readonly found: RuleDetection[] = [];
  /** By position of the rule: the entity of what its patterns match. */
  readonly #entities: readonly string[];
  readonly #deadline: Deadline;
  #researched = 0;
  #failure: ContentFailure | null = null;

  constructor(entities: readonly string[], deadline: Deadline) {
    this.#entities = entities;
    this.#deadline = deadline;
  }

  get failure(): ContentFailure | null {
    return this.#failure ?? (this.#deadline.isPast ? 'too-slow' : null);
  }

  /** HOT PATH. Whether so many characters may be searched. */
  maySearch(characters: number): boolean {
    return this.#deadline.spend(characters) && this.#failure === null;
  }

  /**
   * Takes the match that the matcher stands at in `searched`; text number `text` begins at `base` of that. Returns from
   * where to search on: after the match; but where a check decides, one character into it, since a number before a card can
   * match together with some of its digits, and pass or fail on its own.
   */
  take(search: Search, searched: string, matcher: RegexMatcher, text: number, base: number): number {
    const { start, end } = matcher;
    const part = search.group === 0 ? matcher : matcher.group(search.group);
    if (search.check !== null) {
      this.#researched += end - start;
      if (this.#researched > CONTENT_RESEARCH_CHARACTERS_MAX) this.#failure = 'too-much-work';
      if (part === null || !search.check(searched.slice(part.start, part.end))) return afterCharacter(searched, start);
    }
    if (part !== null && part.end > part.start) {
      const captured = capture(search, searched, matcher);
      for (const rule of search.rules) {
        const entity = this.#entities[rule] ?? '';
        this.found.push({ text, start: part.start - base, end: part.end - base, rule, entity, score: 1, captured });
      }
      if (this.found.length > CONTENT_DETECTIONS_MAX) this.#failure = 'too-many-detections';
    }
    return search.check === null ? end : afterCharacter(searched, start);
  }

  /** Takes what a recognizer found. */
  takeAll(found: readonly Omit<RuleDetection, 'captured'>[]): void {
    for (const detection of found) this.found.push({ ...detection, captured: null });
    if (this.found.length > CONTENT_DETECTIONS_MAX) this.#failure = 'too-many-detections';
  }

  fail(failure: ContentFailure): void {
    this.#failure = failure;
  }
}

function capture({ references }: Search, searched: string, matcher: RegexMatcher): ReadonlyMap<string, string> | null {
  if (references.size === 0) return null;
  const captured = new Map<string, string>();
  for (const [name, group] of references) {
    const part = matcher.group(group);
    if (part !== null) captured.set(name, searched.slice(part.start, part.end));
  }
  return captured;
}

/** The offset after the character at `at`; not after half of a surrogate pair. */
export function afterCharacter(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
