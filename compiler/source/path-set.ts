import type { Path } from './document.ts';

/** Places in a document. */
export class PathSet {
  readonly #keys = new Set<string>();

  add(path: Path): void {
    this.#keys.add(keyOf(path));
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  has(path: Path): boolean {
    return this.#keys.has(keyOf(path));
  }

  /** Whether the place itself or anything around it is in the set. */
  covers(path: Path): boolean {
    if (this.#keys.size === 0) return false;
    return path.some((_step, at) => this.has(path.slice(0, at))) || this.has(path);
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}
