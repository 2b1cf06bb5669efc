import assert from 'node:assert/strict';
import type { KeyTree } from '../../schemas/types/catalog.ts';
import { KnownKeys } from '../json/known-keys.ts';
import { JsonScanner } from '../json/scanner.ts';
import { ARRAY, OBJECT } from '../json/tape.ts';
import { stringText } from '../json/text.ts';
import { JSON_DEPTH_MAX } from '../limits.ts';
import type { Span } from './scan-level.ts';

/** Why arguments are refused. `path`: member names and element numbers down to the offending key, as the client wrote it. */
export interface ArgumentsRefused {
  readonly reason: 'look-alike-key';
  readonly path: readonly (string | number)[];
  /** The declared name that the key resembles. */
  readonly known: string;
}

/** A level of declared names, made from the catalog's once. */
interface DeclaredLevel {
  readonly keys: KnownKeys;
  /** By position in `keys.names`. */
  readonly members: readonly (DeclaredLevel | null)[];
  readonly items: DeclaredLevel | null;
}

const scanner = new JsonScanner();
const declaredByTree = new WeakMap<KeyTree, DeclaredLevel>();

/**
 * HOT PATH. Looks, at each level that a tool's schema declares, for a key that is not a declared one but could be taken
 * for it (language.md, rule 11). `span` is the place of `params.arguments` in a body that `scanRequest` accepted, which
 * refused duplicates already; `keys` null: the schema declares nothing. Returns null when there is no such key.
 */
export function checkArguments(body: Buffer, span: Span, keys: KeyTree | null): ArgumentsRefused | null {
  if (keys === null) return null;
  const failure = scanner.scanWithin(body, span.start, span.end, JSON_DEPTH_MAX + 1);
  assert(failure === null, 'checkArguments wants arguments that were scanned before');
  const path: (string | number)[] = [];
  const known = findLookAlike(body, 0, levelOf(keys), path);
  return known === null ? null : { reason: 'look-alike-key', path: path.reverse(), known };
}

/** Returns the declared name that a key below `node` resembles, the path to that key in reverse, or null. */
function findLookAlike(body: Buffer, node: number, level: DeclaredLevel, path: (string | number)[]): string | null {
  const kind = scanner.tape.kind(node);
  if (kind === OBJECT) return findInObject(body, node, level, path);
  if (kind === ARRAY && level.items !== null) return findInArray(body, node, level.items, path);
  return null;
}

function findInObject(body: Buffer, node: number, level: DeclaredLevel, path: (string | number)[]): string | null {
  const { tape } = scanner;
  const after = tape.next(node);
  for (let member = node + 1; member < after; member = tape.next(member)) {
    const start = tape.keyStart(member);
    const end = tape.keyEnd(member);
    const position = level.keys.indexOf(body, start, end);
    const below = position < 0 ? null : (level.members[position] ?? null);
    const known =
      position < 0
        ? level.keys.resembled(body, start, end)
        : below === null
          ? null
          : findLookAlike(body, member, below, path);
    if (known === null) continue;
    path.push(stringText(body, start, end));
    return known;
  }
  return null;
}

function findInArray(body: Buffer, node: number, items: DeclaredLevel, path: (string | number)[]): string | null {
  const { tape } = scanner;
  const after = tape.next(node);
  let index = 0;
  for (let element = node + 1; element < after; element = tape.next(element)) {
    const known = findLookAlike(body, element, items, path);
    if (known !== null) {
      path.push(index);
      return known;
    }
    index++;
  }
  return null;
}

function levelOf(tree: KeyTree): DeclaredLevel {
  const made = declaredByTree.get(tree);
  if (made !== undefined) return made;
  const level = buildLevel(tree);
  declaredByTree.set(tree, level);
  return level;
}

function buildLevel(tree: KeyTree): DeclaredLevel {
  const names = Object.keys(tree.properties);
  const members = names.map((name) => {
    const below = tree.properties[name] ?? null;
    return below === null ? null : buildLevel(below);
  });
  return { keys: new KnownKeys(names), members, items: tree.items === null ? null : buildLevel(tree.items) };
}
