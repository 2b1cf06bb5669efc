import type { Matcher, RE2JS } from 're2js';
import type { RegexMatcher, Span } from './engine.ts';

/** Whether there is anything at all is asked of this much text at once. */
const FAR_CHARACTERS = 2_048;
/** Where there is, it is looked for in pieces of this size. */
const NEAR_CHARACTERS = 96;

/** Windows pay while they are not much larger than what they advance by. */
export const WINDOW_MATCH_MAX = 256;

/**
 * Matches of a pattern whose matches have at most `longest` UTF-16 units. re2js says quickly *whether* a pattern occurs but
 * slowly *where*, and the slower the longer the text; a window that reaches one match and one character past the places
 * where a match may start gives exactly what the whole text would. Not for patterns that ask where a text ends.
 */
export class WindowMatcher implements RegexMatcher {
  start = 0;
  end = 0;
  readonly #pattern: RE2JS;
  readonly #text: string;
  readonly #longest: number;
  /** Up to here something may start, as far as was asked. */
  #askedTo = 0;
  /** What found the last match, in a window that began at `#begin`. */
  #matcher: Matcher | null = null;
  #begin = 0;

  constructor(pattern: RE2JS, text: string, longest: number) {
    this.#pattern = pattern;
    this.#text = text;
    this.#longest = longest;
  }

  find(from: number): boolean {
    const { length } = this.#text;
    for (let at = from; ;) {
      if (at >= this.#askedTo) {
        const to = this.#boundary(at + FAR_CHARACTERS);
        if (!this.#pattern.test(this.#window(at, to))) {
          if (to === length) return false;
          at = to;
          continue;
        }
        this.#askedTo = to;
      }
      const to = Math.min(this.#askedTo, this.#boundary(at + NEAR_CHARACTERS));
      if (this.#findIn(at, to)) return true;
      if (to === length) return false;
      at = to;
    }
  }

  /** Looks for the first match that starts at `at` or later and before `to`. */
  #findIn(at: number, to: number): boolean {
    const window = this.#window(at, to);
    const begin = Math.max(0, at - 1);
    const matcher = this.#pattern.matcher(window);
    if (!matcher.find(at - begin)) return false;
    const start = begin + matcher.start();
    // Behind `to` the window may end before the match does.
    if (start >= to && begin + window.length < this.#text.length) return false;
    this.start = start;
    this.end = begin + matcher.end();
    this.#matcher = matcher;
    this.#begin = begin;
    return true;
  }

  group(group: number): Span | null {
    const start = this.#matcher?.start(group) ?? -1;
    return start < 0 ? null : { start: this.#begin + start, end: this.#begin + (this.#matcher?.end(group) ?? start) };
  }

  /** The text from one unit before `at`, which word boundaries ask about, to one after the longest match that starts before `to`. */
  #window(at: number, to: number): string {
    return this.#text.slice(Math.max(0, at - 1), to + this.#longest + 1);
  }

  /** The offset itself, or the text's length, or one less where the offset is inside a surrogate pair. */
  #boundary(offset: number): number {
    if (offset >= this.#text.length) return this.#text.length;
    const unit = this.#text.charCodeAt(offset);
    return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
  }
}
