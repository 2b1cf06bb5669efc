interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  /** Used last before this one; null = none was. */
  older: Entry<K, V> | null;
  newer: Entry<K, V> | null;
}

/** A map that forgets the least recently used entry when it is full. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, Entry<K, V>>();
  readonly #entriesMax: number;
  readonly #onForget: ((value: V) => void) | null;
  #oldest: Entry<K, V> | null = null;
  #newest: Entry<K, V> | null = null;

  /** `onForget` is told of what is forgotten for want of room, not of what is deleted or replaced. */
  constructor(entriesMax: number, onForget: ((value: V) => void) | null = null) {
    this.#entriesMax = entriesMax;
    this.#onForget = onForget;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** HOT PATH. Changes two links and nothing of the map: entering a key anew for each use would have the map grow and be rebuilt. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#append(entry);
    }
    return entry.value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    const entry = { key, value, older: null, newer: null };
    this.#entries.set(key, entry);
    this.#append(entry);
    const oldest = this.#oldest;
    if (this.#entries.size <= this.#entriesMax || oldest === null) return;
    this.delete(oldest.key);
    this.#onForget?.(oldest.value);
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#unlink(entry);
  }

  /** Those of now, the least recently used first. */
  values(): IterableIterator<V> {
    const values: V[] = [];
    for (let entry = this.#oldest; entry !== null; entry = entry.newer) values.push(entry.value);
    return values.values();
  }

  #append(entry: Entry<K, V>): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest === null) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry<K, V>): void {
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
  }
}
