import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, type Pair, type YAMLMap } from 'yaml';
import { formatFile, isFormatted } from '../fmt/format-file.ts';
import { shapeOf, type Shape } from '../fmt/shape.ts';
import type { Path } from '../source/document.ts';
import { insertFirstPair, insertItem, insertPair } from './insert.ts';
import { documentIndex, isEmpty, nodeAt, pairNamed, parseFile } from './node-places.ts';
import { takeItem } from './take-item.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

/**
 * Edits of one document of a policy file. Only what is meant changes: comments, order and layout of everything else stay
 * as their author wrote them. A file in canonical form stays in canonical form.
 *
 * Each takes the text of the file and an offset of anything in the document, such as its name, and returns the new text.
 * The document must have been read without mistakes.
 */

/** One more item in the list of a field, which is made if it is not there. An item that is there is not added again. */
export function addItem(text: string, at: number, path: readonly string[], item: unknown): string {
  const { root, shape, value } = openDocument(text, at);
  const list = valueAt(value, path);
  if (Array.isArray(list) && list.some((one) => isDeepStrictEqual(one, item))) return text;
  const wanted = withValue(value, path, [...(Array.isArray(list) ? list : []), item]);
  return commit(text, at, editToAdd(text, root, shape, path, [item]), wanted);
}

/** One more key in a mapping, which is made if it is not there. The key must not be there. */
export function addKey(text: string, at: number, path: readonly string[], key: string, keyValue: unknown): string {
  const { root, shape, value } = openDocument(text, at);
  const wanted = withValue(value, [...path, key], keyValue);
  return commit(text, at, editToAdd(text, root, shape, [...path, key], keyValue), wanted);
}

/** The list of a field without an item; unchanged where it is not there. */
export function removeItem(text: string, at: number, path: Path, item: unknown): string {
  const { root, value } = openDocument(text, at);
  const items = valueAt(value, path);
  const index = Array.isArray(items) ? items.findIndex((one) => isDeepStrictEqual(one, item)) : -1;
  const list = nodeAt(root, path);
  if (!Array.isArray(items) || index === -1 || !isSeq(list)) return text;
  return commit(text, at, takeItem(text, list, index), withValue(value, path, items.toSpliced(index, 1)));
}

interface OpenDocument {
  readonly root: YAMLMap;
  readonly shape: Shape;
  readonly value: unknown;
}

function openDocument(text: string, at: number): OpenDocument {
  const documents = parseFile(text);
  const document = documents[documentIndex(documents, at)];
  assert(document !== undefined && document.errors.length === 0, 'the document was read before');
  assert(isMap(document.contents), 'a document is a mapping');
  const kind: unknown = document.contents.get('kind');
  return { root: document.contents, shape: shapeOf(String(kind)), value: document.toJS() };
}

/** An edit is a promise about what the file says afterwards; here it is kept. */
function commit(text: string, at: number, edit: TextEdit, wanted: unknown): string {
  const changed = applyEdits(text, [edit]);
  const [before, after] = [parseFile(text), parseFile(changed)];
  assert(after.length === before.length, 'the file would have other documents');
  const said: unknown = after[documentIndex(before, at)]?.toJS();
  assert(isDeepStrictEqual(said, wanted), 'the file would not say what was meant');
  return isFormatted(text) ? formatFile(changed) : changed;
}

/** Where a value at a path goes: into what is there of the path, with all that is missing of it. */
function editToAdd(text: string, root: YAMLMap, shape: Shape, path: readonly string[], value: unknown): TextEdit {
  let map = root;
  let fields = shape.fields({});
  let owner: Pair | null = null;
  for (const [depth, step] of path.entries()) {
    const pair = pairNamed(map, step);
    const rest = path.slice(depth + 1);
    if (pair === null) return insertPair(text, owner, map, { key: step, value: nested(rest, value), fields });
    const member = fields.member(step);
    if (rest.length === 0) {
      assert(Array.isArray(value), 'a key is added once');
      return insertItem(text, pair, value[0], member.item());
    }
    fields = member.fields({});
    if (isEmpty(pair.value)) {
      return insertFirstPair(text, pair, { key: rest[0] ?? '', value: nested(rest.slice(1), value), fields });
    }
    assert(isMap(pair.value), 'the field is a mapping');
    map = pair.value;
    owner = pair;
  }
  throw new Error('a path has a step');
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.toReversed().reduce<unknown>((inner, step) => ({ [step]: inner }), value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    return typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined;
  }, value);
}

function withValue(value: unknown, [step, ...rest]: Path, wanted: unknown): unknown {
  if (step === undefined) return wanted;
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => (at === step ? withValue(item, rest, wanted) : item));
  }
  const members: object = typeof value === 'object' && value !== null ? value : {};
  return { ...members, [step]: withValue(Reflect.get(members, step), rest, wanted) };
}
