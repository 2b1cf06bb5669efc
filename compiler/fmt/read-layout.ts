import assert from 'node:assert/strict';
import {
  Composer,
  isMap,
  isScalar,
  isSeq,
  Parser,
  type Node,
  type Pair,
  type Scalar as YamlScalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { DraftCollection, DraftEntry } from './draft.ts';
import { isBelowEmptyLine } from './empty-line.ts';
import { findComments } from './find-comments.ts';
import type { Entry, Scalar } from './layout.ts';
import { placeComment } from './place-comment.ts';

/**
 * One document, given as YAML without errors and without the features that the policy language leaves out. Its value is
 * the value of the entry that is returned, comments at the top belong to the entry itself.
 */
export function readLayout(text: string): Entry {
  const tokens = [...new Parser().parse(text)];
  const composer = new Composer({ schema: 'core', keepSourceTokens: true, stringKeys: true, uniqueKeys: false });
  const [document] = composer.compose(tokens);
  assert(document !== undefined && document.errors.length === 0, 'the document was read before');
  assert(document.contents !== null, 'a document has contents');
  const reader = new Reader(text);
  const root = reader.entry(null, document.contents, 0, null);
  for (const comment of findComments(tokens)) placeComment(comment, text, reader.entries);
  dropLeadingGaps(root);
  return root;
}

class Reader {
  readonly #text: string;
  /** All of them, each before those within it: in the order in which they begin. */
  readonly entries: DraftEntry[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  entry(key: string | null, node: Node | null, start: number, parent: DraftCollection | null): DraftEntry {
    const entry: DraftEntry = {
      key,
      value: scalarOf(node),
      before: [],
      gap: isBelowEmptyLine(this.#text, start),
      comment: null,
      start,
      valueStart: node?.range?.[0] ?? start,
      stop: node?.range?.[1] ?? start,
      column: start - (this.#text.lastIndexOf('\n', start - 1) + 1),
      parent,
    };
    this.entries.push(entry);
    if (isMap(node) || isSeq(node)) {
      entry.value = this.#collection(node, entry);
      const last = entry.value.entries.at(-1);
      if (node.flow !== true && last !== undefined) entry.stop = last.stop;
    } else {
      entry.stop = entry.valueStart + this.#text.slice(entry.valueStart, entry.stop).trimEnd().length;
    }
    return entry;
  }

  #collection(node: YAMLMap | YAMLSeq, owner: DraftEntry): DraftCollection {
    const type = isMap(node) ? 'mapping' : 'list';
    const collection: DraftCollection = { type, isFlow: node.flow === true, entries: [], end: [], owner };
    if (isMap(node)) {
      for (const { key, value } of node.items as readonly Pair<Node, Node | null>[]) {
        assert(isScalar(key) && typeof key.value === 'string', 'a key is a text');
        collection.entries.push(this.entry(key.value, value, key.range?.[0] ?? 0, collection));
      }
      return collection;
    }
    for (const [at, item] of (node.items as readonly Node[]).entries()) {
      const token = node.srcToken?.type === 'block-seq' ? node.srcToken.items[at] : undefined;
      const dash = token?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
      collection.entries.push(this.entry(null, item, dash ?? item.range?.[0] ?? 0, collection));
    }
    return collection;
  }
}

function scalarOf(node: Node | null): Scalar {
  if (!isScalar(node)) return { type: 'scalar', text: null, source: 'null', isSpread: false };
  if (typeof node.value !== 'string') {
    const source = node.value === null ? 'null' : (node.source ?? '');
    return { type: 'scalar', text: null, source, isSpread: false };
  }
  return { type: 'scalar', text: node.value, source: '', isSpread: isSpread(node) };
}

function isSpread({ type, srcToken }: YamlScalar): boolean {
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return type === 'BLOCK_FOLDED';
  return srcToken !== undefined && 'source' in srcToken && srcToken.source.includes('\n');
}

/**
 * An empty line above the first entry of a collection separates it from nothing. Above the first of the document, it
 * separates the comments at the top from what they are above of.
 */
function dropLeadingGaps(root: DraftEntry): void {
  const stack: DraftEntry[] = [root];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (entry.value.type === 'scalar') continue;
    const [first] = entry.value.entries;
    if (first !== undefined) {
      if (entry === root) root.gap = first.gap && root.before.length > 0;
      if (first.before.length === 0) first.gap = false;
    }
    stack.push(...(entry.value.entries as readonly DraftEntry[]));
  }
}
