import assert from 'node:assert/strict';
import type { DraftCollection, DraftEntry } from './draft.ts';
import type { FoundComment } from './find-comments.ts';
import type { Comment } from './layout.ts';
import { isBelowEmptyLine } from './empty-line.ts';

/**
 * Gives a comment to the node that it is about. At the end of a line it is about what ends there. On a line of its own it
 * is about what follows; where nothing follows at its indentation, about the collection that is indented like it.
 *
 * @param entries all of the document, in the order in which they begin.
 */
export function placeComment({ offset, text }: FoundComment, source: string, entries: readonly DraftEntry[]): void {
  const line = source.lastIndexOf('\n', offset - 1) + 1;
  const lead = source.slice(line, offset);
  const comment: Comment = { text, gap: isBelowEmptyLine(source, offset) };
  if (lead.trim() === '') placeOnOwnLine(comment, offset, lead.length, entries);
  else placeAtLineEnd(comment, line + lead.trimEnd().length - 1, entries);
}

/** @param at offset of the last character before the comment. */
function placeAtLineEnd(comment: Comment, at: number, entries: readonly DraftEntry[]): void {
  let entry = lastBefore(entries, at + 1);
  // A closing bracket or the comma behind it ends what is around the last entry.
  while (entry.parent?.isFlow === true && at >= entry.parent.owner.stop - 1) entry = entry.parent.owner;
  const { value } = entry;
  if (entry.parent === null && at < entry.valueStart) {
    // Behind the marker of the document.
    entry.before.push({ ...comment, gap: false });
    return;
  }
  if (value.type !== 'scalar' && value.isFlow && at === entry.valueStart) {
    // Right after an opening bracket: a line of its own above what comes first.
    const first = value.entries[0];
    (first ?? entry).before.push({ ...comment, gap: false });
    return;
  }
  if (entry.comment !== null) entry.before.push({ text: entry.comment, gap: false });
  entry.comment = comment.text;
}

function placeOnOwnLine(comment: Comment, offset: number, column: number, entries: readonly DraftEntry[]): void {
  const at = indexBefore(entries, offset);
  const previous = entries[at];
  const next = entries[at + 1];
  assert(previous !== undefined);
  const flow = enclosingFlow(previous, offset);
  if (flow !== null) {
    const within = flow.entries.find((entry) => entry.start > offset);
    if (within !== undefined) within.before.push(comment);
    else if (flow.entries.length > 0) flow.end.push(comment);
    else flow.owner.before.push(comment);
  } else if (previous.parent === null) {
    previous.before.push(comment);
  } else if (previous.valueStart > offset) {
    // Between a key and its value.
    const isAboveFirst = next?.parent?.owner === previous && !next.parent.isFlow;
    (isAboveFirst ? next : previous).before.push(comment);
  } else if (next !== undefined && column <= next.column) {
    next.before.push(comment);
  } else {
    placeAtEnd(comment, column, previous, next);
  }
}

/** Collections end one after the other: the comment belongs to the innermost that is indented no further than it. */
function placeAtEnd(comment: Comment, column: number, previous: DraftEntry, next: DraftEntry | undefined): void {
  for (let entry: DraftEntry = previous; ;) {
    const around = entry.parent;
    assert(around !== null);
    if (around === next?.parent) {
      next.before.push(comment);
      return;
    }
    if (around.owner.parent === null || (!around.isFlow && columnOf(around) <= column)) {
      around.end.push(comment);
      return;
    }
    entry = around.owner;
  }
}

/** Where its entries begin; a list that is not indented below its key counts as if it were. */
function columnOf({ entries, owner }: DraftCollection): number {
  return Math.max(entries[0]?.column ?? 0, owner.key === null ? 0 : owner.column + 1);
}

/** The innermost collection in brackets that is still open at an offset. */
function enclosingFlow(previous: DraftEntry, offset: number): DraftCollection | null {
  for (let entry: DraftEntry | null = previous; entry !== null; entry = entry.parent?.owner ?? null) {
    const { value } = entry;
    if (value.type !== 'scalar' && value.isFlow && entry.valueStart < offset && offset < entry.stop) return value;
  }
  return null;
}

/** The last entry that begins before an offset; the document itself if none does. */
function lastBefore(entries: readonly DraftEntry[], offset: number): DraftEntry {
  const entry = entries[indexBefore(entries, offset)];
  assert(entry !== undefined, 'there is the document itself');
  return entry;
}

function indexBefore(entries: readonly DraftEntry[], offset: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((entries[middle]?.start ?? 0) < offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
