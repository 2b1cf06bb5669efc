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

export type Effect = 'read' | 'write' | 'destructive';

export const EFFECTS: readonly Effect[] = ['read', 'write', 'destructive'];
const LINE_COLUMNS_MAX = 120;

/**
 * The text of a policy file in which tools of one Server have these effects, and no other. Only their names move: comments
 * and the layout of everything else stay as their author wrote them.
 *
 * @param at offset of anything in the Server's document, such as its name.
 */
export function setEffects(text: string, at: number, effects: ReadonlyMap<string, Effect>): string {
  const index = parse(text).findLastIndex((document) => document.range[0] <= at);
  const before = plain(text, index);
  let changed = text;
  for (const [name, effect] of effects) {
    for (const other of EFFECTS) {
      if (other !== effect) changed = removeName(changed, index, other, name);
    }
    changed = addName(changed, index, effect, name);
  }
  assert(
    isDeepStrictEqual(plain(changed, index), withEffects(before, effects)),
    'the file would not say what was meant',
  );
  return changed;
}

function parse(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { keepSourceTokens: true });
  assert(
    Array.isArray(documents) && documents.every((document) => document.errors.length === 0),
    'the file parsed before',
  );
  return documents;
}

interface Place {
  readonly root: YAMLMap;
  readonly effects: YAMLMap | null;
  readonly names: YAMLSeq | null;
}

function placeOf(text: string, index: number, effect: Effect): Place {
  const root = parse(text)[index]?.contents;
  assert(isMap(root), 'a Server is a mapping');
  const effects = pairNamed(root, 'effects')?.value ?? null;
  if (!isMap(effects)) return { root, effects: null, names: null };
  const names = pairNamed(effects, effect)?.value ?? null;
  return { root, effects, names: isSeq(names) ? names : null };
}

function addName(text: string, index: number, effect: Effect, name: string): string {
  const { root, effects, names } = placeOf(text, index, effect);
  const list = `[${scalar(name)}]`;
  if (effects === null) {
    const last = root.items.at(-1);
    assert(last !== undefined, 'a Server has a name');
    return addAfter(text, root, last, `effects: { ${effect}: ${list} }`, [`effects:`, `  ${effect}: ${list}`]);
  }
  if (names === null) {
    const earlier = EFFECTS.slice(0, EFFECTS.indexOf(effect)).map((other) => pairNamed(effects, other));
    const pair = `${effect}: ${list}`;
    return addAfter(text, effects, earlier.findLast((other) => other !== null) ?? null, pair, [pair]);
  }
  if (names.items.some((item) => isScalar(item) && item.value === name)) return text;
  if (names.flow === true) return broken(splice(text, intoFlow(text, names, scalar(name))), index, effect);
  const last = names.items.at(-1);
  assert(last !== undefined, 'a block sequence has items');
  return splice(text, afterLine(text, endOf(last), `${' '.repeat(columnOf(text, startOf(names)))}- ${scalar(name)}`));
}

/** Adds a pair after another of the mapping, or before all of them; in braces in one line, else on lines of its own. */
function addAfter(text: string, map: YAMLMap, after: Pair | null, flow: string, lines: readonly string[]): string {
  const first = map.items[0];
  if (map.flow === true) {
    if (after !== null) return splice(text, { start: endOfPair(after), end: endOfPair(after), insert: `, ${flow}` });
    const start = first === undefined ? startOf(map) + 1 : startOf(first.key);
    return splice(text, { start, end: start, insert: first === undefined ? flow : `${flow}, ` });
  }
  const indent = ' '.repeat(columnOf(text, startOf(map)));
  const block = lines.map((line) => indent + line).join('\n');
  // Right below the line that opens the mapping: a comment further down belongs to what it stands above.
  const opened = text.lastIndexOf(':', startOf(map));
  return splice(text, afterLine(text, after === null ? opened : endOfPair(after), block));
}

