import { EXCERPT_COLUMNS_MIN, EXCERPT_UNITS_MAX } from '../limits.ts';
import type { Span } from './diagnostic.ts';
import { visible } from './invisible.ts';
import { lineAt, positionAt } from './position.ts';

/** One line of a file with a caret below, both in the columns of a terminal. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
  /** Columns before the caret, and how many it underlines: at least one. */
  readonly caretColumn: number;
  readonly caretColumns: number;
}

/** What one user-perceived character becomes in a terminal. */
interface Cell {
  readonly text: string;
  readonly columns: number;
  readonly marked: boolean;
}

/**
 * The line in which a span begins. A tab becomes four spaces, an invisible character its name, so that the caret stands
 * below what it means; of a span over several lines the first is underlined to its end; a line longer than `columnsMax`
 * is cut around the caret.
 */
export function excerptOf(span: Span, columnsMax: number): Excerpt {
  const { line } = positionAt(span.file, span.start);
  const { start, text } = lineAt(span.file, line);
  const from = Math.max(0, span.start - start);
  const to = Math.max(from, Math.min(span.end - start, text.trimEnd().length));
  const cells = cellsOf(text.trimEnd(), from, to);
  const first = cells.findIndex(({ marked }) => marked);
  if (first === -1) return { line, ...cut(cells, cells.length, cells.length, columnsMax), caretColumns: 1 };
  const end = cells.findLastIndex(({ marked }) => marked) + 1;
  const shown = cut(cells, first, end, columnsMax);
  const room = columnsMax - shown.caretColumn;
  return { line, ...shown, caretColumns: Math.max(1, Math.min(columnsOf(cells.slice(first, end)), room)) };
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The cells of a line; of a huge line, those within `EXCERPT_UNITS_MAX` of the caret. */
function cellsOf(text: string, from: number, to: number): readonly Cell[] {
  const low = wholeCharacter(text, Math.max(0, from - EXCERPT_UNITS_MAX));
  const high = wholeCharacter(text, Math.min(text.length, from + EXCERPT_UNITS_MAX));
  const cells: Cell[] = [];
  for (const { segment, index } of graphemes.segment(text.slice(low, high))) {
    const start = low + index;
    const marked = start < to && start + segment.length > from;
    cells.push({ ...cellOf(segment), marked: marked || (from === to && start === from) });
  }
  return cells;
}

function wholeCharacter(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at;
}

function cellOf(grapheme: string): { readonly text: string; readonly columns: number } {
  if (grapheme === '\t') return { text: '    ', columns: 4 };
  const shown = visible(grapheme);
  return { text: shown, columns: shown === grapheme ? graphemeColumns(grapheme) : Array.from(shown).length };
}

/**
 * East Asian wide and full-width letters (UAX 11) and emoji take two columns; marks take none, and never stand alone
 * here unless they begin the line.
 */
const WIDE =
  /[\u1100-\u115E\u2329\u232A\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}\uFE0F]/u;

function graphemeColumns(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

function columnsOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { columns }) => sum + columns, 0);
}

/** The part of a line that fits, with the marked cells and a third of the room before them; `…` stands for the rest. */
function cut(
  cells: readonly Cell[],
  first: number,
  end: number,
  columnsMax: number,
): { readonly text: string; readonly caretColumn: number } {
  const room = Math.max(columnsMax, EXCERPT_COLUMNS_MIN);
  if (columnsOf(cells) <= room) return { text: textOf(cells), caretColumn: columnsOf(cells.slice(0, first)) };
  const marked = Math.min(columnsOf(cells.slice(first, end)), room);
  let low = first;
  let before = Math.max(Math.floor((room - marked) / 3), room - marked - columnsOf(cells.slice(end)) - 1);
  while (low > 0 && before >= (cells[low - 1]?.columns ?? 0)) {
    low -= 1;
    before -= cells[low]?.columns ?? 0;
  }
  const lead = low > 0 ? '…' : '';
  let used = lead.length;
  let high = low;
  while (high < cells.length) {
    const next = used + (cells[high]?.columns ?? 0);
    if (next > (high === cells.length - 1 ? room : room - 1)) break;
    used = next;
    high += 1;
  }
  const tail = high < cells.length ? '…' : '';
  const caretColumn = lead.length + columnsOf(cells.slice(low, first));
  return { text: `${lead}${textOf(cells.slice(low, high))}${tail}`, caretColumn };
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(({ text }) => text).join('');
}
