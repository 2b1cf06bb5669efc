/** A set of a gateway's slots, by their index: unions and differences of thousands of grants cost next to nothing. */
export class SlotSet {
  readonly #words: Uint32Array;

  /** @param slots How many slots the gateway has. */
  constructor(slots: number, words: Uint32Array = new Uint32Array((slots + 31) >> 5)) {
    this.#words = words;
  }

  copy(): SlotSet {
    return new SlotSet(0, this.#words.slice());
  }

  add(slot: number): void {
    const word = slot >> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (slot & 31));
  }

  has(slot: number): boolean {
    return ((this.#words[slot >> 5] ?? 0) & (1 << (slot & 31))) !== 0;
  }

  addAll(other: SlotSet): void {
    for (let word = 0; word < this.#words.length; word++) {
      this.#words[word] = (this.#words[word] ?? 0) | (other.#words[word] ?? 0);
    }
  }

  removeAll(other: SlotSet): void {
    for (let word = 0; word < this.#words.length; word++) {
      this.#words[word] = (this.#words[word] ?? 0) & ~(other.#words[word] ?? 0);
    }
  }

  /** What is in both, as a set of its own. */
  and(other: SlotSet): SlotSet {
    const both = this.copy();
    for (let word = 0; word < both.#words.length; word++) {
      both.#words[word] = (both.#words[word] ?? 0) & (other.#words[word] ?? 0);
    }
    return both;
  }

  intersects(other: SlotSet): boolean {
    return this.#words.some((word, at) => (word & (other.#words[at] ?? 0)) !== 0);
  }

  isWithin(other: SlotSet): boolean {
    return this.#words.every((word, at) => (word & ~(other.#words[at] ?? 0)) === 0);
  }

  get isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  /** In ascending order. */
  get slots(): readonly number[] {
    const found: number[] = [];
    this.#words.forEach((word, at) => {
      for (let rest = word; rest !== 0; rest &= rest - 1) found.push(at * 32 + 31 - Math.clz32(rest & -rest));
    });
    return found;
  }
}
