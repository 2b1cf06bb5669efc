import { UriIndex } from './uri-index.ts';

/** The URIs that a list of patterns means, as built at load time. */
export interface UriMatcher {
  /** HOT PATH: time is linear in the URI and in the patterns that begin as it does; allocates nothing, cannot throw. */
  matches(uri: string): boolean;
}

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
    const known = built.get(at) ?? new UriIndex([this.#lists[at] ?? []], isOpaque);
    built.set(at, known);
    return known;
  }
}
