import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** One entry of a Robot's `keys`. */
export interface RobotKeyEntry {
  readonly id: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** YYYY-MM-DD, valid to its end. */
  readonly expires: string;
}

/**
 * The text of a policy file with one more key in a Robot. Only that line is added: comments, order and layout of
 * everything else stay as their author wrote them.
 *
 * @param at offset of anything in the Robot's document, e.g. of its name.
 */
export function addRobotKey(text: string, at: number, key: RobotKeyEntry): string {
  const document = documentAt(text, at);
  const root = document.contents;
  assert(isMap(root), 'a Robot is a mapping');
  const edit = editFor(text, root, key);
  const changed = text.slice(0, edit.at) + edit.insert + text.slice(edit.at);
  const before: unknown = document.toJS();
  const after: unknown = documentAt(changed, at).toJS();
  assert(isDeepStrictEqual(after, withKey(before, key)), 'the file would not say what was meant');
  return changed;
}

interface Insertion {
  readonly at: number;
  readonly insert: string;
}

function documentAt(text: string, at: number): Document {
  const documents = parseAllDocuments(text, { keepSourceTokens: true });
  assert(Array.isArray(documents));
  const found = documents.findLast((document) => document.range[0] <= at);
  assert(found !== undefined && found.errors.length === 0, 'the document parsed before');
  return found;
}

function withKey(robot: unknown, key: RobotKeyEntry): unknown {
  assert(typeof robot === 'object' && robot !== null);
  const keys: unknown = 'keys' in robot ? robot.keys : null;
  return { ...robot, keys: [...(Array.isArray(keys) ? keys : []), key] };
}

function editFor(text: string, root: YAMLMap, key: RobotKeyEntry): Insertion {
  const entry = `{ id: ${key.id}, sha256: "${key.sha256}", expires: ${key.expires} }`;
  const keys = pairNamed(root, 'keys');
  if (root.flow === true) return keys === null ? intoFlow(root, `keys: [${entry}]`) : intoKeys(text, keys, entry);
  if (keys !== null) return intoKeys(text, keys, entry);
  const before = pairNamed(root, 'owner') ?? pairNamed(root, 'name');
  assert(before !== null, 'a Robot has a name');
  return afterLine(text, endOf(before), `keys:\n  - ${entry}`);
}

function intoKeys(text: string, keys: Pair, entry: string): Insertion {
  if (!isSeq(keys.value)) return afterLine(text, endOf(keys), `  - ${entry}`);
  if (keys.value.flow === true) return intoFlow(keys.value, entry);
  const { srcToken } = keys.value;
  assert(srcToken?.type === 'block-seq');
  return afterLine(text, endOf(keys.value), `${' '.repeat(srcToken.indent)}- ${entry}`);
}

/** Before the closing bracket, after whatever stands there. */
function intoFlow(collection: YAMLMap | YAMLSeq, entry: string): Insertion {
  const last = collection.items.at(-1);
  if (last === undefined) {
    assert(collection.range !== undefined && collection.range !== null);
    return { at: collection.range[1] - 1, insert: entry };
  }
  return { at: endOf(last), insert: `, ${entry}` };
}

/** On a line of its own below the one that ends the node; a comment at its end stays where it is. */
function afterLine(text: string, at: number, line: string): Insertion {
  const end = text.indexOf('\n', at);
  return end === -1 ? { at: text.length, insert: `\n${line}\n` } : { at: end, insert: `\n${line}` };
}

function pairNamed(map: YAMLMap, name: string): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === name) ?? null;
}

/** Where the last character of a node or pair stands: a block collection's own range runs on into what follows it. */
function endOf(node: unknown): number {
  if (isMap(node) || isSeq(node)) {
    const last = node.items.at(-1);
    if (node.flow !== true && last !== undefined) return endOf(last);
  }
  if (isPair(node)) return isEmpty(node.value) ? endOf(node.key) : endOf(node.value);
  assert(isRanged(node), 'parsed nodes have ranges');
  return node.range[1];
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
