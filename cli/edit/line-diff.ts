import { visible } from '../../compiler/diagnostics/invisible.ts';
import { sequenceDiff, type DiffPiece } from './sequence-diff.ts';

/** Lines around a change that do not change. */
const CONTEXT_LINES = 2;

interface Line extends DiffPiece {
  /** From 1, in either text. */
  readonly before: number;
  readonly after: number;
}

/**
 * A unified diff of one file, as `git apply` takes it; empty when nothing differs.
 *
 * @param path as it should be printed; `before` is null for a new file.
 * @param linesMax of the diff, at least 10; how many more there are is said. Null for all.
 */
export function renderLineDiff(path: string, before: string | null, after: string, linesMax: number | null): string {
  if (before === after) return '';
  const lines = hunks(numbered(sequenceDiff(linesOf(before ?? ''), linesOf(after)))).flatMap(renderHunk);
  const shown = linesMax === null || lines.length <= linesMax ? lines : lines.slice(0, linesMax);
  const rest = lines.length - shown.length;
  const more = rest === 0 ? [] : [`… ${rest} more lines`];
  const head = [`--- ${before === null ? '/dev/null' : `a/${path}`}`, `+++ b/${path}`];
  return `${[...head, ...shown, ...more].join('\n')}\n`;
}

/** Without the line feed at the end; a last line without one is told apart. */
function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : `${text}\n\\ No newline at end of file`.split(/\n(?!\\)/);
}

function numbered(pieces: readonly DiffPiece[]): readonly Line[] {
  let [before, after] = [1, 1];
  return pieces.map((piece) => {
    const line = { ...piece, before, after };
    if (piece.op !== 'added') before += 1;
    if (piece.op !== 'removed') after += 1;
    return line;
  });
}

/** Runs of lines around changes; changes near each other share one. */
function hunks(lines: readonly Line[]): readonly (readonly Line[])[] {
  const near = new Uint8Array(lines.length);
  for (const [at, { op }] of lines.entries()) {
    if (op !== 'same') near.fill(1, Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1);
  }
  const found: Line[][] = [];
  for (const [at, line] of lines.entries()) {
    if (near[at] !== 1) continue;
    if (near[at - 1] === 1) found.at(-1)?.push(line);
    else found.push([line]);
  }
  return found;
}

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;

function renderHunk(hunk: readonly Line[]): readonly string[] {
  const [first] = hunk;
  if (first === undefined) return [];
  const before = hunk.filter(({ op }) => op !== 'added').length;
  const after = hunk.filter(({ op }) => op !== 'removed').length;
  const range = (start: number, count: number): string => `${count === 0 ? start - 1 : start},${count}`;
  const head = `@@ -${range(first.before, before)} +${range(first.after, after)} @@`;
  return [head, ...hunk.map(({ op, text }) => SIGNS[op] + shown(text))];
}

/** No text of a file reaches the terminal as control. What says that a line feed is missing has a line of its own. */
function shown(piece: string): string {
  return piece
    .split(/([\t\n])/)
    .map((part) => (part === '\t' || part === '\n' ? part : visible(part)))
    .join('');
}
