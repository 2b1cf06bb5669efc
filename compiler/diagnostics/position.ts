import type { SourceFile } from './diagnostic.ts';

/** Line and column from 1, the column in Unicode code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset is, as editors count; the middle of a character is where the character begins. */
export function positionAt(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file);
  const line = lineIndex(starts, offset);
  const before = file.text.slice(textStart(file, starts[line] ?? 0), offset);
  return { line: line + 1, column: Array.from(before).length + (endsInsideCharacter(file.text, offset) ? 0 : 1) };
}

/** A line without its line break and byte order mark, and the offset at which it begins. */
export function lineAt(file: SourceFile, line: number): { readonly start: number; readonly text: string } {
  const starts = lineStarts(file);
  const start = textStart(file, starts[line - 1] ?? 0);
  const next = starts[line];
  const text = file.text.slice(start, next === undefined ? undefined : next - 1);
  return { start, text: text.endsWith('\r') ? text.slice(0, -1) : text };
}

const known = new WeakMap<SourceFile, readonly number[]>();

/** Only line feeds break lines (YAML 1.2, 5.4, less the lone carriage return, which the compiler refuses). */
function lineStarts(file: SourceFile): readonly number[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const starts = [0];
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1);
  known.set(file, starts);
  return starts;
}

/** The last line that begins at or before the offset. */
function lineIndex(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A byte order mark has no column. */
function textStart(file: SourceFile, lineStart: number): number {
  return lineStart === 0 && file.text.startsWith('\uFEFF') ? 1 : lineStart;
}

function endsInsideCharacter(text: string, offset: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(offset - 1, offset + 1));
}
