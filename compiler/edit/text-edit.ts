import assert from 'node:assert/strict';

/** A stretch of a text and what takes its place: UTF-16 offsets, the end exclusive. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** The text after all of the edits, whose offsets are those of the text before. They must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, insert } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    assert(start >= at && end >= start && end <= text.length, 'edits overlap, or are of another text');
    parts.push(text.slice(at, start), insert);
    at = end;
  }
  return parts.join('') + text.slice(at);
}
