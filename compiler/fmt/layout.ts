/**
 * A document as it is laid out: its values, and every comment at the node that it is about. What a formatter may change
 * (indentation, quotes, brackets, the order of keys) is not part of it.
 */

/** A comment on a line of its own, with its `#`. */
export interface Comment {
  readonly text: string;
  /** Whether an empty line stands above it. */
  readonly gap: boolean;
}

export interface Scalar {
  readonly type: 'scalar';
  /** The text; null when it is none (a number, a boolean, nothing). */
  readonly text: string | null;
  /** What is not a text, as it was written. */
  readonly source: string;
  /** Whether the text was written over several lines. */
  readonly isSpread: boolean;
}

export interface Collection {
  readonly type: 'mapping' | 'list';
  readonly entries: readonly Entry[];
  /** Comments after the last entry that are still about the collection. */
  readonly end: readonly Comment[];
}

/** A pair of a mapping, an item of a list, or the document itself. */
export interface Entry {
  /** Null in a list. */
  readonly key: string | null;
  readonly value: Scalar | Collection;
  /** Comments above it. */
  readonly before: readonly Comment[];
  /** Whether an empty line stands above it, below the comments above it. */
  readonly gap: boolean;
  /** The comment in its own line, or null. */
  readonly comment: string | null;
}
