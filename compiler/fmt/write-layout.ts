import { COLUMNS_MAX } from './columns.ts';
import type { Collection, Comment, Entry, Scalar } from './layout.ts';
import { orderedEntries, type ShapedEntry } from './order-entries.ts';
import type { Shape } from './shape.ts';
import { writeInline } from './write-inline.ts';
import { writeLines, writeOneLine } from './write-scalar.ts';
import { columnsOf, writeText } from './write-text.ts';

const INDENT = '  ';

/** The lines of a document in canonical order and layout, every comment at the node that it is about. */
export function writeLayout({ value, before, gap, comment }: Entry, shape: Shape): readonly string[] {
  const head = [...commentLines(before, ''), ...(comment === null ? [] : [comment])];
  const body = value.type === 'scalar' ? [writeOneLine(value, shape, 'block')] : writeBlock(value, shape, '');
  const isApart = gap && head.length > 0;
  return withoutLeadingGap([...head, ...(isApart ? [''] : []), ...body]);
}

/** The entries of a collection, each on lines of its own. */
function writeBlock(collection: Collection, shape: Shape, indent: string): readonly string[] {
  const entries = orderedEntries(collection, shape);
  if (entries.length === 0) return [indent + (collection.type === 'list' ? '[]' : '{}')];
  // Of a list or registry of which one entry needs several lines, none is in one: it reads as a table, or as blocks.
  const isUniform = collection.type === 'list' || shape.isRegistry;
  const isTable = !isUniform || entries.every((entry) => isScalar(entry) || inlineEntry(entry, indent) !== null);
  const lines = entries.flatMap((shaped) => [
    ...commentLines(shaped.entry.before, indent),
    ...(shaped.entry.gap ? [''] : []),
    ...writeEntry(shaped, indent, isTable),
  ]);
  return withoutLeadingGap([...lines, ...commentLines(collection.end, indent)]);
}

/** What is above it left out. */
export function writeEntry(shaped: ShapedEntry, indent: string, mayBeInline: boolean): readonly string[] {
  const { entry, shape } = shaped;
  const { value } = entry;
  if (value.type === 'scalar') return writeScalarEntry(entry, value, shape, indent);
  const inline = mayBeInline || value.entries.length === 0 ? inlineEntry(shaped, indent) : null;
  if (inline !== null) return [inline];
  const lines = writeBlock(value, shape, indent + INDENT);
  if (entry.key !== null) return [`${leadOf(entry, indent)}${noteOf(entry)}`, ...lines];
  return dashed(entry, lines, indent);
}

/** An entry that is a collection, in one line; null if it needs more. */
function inlineEntry({ entry, shape }: ShapedEntry, indent: string): string | null {
  const inline = entry.value.type === 'scalar' ? null : writeInline(entry.value, shape);
  if (inline === null) return null;
  const line = `${leadOf(entry, indent)} ${inline}`;
  // A comment that is too long stays beside the key of a block, but an item has no key: it would have to move above.
  const isNarrow = columnsOf(entry.key === null ? line : line + noteOf(entry)) <= COLUMNS_MAX;
  return isNarrow ? line + noteOf(entry) : null;
}

/** The dash stands in the line of the first entry, so what stands above that entry stands above the dash. */
function dashed({ comment }: Entry, lines: readonly string[], indent: string): readonly string[] {
  const first = lines.findIndex((line) => line !== '' && !line.trimStart().startsWith('#'));
  const above = lines.slice(0, first).map((line) => (line === '' ? '' : indent + line.trimStart()));
  const line = `${indent}- ${(lines[first] ?? '').trimStart()}`;
  return [...(comment === null ? [] : [indent + comment]), ...above, line, ...lines.slice(first + 1)];
}

function leadOf({ key }: Entry, indent: string): string {
  return key === null ? `${indent}-` : `${indent}${writeText(key, 'flow')}:`;
}

function noteOf({ comment }: Entry): string {
  return comment === null ? '' : ` ${comment}`;
}

function isScalar({ entry }: ShapedEntry): boolean {
  return entry.value.type === 'scalar';
}

function writeScalarEntry(entry: Entry, value: Scalar, shape: Shape, indent: string): readonly string[] {
  const lead = leadOf(entry, indent);
  const inner = indent + INDENT;
  const block = writeLines(value, shape, { lead: columnsOf(lead) + 1, indent: columnsOf(inner) });
  if (block === null) return [`${lead} ${writeOneLine(value, shape, 'block')}${noteOf(entry)}`];
  return [`${lead} ${block.header}${noteOf(entry)}`, ...block.lines.map((line) => (line === '' ? '' : inner + line))];
}

function commentLines(comments: readonly Comment[], indent: string): readonly string[] {
  return comments.flatMap(({ text, gap }) => [...(gap ? [''] : []), indent + text]);
}

function withoutLeadingGap(lines: readonly string[]): readonly string[] {
  return lines[0] === '' ? lines.slice(1) : lines;
}
