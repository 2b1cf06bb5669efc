import assert from 'node:assert/strict';
import { isMap, isPair, isScalar, isSeq, parseAllDocuments, type Document, type Pair, type YAMLMap } from 'yaml';
import type { Path } from '../source/document.ts';

/** The documents of a file. Mistakes in others than the one that is edited do not matter. */
export function parseFile(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { schema: 'core', stringKeys: true, keepSourceTokens: true });
  assert(Array.isArray(documents), 'a file that is edited has documents');
  return documents;
}

/** The document of which an offset is a part; the first one also has what stands above it. */
export function documentIndex(documents: readonly Document.Parsed[], offset: number): number {
  return Math.max(
    0,
    documents.findLastIndex((document) => document.range[0] <= offset),
  );
}

/** What a path leads to; null where there is nothing, or only an empty value. */
export function nodeAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => {
    if (isMap(node)) return pairNamed(node, String(step))?.value ?? null;
    return isSeq(node) && typeof step === 'number' ? (node.items[step] ?? null) : null;
  }, root);
}

export function pairNamed(map: YAMLMap, name: string): Pair | null {
  return map.items.find(({ key }) => isScalar(key) && key.value === name) ?? null;
}

/** Nothing is written where a value could be. */
export function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null && node.source === '');
}

export function startOf(node: unknown): number {
  return isPair(node) ? startOf(node.key) : rangeOf(node)[0];
}

/** Where the last character of a node or pair ends: a block collection's own range runs on into what follows it. */
export function endOf(node: unknown): number {
  if (isPair(node)) return isEmpty(node.value) ? endOf(node.key) : endOf(node.value);
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (last !== undefined) return endOf(last);
  }
  return rangeOf(node)[1];
}

function rangeOf(node: unknown): readonly [start: number, end: number] {
  assert(
    typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range),
    'nodes have ranges',
  );
  const [start, end]: unknown[] = node.range;
  assert(typeof start === 'number' && typeof end === 'number');
  return [start, end];
}

/** Columns before an offset in its line. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
