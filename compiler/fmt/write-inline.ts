import type { Collection, Entry } from './layout.ts';
import { orderedEntries, type ShapedEntry } from './order-entries.ts';
import type { Shape } from './shape.ts';
import { writeOneLine } from './write-scalar.ts';
import { writeText } from './write-text.ts';

/** A mapping with more entries has a line for each, however short they are. */
const INLINE_ENTRIES_MAX = 6;

/**
 * A collection between brackets in one line, however long; null when it must not be: comments are within it, a text in
 * lines or a condition, mappings in a list, or more than a reader takes in at once.
 */
export function writeInline(collection: Collection, shape: Shape): string | null {
  if (collection.end.length > 0 || !collection.entries.every(isBare)) return null;
  const entries = orderedEntries(collection, shape);
  return collection.type === 'list' ? writeInlineList(entries) : writeInlineMapping(entries, shape);
}

function isBare({ before, comment }: Entry): boolean {
  return before.length === 0 && comment === null;
}

function writeInlineList(entries: readonly ShapedEntry[]): string | null {
  const items: string[] = [];
  for (const { entry, shape } of entries) {
    if (entry.value.type !== 'scalar') return null;
    if (entry.value.text?.includes('\n') === true) return null;
    items.push(writeOneLine(entry.value, shape, 'flow'));
  }
  return `[${items.join(', ')}]`;
}

function writeInlineMapping(entries: readonly ShapedEntry[], shape: Shape): string | null {
  if (entries.length === 0) return '{}';
  if (entries.length > INLINE_ENTRIES_MAX || shape.isRegistry) return null;
  const pairs: string[] = [];
  for (const { entry, shape: member } of entries) {
    const value = writeInlineValue(entry, member);
    if (value === null) return null;
    pairs.push(`${writeText(entry.key ?? '', 'flow')}: ${value}`);
  }
  return `{ ${pairs.join(', ')} }`;
}

function writeInlineValue({ value }: Entry, shape: Shape): string | null {
  if (value.type !== 'scalar') return writeInline(value, shape);
  if (shape.code === 'condition' || value.text?.includes('\n') === true) return null;
  return writeOneLine(value, shape, 'flow');
}
