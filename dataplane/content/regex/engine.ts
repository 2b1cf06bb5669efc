/**
 * A regular expression engine that takes time linear in the text, whatever the pattern: RE2, or a port of it. Dialect: RE2's
 * syntax with ASCII classes, so that every engine gives every answer alike. Offsets are UTF-16 units.
 */
export interface RegexEngine {
  readonly name: 're2' | 're2js';
  /** Compiles a pattern that `validatePattern` accepts; throws on any other. */
  compile(pattern: string): RegexPattern;
  /** Compiles several into one automaton. */
  combine(patterns: readonly RegexPattern[]): RegexSet;
}

export interface RegexPattern {
  readonly source: string;
  /** Instructions of the compiled pattern: time per character grows with them at worst. */
  readonly size: number;
  /** It asks where a text or line begins or ends (`^ $ \A \z`), so it must be given texts one by one. */
  readonly isAnchored: boolean;
  /** Named groups, by their numbers. */
  readonly groups: ReadonlyMap<string, number>;
  /** How many groups it has, the whole match not counted. */
  readonly groupCount: number;
  matcher(text: string): RegexMatcher;
}

/** Leftmost-first matches of one pattern in one text. */
export interface RegexMatcher {
  /** Looks for the first match that starts at `from` or later; `start` and `end` are its place when there is one. */
  find(from: number): boolean;
  readonly start: number;
  readonly end: number;
  /** Where a group of the last match is; null when the group took no part in it. Group 0 is the match. */
  group(group: number): Span | null;
}

/** From `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface RegexSet {
  /** The positions, among the patterns combined, of those that occur in the text. */
  hits(text: string): readonly number[];
}