function removeName(text: string, index: number, effect: Effect, name: string): string {
  const { names } = placeOf(text, index, effect);
  const at = names?.items.findIndex((item) => isScalar(item) && item.value === name) ?? -1;
  if (names === null || at === -1) return text;
  const [previous, item, next] = [names.items[at - 1], names.items[at], names.items[at + 1]];
  if (previous === undefined && next === undefined) {
    // An empty block sequence cannot be written.
    return splice(text, { start: startOf(names), end: endOf(item), insert: names.flow === true ? '[' : '[]' });
  }
  if (names.flow !== true) {
    const start = text.lastIndexOf('\n', startOf(item)) + 1;
    return splice(text, { start, end: text.indexOf('\n', endOf(item)) + 1 || text.length, insert: '' });
  }
  if (next !== undefined) return splice(text, { start: startOf(item), end: startOf(next), insert: '' });
  return splice(text, { start: endOf(previous), end: endOf(item), insert: '' });
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

function splice(text: string, { start, end, insert }: Edit): string {
  return text.slice(0, start) + insert + text.slice(end);
}

/** After the last entry, in its line or, where each has its own, on the next one. */
function intoFlow(text: string, collection: YAMLMap | YAMLSeq, entry: string): Edit {
  const last: unknown = collection.items.at(-1);
  if (last === undefined) {
    const open = startOf(collection) + 1;
    return { start: open, end: open, insert: entry };
  }
  const first = isPair(last) ? startOf(last.key) : startOf(last);
  const end = isPair(last) ? endOfPair(last) : endOf(last);
  const lineStart = text.lastIndexOf('\n', first) + 1;
  const ownLine = text.slice(lineStart, first).trim() === '';
  return { start: end, end, insert: ownLine ? `,\n${text.slice(lineStart, first)}${entry}` : `, ${entry}` };
}

/** A list in one line that has become too long gets a line for each name. */
function broken(text: string, index: number, effect: Effect): string {
  const { names } = placeOf(text, index, effect);
  assert(names !== null);
  const [start, end] = [startOf(names), endOf(names)];
  const source = text.slice(start, end);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', end);
  const columns = (lineEnd === -1 ? text.length : lineEnd) - lineStart;
  if (columns <= LINE_COLUMNS_MAX || /[\n#]/.test(source)) return text;
  const indent = /^ */.exec(text.slice(lineStart))?.[0] ?? '';
  const items = names.items.map((item) => `${indent}    ${text.slice(startOf(item), endOf(item))},\n`);
  const keyEnd = text.slice(0, start).trimEnd().length;
  return splice(text, { start: keyEnd, end, insert: `\n${indent}  [\n${items.join('')}${indent}  ]` });
}

/** On a line of its own below the one that ends at `at`; a comment at its end stays where it is. */
function afterLine(text: string, at: number, line: string): Edit {
  const end = text.indexOf('\n', at);
  if (end === -1) return { start: text.length, end: text.length, insert: `\n${line}\n` };
  return { start: end, end, insert: `\n${line}` };
}

function pairNamed(map: YAMLMap, name: string): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === name) ?? null;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function startOf(node: unknown): number {
  return rangeOf(node)[0];
}

/** Where the last character of a node stands: a block collection's own range runs on into what follows it. */
function endOf(node: unknown): number {
  if (isMap(node) && node.flow !== true && node.items.length > 0) return endOfPair(node.items.at(-1));
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1));
  return rangeOf(node)[1];
}

function endOfPair(pair: Pair | undefined): number {
  assert(pair !== undefined);
  const { key, value } = pair;
  return value === null || (isScalar(value) && value.value === null && value.source === '') ? endOf(key) : endOf(value);
}

function rangeOf(node: unknown): readonly [number, number, number] {
  assert(
    typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range),
    'parsed nodes have ranges',
  );
  const [start, end, after]: unknown[] = node.range;
  assert(typeof start === 'number' && typeof end === 'number' && typeof after === 'number');
  return [start, end, after];
}

/** Plain where YAML takes it for the same text, else quoted. */
function scalar(name: string): string {
  const isPlain = /^[A-Za-z_][\w./-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name);
  return isPlain ? name : JSON.stringify(name);
}

function plain(text: string, index: number): unknown {
  return parse(text)[index]?.toJS();
}

function withEffects(server: unknown, effects: ReadonlyMap<string, Effect>): unknown {
  assert(typeof server === 'object' && server !== null);
  const before: unknown = 'effects' in server ? server.effects : null;
  const lists = new Map<string, unknown[]>();
  for (const effect of EFFECTS) {
    const names: unknown = typeof before === 'object' && before !== null ? Reflect.get(before, effect) : undefined;
    if (Array.isArray(names))
      lists.set(
        effect,
        names.filter((name) => (effects.get(String(name)) ?? effect) === effect),
      );
  }
  for (const [name, effect] of effects) {
    const names = lists.get(effect) ?? [];
    if (!names.includes(name)) lists.set(effect, [...names, name]);
  }
  return { ...server, effects: Object.fromEntries(lists) };
}
