/** What a recorded value is. */
export const OBJECT = 1;
export const ARRAY = 2;
export const STRING = 3;
/** A string token with at least one escape. */
export const ESCAPED_STRING = 4;
export const NUMBER = 5;
export const TRUE = 6;
export const FALSE = 7;
export const NULL = 8;

/** An index of the tape that no value has. */
export const NONE = -1;

const STRIDE = 6;
const NODES_AT_FIRST = 256;
/** A tape that one huge text made longer than this is not kept for the next one. */
const NODES_KEPT_MAX = 65_536;

/**
 * The values of one JSON text in document order, as integers: kind, key, place, and where the next sibling is. Filled by
 * `JsonScanner`, reused by its next scan, so whoever reads it is done before that.
 */
export class JsonTape {
  #cells = new Int32Array(NODES_AT_FIRST * STRIDE);
  #length = 0;

  /** Number of values recorded. Value 0 is the root. */
  get length(): number {
    return this.#length;
  }

  kind(node: number): number {
    return this.#cells[node * STRIDE] ?? 0;
  }

  /** Offset of the opening quote of the member's key, or `NONE` for what is no member. */
  keyStart(node: number): number {
    return this.#cells[node * STRIDE + 1] ?? NONE;
  }

  /** Offset after the closing quote of the member's key. */
  keyEnd(node: number): number {
    return this.#cells[node * STRIDE + 2] ?? NONE;
  }

  /** Offset of the value's first byte: of a string, its opening quote. */
  start(node: number): number {
    return this.#cells[node * STRIDE + 3] ?? NONE;
  }

  /** Offset after the value's last byte. */
  end(node: number): number {
    return this.#cells[node * STRIDE + 4] ?? NONE;
  }

  /** The node after this one and everything in it. The children of `n` are n + 1, next(n + 1), ... while below next(n). */
  next(node: number): number {
    return this.#cells[node * STRIDE + 5] ?? NONE;
  }

  clear(): void {
    this.#length = 0;
    if (this.#cells.length > NODES_KEPT_MAX * STRIDE) this.#cells = new Int32Array(NODES_AT_FIRST * STRIDE);
  }

  /** Appends a value of which only the beginning is known yet. */
  open(kind: number, keyStart: number, keyEnd: number, start: number): number {
    const node = this.#length++;
    const cell = node * STRIDE;
    if (cell + STRIDE > this.#cells.length) this.#grow();
    this.#cells[cell] = kind;
    this.#cells[cell + 1] = keyStart;
    this.#cells[cell + 2] = keyEnd;
    this.#cells[cell + 3] = start;
    return node;
  }

  /** Completes a value, after all that is in it was appended. */
  close(node: number, end: number): void {
    this.#cells[node * STRIDE + 4] = end;
    this.#cells[node * STRIDE + 5] = this.#length;
  }

  #grow(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
  }
}
