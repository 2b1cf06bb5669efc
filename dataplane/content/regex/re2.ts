import { createRequire } from 'node:module';
import type { RegexEngine, RegexMatcher, RegexPattern, RegexSet, Span } from './engine.ts';
import { re2js } from './re2js.ts';

/** What is used of the package, whose own types are there only where it is. */
interface Native {
  new (source: string, flags: string): Compiled;
  readonly Set: new (sources: readonly string[], flags: string) => NativeSet;
}

interface Compiled {
  lastIndex: number;
  readonly internalSource: string;
  exec(text: string): RegExpExecArray | null;
}

interface NativeSet {
  match(text: string): readonly number[];
}

/**
 * RE2 itself, where the optional package `re2` is installed and built for this platform; null elsewhere. Several times as
 * fast as re2js, and the same answers: a pattern of which that is not certain runs on re2js here too.
 */
export function loadRe2(): RegexEngine | null {
  try {
    const native: Native = createRequire(import.meta.url)('re2');
    return {
      name: 're2',
      compile: (source) => compile(native, source),
      combine: (patterns) => new Re2Set(native, patterns),
    };
  } catch {
    return null;
  }
}

function compile(native: Native, source: string): RegexPattern {
  const portable = re2js.compile(source);
  if (!isAlike(source)) return portable;
  try {
    const compiled = new native(source, 'gu');
    return plain(compiled.internalSource) === plain(source) ? new Re2Pattern(native, portable, compiled) : portable;
  } catch {
    // Such as a pattern that needs more memory than RE2 grants.
    return portable;
  }
}

/** Quoting is read by the package before RE2 sees it, and what has which property depends on the version of Unicode. */
function isAlike(source: string): boolean {
  return !['\\Q', '\\p', '\\P', '\\c', '\\C', '\\u'].some((escape) => source.includes(escape));
}

/** The package writes slashes and names of groups its own way; whatever else it changes could mean something else. */
function plain(source: string): string {
  return source.replaceAll('\\/', '/').replaceAll('(?P<', '(?<');
}

class Re2Pattern implements RegexPattern {
  readonly source: string;
  readonly size: number;
  readonly isAnchored: boolean;
  readonly groups: ReadonlyMap<string, number>;
  readonly groupCount: number;
  readonly #native: Native;
  readonly #portable: RegexPattern;
  readonly #compiled: Compiled;
  #withGroups: Compiled | null = null;

  constructor(native: Native, portable: RegexPattern, compiled: Compiled) {
    const { source, size, isAnchored, groups, groupCount } = portable;
    this.source = source;
    this.size = size;
    this.isAnchored = isAnchored;
    this.groups = groups;
    this.groupCount = groupCount;
    this.#native = native;
    this.#portable = portable;
    this.#compiled = compiled;
  }

  matcher(text: string): RegexMatcher {
    // The package loses its place behind half of a surrogate pair. No message has one; what else is searched could.
    if (!text.isWellFormed()) return this.#portable.matcher(text);
    return new Re2Matcher(this.#compiled, text, () => (this.#withGroups ??= new this.#native(this.source, 'duy')));
  }
}

class Re2Matcher implements RegexMatcher {
  start = 0;
  end = 0;
  readonly #compiled: Compiled;
  readonly #text: string;
  readonly #withGroups: () => Compiled;

  constructor(compiled: Compiled, text: string, withGroups: () => Compiled) {
    this.#compiled = compiled;
    this.#text = text;
    this.#withGroups = withGroups;
  }

  find(from: number): boolean {
    this.#compiled.lastIndex = from;
    const match = this.#compiled.exec(this.#text);
    if (match === null) return false;
    this.start = match.index;
    this.end = match.index + match[0].length;
    return true;
  }

  /** Where groups are is asked of few matches, and costs as much as finding them. */
  group(group: number): Span | null {
    const compiled = this.#withGroups();
    compiled.lastIndex = this.start;
    const place = compiled.exec(this.#text)?.indices?.[group];
    return place === undefined ? null : { start: place[0], end: place[1] };
  }
}

class Re2Set implements RegexSet {
  readonly #native: NativeSet | null;
  /** By position in the native set: that among all. */
  readonly #positions: readonly number[];
  readonly #others: RegexSet | null;
  readonly #otherPositions: readonly number[];
  readonly #patterns: readonly RegexPattern[];
  #all: RegexSet | null = null;

  constructor(native: Native, patterns: readonly RegexPattern[]) {
    const at = (isNative: boolean): readonly number[] =>
      patterns.flatMap((pattern, index) => (pattern instanceof Re2Pattern === isNative ? [index] : []));
    const pick = (positions: readonly number[]): readonly RegexPattern[] =>
      patterns.filter((_pattern, index) => positions.includes(index));
    this.#patterns = patterns;
    this.#positions = at(true);
    this.#otherPositions = at(false);
    const sources = pick(this.#positions).map(({ source }) => source);
    this.#native = sources.length === 0 ? null : new native.Set(sources, 'u');
    this.#others = this.#otherPositions.length === 0 ? null : re2js.combine(pick(this.#otherPositions));
  }

  hits(text: string): readonly number[] {
    if (!text.isWellFormed()) return this.#portableHits(text);
    let native: readonly number[];
    try {
      native = this.#native?.match(text) ?? [];
    } catch {
      // RE2 gives up where its automaton needs more memory than it grants.
      return this.#portableHits(text);
    }
    const hits = native.map((hit) => this.#positions[hit] ?? -1);
    if (this.#others === null) return hits;
    const others = this.#others.hits(text).map((hit) => this.#otherPositions[hit] ?? -1);
    return [...hits, ...others].sort((a, b) => a - b);
  }
  #portableHits(text: string): readonly number[] {
    this.#all ??= re2js.combine(this.#patterns);
    return this.#all.hits(text);
  }
}
