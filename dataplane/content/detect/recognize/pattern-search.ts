import type { RegexEngine, RegexPattern, RegexSet } from '../../regex/engine.ts';
import { CONTENT_CHARACTERS_PER_MATCH } from '../../../limits.ts';
import { joinBlocks } from '../block.ts';
import type { Deadline } from '../deadline.ts';
import { afterCharacter } from '../detection.ts';

/** One pattern to search for. */
export interface SoughtPattern {
  /** RE2 syntax; asks neither where a text begins nor where it ends. */
  readonly source: string;
  /** Every match has one of these in it, letter by letter; empty = nothing is known of that. */
  readonly literals: readonly string[];
}

/** Told of a match: which pattern, in which text, from where to where. */
export type OnMatch = (pattern: number, text: number, start: number, end: number) => void;

/**
 * Several patterns in several texts. Which of them can occur at all is asked first: by their literals, where they have any;
 * of the others together, in joined texts. Then each text is searched alone for what may be in it.
 */
export class PatternSearch {
  readonly #byLiteral: readonly Indexed[];
  readonly #others: readonly Indexed[];
  readonly #set: RegexSet | null;

  constructor(engine: RegexEngine, patterns: readonly SoughtPattern[]) {
    const compiled = patterns.map(({ source, literals }, index) => ({
      index,
      literals,
      pattern: engine.compile(source),
    }));
    this.#byLiteral = compiled.filter(({ literals }) => literals.length > 0);
    this.#others = compiled.filter(({ literals }) => literals.length === 0);
    this.#set = this.#others.length === 0 ? null : engine.combine(this.#others.map(({ pattern }) => pattern));
  }

  /** Matches of one pattern do not overlap; those of two may. Stops where the deadline is past, and whoever has it says so. */
  search(texts: readonly string[], deadline: Deadline, onMatch: OnMatch): void {
    for (const { joined, first, starts } of joinBlocks(texts)) {
      if (!deadline.spend(joined.length)) return;
      const possible = this.#byLiteral.filter(({ literals }) => literals.some((literal) => joined.includes(literal)));
      for (const hit of this.#set?.hits(joined) ?? []) {
        const pattern = this.#others[hit];
        if (pattern !== undefined) possible.push(pattern);
      }
      for (const { index, pattern } of possible) {
        if (!deadline.spend(joined.length)) return;
        for (let text = first; text < first + starts.length; text++) {
          searchText(pattern, texts[text] ?? '', deadline, (start, end) => onMatch(index, text, start, end));
        }
      }
    }
  }
}

interface Indexed {
  readonly index: number;
  readonly literals: readonly string[];
  readonly pattern: RegexPattern;
}

function searchText(
  pattern: RegexPattern,
  text: string,
  deadline: Deadline,
  onMatch: (start: number, end: number) => void,
): void {
  const matcher = pattern.matcher(text);
  for (let from = 0; !deadline.isPast && from <= text.length && matcher.find(from);) {
    deadline.spend(CONTENT_CHARACTERS_PER_MATCH);
    const { start, end } = matcher;
    if (end > start) onMatch(start, end);
    from = end > start ? end : afterCharacter(text, start);
  }
}
