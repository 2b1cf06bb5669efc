import type { Comment, Entry, Scalar } from './layout.ts';

/** An entry while comments are still given to it, with the places by which they find it: offsets into the document. */
export interface DraftEntry extends Entry {
  value: Scalar | DraftCollection;
  readonly before: Comment[];
  gap: boolean;
  comment: string | null;
  /** Of its key or dash. */
  readonly start: number;
  readonly valueStart: number;
  /** Where its last character ends. */
  stop: number;
  /** Of its start, from 0. */
  readonly column: number;
  /** Null for the document itself. */
  readonly parent: DraftCollection | null;
}

export interface DraftCollection {
  readonly type: 'mapping' | 'list';
  readonly isFlow: boolean;
  readonly entries: DraftEntry[];
  readonly end: Comment[];
  readonly owner: DraftEntry;
}
