import assert from 'node:assert/strict';
import { isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { columnsOf } from '../fmt/write-text.ts';
import { COLUMNS_MAX } from '../fmt/columns.ts';
import type { Fields, Shape } from '../fmt/shape.ts';
import { writeFlow, writeFlowPair, writeLines } from '../fmt/write-value.ts';
import { columnOf, endOf, isEmpty, startOf } from './node-places.ts';
import type { TextEdit } from './text-edit.ts';

/** What is added to a mapping. */
export interface NewPair {
  readonly key: string;
  readonly value: unknown;
  /** Of the mapping. */
  readonly fields: Fields;
}

/**
 * One more pair in a mapping, below the last of its pairs that the schema has before it.
 *
 * @param owner the pair whose value the mapping is; null for a document.
 */
export function insertPair(text: string, owner: Pair | null, map: YAMLMap, added: NewPair): TextEdit {
  const { key, value, fields } = added;
  const after = predecessor(map, key, fields.names);
  if (map.flow === true) {
    const pair = writeFlowPair(key, value);
    const first = map.items[0];
    if (after !== null) return intoFlow(text, map, after, pair);
    return first === undefined ? insertAt(startOf(map) + 1, ` ${pair} `) : insertAt(startOf(first), `${pair}, `);
  }
  const lines = writeLines(key, value, fields.member(key), ' '.repeat(columnOf(text, startOf(map))));
  // Else right below the line that opens the mapping: a comment further down belongs to what it stands above.
  return belowLine(text, after === null ? endOf(owner?.key ?? map) : endOf(after), lines);
}

/** The first pair of a mapping of which only the key is written. */
export function insertFirstPair(text: string, owner: Pair, { key, value, fields }: NewPair): TextEdit {
  const indent = ' '.repeat(columnOf(text, startOf(owner)) + 2);
  return belowLine(text, endOf(owner), writeLines(key, value, fields.member(key), indent));
}

/** One more item at the end of a list that is there, or that the pair could have: `keys:` with nothing behind it. */
export function insertItem(text: string, pair: Pair, item: unknown, shape: Shape): TextEdit {
  const list = pair.value;
  if (isEmpty(list)) {
    const indent = ' '.repeat(columnOf(text, startOf(pair)) + 2);
    return belowLine(text, endOf(pair), writeLines(null, item, shape, indent));
  }
  assert(isSeq(list), 'a list has items');
  const last: unknown = list.items.at(-1);
  if (list.flow !== true) return belowLine(text, endOf(last), writeLines(null, item, shape, dashIndent(text, list)));
  const written = writeFlow(item);
  if (last === undefined) return insertAt(startOf(list) + 1, written);
  return asLines(text, pair, list, item, shape) ?? intoFlow(text, list, last, written);
}

/** A list in one line that would become too long gets a line for each item, unless comments or brackets are around. */
function asLines(text: string, pair: Pair, list: YAMLSeq, item: unknown, shape: Shape): TextEdit | null {
  const [start, end] = [startOf(list), endOf(list)];
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', end);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  const isAlone = startOf(pair) === lineStart + (/^ */.exec(line)?.[0].length ?? 0) && end === lineStart + line.length;
  if (!isAlone || columnsOf(`${line}, ${writeFlow(item)}`) <= COLUMNS_MAX) return null;
  const indent = ' '.repeat(columnOf(text, startOf(pair)) + 2);
  const before = list.items.map((one) => `${indent}- ${text.slice(startOf(one), endOf(one))}`);
  const lines = [...before, ...writeLines(null, item, shape, indent)];
  return { start: text.slice(0, start).trimEnd().length, end, insert: `\n${lines.join('\n')}` };
}

/** Behind an entry between brackets, in its line or, where each has its own, on the next one. */
function intoFlow(text: string, collection: YAMLMap | YAMLSeq, after: unknown, entry: string): TextEdit {
  const lineStart = text.lastIndexOf('\n', startOf(after)) + 1;
  const lead = text.slice(lineStart, startOf(after));
  const hasOwnLine = lead.trim() === '' && startOf(collection) < lineStart;
  return insertAt(endOf(after), hasOwnLine ? `,\n${lead}${entry}` : `, ${entry}`);
}

function predecessor(map: YAMLMap, key: string, names: readonly string[]): Pair | null {
  const before = names.slice(0, Math.max(0, names.indexOf(key)));
  const isBefore = (pair: Pair): boolean => !names.includes(key) || before.includes(nameOf(pair));
  return map.items.findLast(isBefore) ?? null;
}

function nameOf({ key }: Pair): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : '';
}

/** Of the dashes: the list itself begins with its first one. */
function dashIndent(text: string, list: YAMLSeq): string {
  return ' '.repeat(columnOf(text, startOf(list)));
}

function insertAt(at: number, insert: string): TextEdit {
  return { start: at, end: at, insert };
}

/** Below the line that an offset is in; a comment at its end stays where it is. */
function belowLine(text: string, at: number, lines: readonly string[]): TextEdit {
  const end = text.indexOf('\n', at);
  return end === -1 ? insertAt(text.length, `\n${lines.join('\n')}\n`) : insertAt(end, `\n${lines.join('\n')}`);
}
