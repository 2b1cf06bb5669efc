import { stringText } from './text.ts';

/** Up to here keys are compared pair by pair, which allocates nothing; above, or with escapes, they are decoded and sorted. */
const PAIRWISE_MAX = 16;
const KEYS_AT_FIRST = 256;

/**
 * The keys of the objects that are open during a scan, innermost last. Sorting instead of hashing bounds the cost of any
 * object by n log n: there is no collision to provoke.
 */
export class ObjectKeys {
  #places = new Int32Array(KEYS_AT_FIRST * 2);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** `start` and `end` are the offsets of the key's token, quotes included. */
  push(start: number, end: number): void {
    const cell = this.#length * 2;
    if (cell === this.#places.length) this.#grow();
    this.#places[cell] = start;
    this.#places[cell + 1] = end;
    this.#length++;
  }

  /**
   * Forgets the keys from `base` on, those of the innermost object, and returns the offset of one that an earlier one
   * equals; -1 when they all differ. `escaped`: one of them has an escape.
   */
  pop(bytes: Buffer, base: number, escaped: boolean): number {
    const count = this.#length - base;
    const repeated =
      count <= PAIRWISE_MAX && !escaped ? this.#repeatedInPairs(bytes, base) : this.#repeatedInOrder(bytes, base);
    this.#length = base;
    return repeated;
  }

  #repeatedInPairs(bytes: Buffer, base: number): number {
    const places = this.#places;
    for (let later = base + 1; later < this.#length; later++) {
      const start = places[later * 2] ?? 0;
      const size = (places[later * 2 + 1] ?? 0) - start;
      for (let earlier = base; earlier < later; earlier++) {
        const other = places[earlier * 2] ?? 0;
        if ((places[earlier * 2 + 1] ?? 0) - other === size && sameBytes(bytes, start, other, size)) return start;
      }
    }
    return -1;
  }

  #repeatedInOrder(bytes: Buffer, base: number): number {
    const keys: { readonly text: string; readonly start: number }[] = [];
    for (let index = base; index < this.#length; index++) {
      const start = this.#places[index * 2] ?? 0;
      keys.push({ text: stringText(bytes, start, this.#places[index * 2 + 1] ?? 0), start });
    }
    keys.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.start - b.start));
    for (let index = 1; index < keys.length; index++) {
      const key = keys[index];
      if (key !== undefined && key.text === keys[index - 1]?.text) return key.start;
    }
    return -1;
  }

  #grow(): void {
    const places = new Int32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }
}

function sameBytes(bytes: Buffer, start: number, other: number, size: number): boolean {
  for (let index = 0; index < size; index++) {
    if (bytes[start + index] !== bytes[other + index]) return false;
  }
  return true;
}
