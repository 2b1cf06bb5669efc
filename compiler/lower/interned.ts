/** A table in which each value stands once: hands out the index of a value, adding it when it is new. */
export class Interned<T> {
  readonly #indexByKey = new Map<string, number>();
  readonly #values: T[] = [];

  /** @returns -1 for an absent value (null). */
  index(value: T | null): number {
    if (value === null) return -1;
    const key = JSON.stringify(value);
    const known = this.#indexByKey.get(key);
    if (known !== undefined) return known;
    const index = this.#values.push(value) - 1;
    this.#indexByKey.set(key, index);
    return index;
  }

  get values(): readonly T[] {
    return this.#values;
  }
}
