import assert from 'node:assert/strict';

/** Bytes to put in the place of `start` (inclusive) to `end` (exclusive). */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer | string;
}

/** A value that stands at `start` to `end` in a body, with the edits done that are within it; they are of the body. */
export function spliceWithin(
  body: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  edits: readonly Edit[],
): Buffer {
  const within = edits.filter((edit) => edit.start >= start && edit.end <= end);
  const moved = within.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return splice(body.subarray(start, end), moved);
}

/** The body with every edit done and every other byte as it was. The edits are in order and do not overlap. */
export function splice(body: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of edits) {
    assert(at <= edit.start && edit.start <= edit.end && edit.end <= body.length, 'edits overlap or are out of order');
    if (edit.start > at) parts.push(body.subarray(at, edit.start));
    parts.push(typeof edit.bytes === 'string' ? Buffer.from(edit.bytes, 'utf8') : edit.bytes);
    at = edit.end;
  }
  if (at === 0 && parts.length === 0) return body;
  parts.push(body.subarray(at));
  return Buffer.concat(parts);
}
