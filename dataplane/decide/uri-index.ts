import { UriGlob } from './uri-glob.ts';

/** A pattern, and whose it is. */
interface Indexed {
  /** Null: it has no runs, and matches its head alone. */
  readonly glob: UriGlob | null;
  readonly owners: readonly number[];
}

/**
 * Finds among any number of patterns those that match a URI. They are sorted by their heads, which is what stands before
 * the first run: a head that a URI begins with is the last one that sorts before it, or one of those that this one begins
 * with, to which links lead. So it takes a binary search, and one comparison for every pattern whose head the URI has.
 */
export class UriIndex {
  /** Sorted, each once. */
  readonly #heads: readonly string[];
  /** By head: the longest other one that it begins with; -1 = none. */
  readonly #parents: readonly number[];
  readonly #patterns: readonly (readonly Indexed[])[];
  readonly #found: number[] = [];

  /**
   * @param lists Patterns by owner.
   * @param isOpaque Whether the URIs are opaque: then patterns are exact texts, and `**` is any (language.md, rule 10).
   */
  constructor(lists: readonly (readonly string[])[], isOpaque: boolean) {
    const owners = new Map<string, number[]>();
    for (const [owner, patterns] of lists.entries()) {
      for (const pattern of new Set(patterns)) append(owners, pattern, owner);
    }
    const byHead = new Map<string, Indexed[]>();
    for (const [pattern, of] of owners) {
      const hasRun = isOpaque ? pattern === '**' : pattern.includes('*');
      const glob = hasRun ? new UriGlob(pattern, isOpaque) : null;
      append(byHead, glob === null ? pattern : glob.head, { glob, owners: of });
    }
    this.#heads = [...byHead.keys()].sort();
    this.#patterns = this.#heads.map((head) => byHead.get(head) ?? []);
    const parents: number[] = [];
    for (const [at, head] of this.#heads.entries()) {
      let parent = at - 1;
      while (parent !== -1 && !head.startsWith(this.#heads[parent] ?? '')) parent = parents[parent] ?? -1;
      parents.push(parent);
    }
    this.#parents = parents;
  }

  /** HOT PATH: whether any pattern matches. Allocates nothing, cannot throw. */
  matches(uri: string): boolean {
    for (let at = this.#lastBefore(uri); at !== -1; at = this.#parents[at] ?? -1) {
      const head = this.#heads[at] ?? '';
      if (!uri.startsWith(head)) continue;
      for (const { glob } of this.#patterns[at] ?? []) {
        if (glob === null ? head.length === uri.length : glob.matchesBehindHead(uri)) return true;
      }
    }
    return false;
  }

  /**
   * HOT PATH: the owners of the patterns that match, in no order, one perhaps several times. Allocates nothing: what it
   * returns is valid until the next call. Cannot throw.
   */
  ownersOf(uri: string): readonly number[] {
    const found = this.#found;
    found.length = 0;
    for (let at = this.#lastBefore(uri); at !== -1; at = this.#parents[at] ?? -1) {
      const head = this.#heads[at] ?? '';
      if (!uri.startsWith(head)) continue;
      for (const { glob, owners } of this.#patterns[at] ?? []) {
        if (glob === null ? head.length !== uri.length : !glob.matchesBehindHead(uri)) continue;
        for (const owner of owners) found.push(owner);
      }
    }
    return found;
  }

  /** The last head that sorts before a URI, or is the URI; -1 = none. */
  #lastBefore(uri: string): number {
    let low = 0;
    let high = this.#heads.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if ((this.#heads[middle] ?? '') <= uri) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
