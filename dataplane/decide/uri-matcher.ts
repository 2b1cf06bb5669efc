import { UriGlob } from './uri-glob.ts';

/** The URIs that a list of patterns means, as built at load time. */
export interface UriMatcher {
  /** HOT PATH: time is linear in the URI and in the number of patterns with runs; allocates nothing, cannot throw. */
  matches(uri: string): boolean;
}

/**
 * @param isOpaque The URIs are of a server that says so: then only exact texts and `**`, which is any, match (language.md,
 * rule 10).
 */
export function buildUriMatcher(patterns: readonly string[], isOpaque: boolean): UriMatcher {
  if (isOpaque && patterns.includes('**')) return EVERYTHING;
  const hasRun = (pattern: string): boolean => !isOpaque && pattern.includes('*');
  const exact = new Set(patterns.filter((pattern) => !hasRun(pattern)));
  const globs = patterns.filter(hasRun).map((pattern) => new UriGlob(pattern));
  return {
    matches(uri) {
      if (exact.size > 0 && exact.has(uri)) return true;
      for (const glob of globs) if (glob.matches(uri)) return true;
      return false;
    },
  };
}

const EVERYTHING: UriMatcher = { matches: () => true };

/** Matchers of the pattern lists of a policy: each list is built once for normal and once for opaque URIs, when asked for. */
export class UriMatchers {
  readonly #lists: readonly (readonly string[])[];
  readonly #normal = new Map<number, UriMatcher>();
  readonly #opaque = new Map<number, UriMatcher>();

  constructor(lists: readonly (readonly string[])[]) {
    this.#lists = lists;
  }

  /** @param at Index into the policy's uriPatterns; one that does not exist matches nothing. */
  at(at: number, isOpaque: boolean): UriMatcher {
    const built = isOpaque ? this.#opaque : this.#normal;
    const known = built.get(at) ?? buildUriMatcher(this.#lists[at] ?? [], isOpaque);
    built.set(at, known);
    return known;
  }
}
