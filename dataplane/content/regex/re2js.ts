import { RE2JS, RE2Set, type Matcher } from 're2js';
import type { RegexEngine, RegexMatcher, RegexPattern, RegexSet, Span } from './engine.ts';
import { readProgram } from './program.ts';
import { WINDOW_MATCH_MAX, WindowMatcher } from './re2js-window.ts';

/** RE2 in JavaScript: runs wherever Node does, with no install script. */
export const re2js: RegexEngine = {
  name: 're2js',
  compile: (pattern) => new Re2jsPattern(pattern),
  combine: (patterns) => new Re2jsSet(patterns),
};

class Re2jsPattern implements RegexPattern {
  readonly source: string;
  readonly size: number;
  readonly isAnchored: boolean;
  readonly groups: ReadonlyMap<string, number>;
  readonly groupCount: number;
  readonly #compiled: RE2JS;
  readonly #longest: number | null;

  constructor(source: string) {
    this.source = source;
    this.#compiled = RE2JS.compile(source);
    const { size, isAnchored, longest } = readProgram(this.#compiled);
    this.size = size;
    this.isAnchored = isAnchored;
    this.groups = new Map(Object.entries(this.#compiled.namedGroups()));
    this.groupCount = this.#compiled.groupCount();
    this.#longest = isAnchored || longest === null || longest > WINDOW_MATCH_MAX ? null : longest;
  }

  matcher(text: string): RegexMatcher {
    if (this.#longest !== null) return new WindowMatcher(this.#compiled, text, this.#longest);
    return new Re2jsMatcher(this.#compiled.matcher(text));
  }
}

class Re2jsMatcher implements RegexMatcher {
  start = 0;
  end = 0;
  readonly #matcher: Matcher;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  find(from: number): boolean {
    if (!this.#matcher.find(from)) return false;
    this.start = this.#matcher.start();
    this.end = this.#matcher.end();
    return true;
  }

  group(group: number): Span | null {
    const start = this.#matcher.start(group);
    return start < 0 ? null : { start, end: this.#matcher.end(group) };
  }
}

class Re2jsSet implements RegexSet {
  readonly #set = new RE2Set();

  constructor(patterns: readonly RegexPattern[]) {
    for (const pattern of patterns) this.#set.add(pattern.source);
    this.#set.compile();
  }

  hits(text: string): readonly number[] {
    return this.#set.match(text);
  }
}
