import { COLUMNS_MAX } from './columns.ts';
import type { Scalar } from './layout.ts';
import type { Shape } from './shape.ts';
import {
  columnsOf,
  writeFolded,
  writeLiteral,
  writeQuoted,
  writeText,
  type BlockText,
  type TextPlace,
} from './write-text.ts';

/** A scalar in one line. */
export function writeOneLine({ text, source }: Scalar, { code }: Shape, place: TextPlace): string {
  if (text === null) return source;
  return code === null ? writeText(text, place) : writeQuoted(text);
}

/**
 * A text over several lines, where it has line breaks; where its author broke it and one line is too short for it; and a
 * condition that holds quotes, which are easier to read when nothing is doubled. Null for what stands in one line.
 */
export function writeLines(
  scalar: Scalar,
  shape: Shape,
  columns: { readonly lead: number; readonly indent: number },
): BlockText | null {
  const { text, isSpread } = scalar;
  if (text === null) return null;
  const isTooWide = columns.lead + columnsOf(writeOneLine(scalar, shape, 'block')) > COLUMNS_MAX;
  const folded = isSpread && isTooWide ? writeFolded(text, COLUMNS_MAX - columns.indent) : null;
  if (folded !== null) return folded;
  const isCondition = shape.code === 'condition' && (isTooWide || text.includes("'"));
  return text.includes('\n') || isCondition ? writeLiteral(text) : null;
}
