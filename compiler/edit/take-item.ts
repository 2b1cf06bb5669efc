import assert from 'node:assert/strict';
import type { YAMLSeq } from 'yaml';
import { endOf, startOf } from './node-places.ts';
import type { TextEdit } from './text-edit.ts';

/** Takes an item out of a list. On a line of its own it goes with that line, and with a comment at its end. */
export function takeItem(text: string, list: YAMLSeq, index: number): TextEdit {
  const [previous, item, next] = [list.items[index - 1], list.items[index], list.items[index + 1]];
  assert(item !== undefined, 'the item is there');
  if (previous === undefined && next === undefined) {
    // An empty list in lines cannot be written.
    return { start: startOf(list), end: endOf(item), insert: list.flow === true ? '[' : '[]' };
  }
  if (list.flow !== true) {
    const start = text.lastIndexOf('\n', startOf(item)) + 1;
    return { start, end: text.indexOf('\n', endOf(item)) + 1 || text.length, insert: '' };
  }
  if (next !== undefined) return { start: startOf(item), end: startOf(next), insert: '' };
  return { start: endOf(previous), end: endOf(item), insert: '' };
}
