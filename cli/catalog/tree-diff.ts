import { canonicalTree, type JsonTree } from '../../dataplane/format/json-tree.ts';

/** One place at which two definitions differ. */
export interface Difference {
  /** `inputSchema.properties.amount.type`, `arguments[0].name`. */
  readonly path: string;
  /** Null where the place does not exist. */
  readonly before: JsonTree | null;
  readonly after: JsonTree | null;
}

/** Where two trees differ: the deepest places, in the order of their keys. Number tokens count as written. */
export function treeDiff(before: JsonTree | null, after: JsonTree | null, path = ''): readonly Difference[] {
  if (before !== null && after !== null && canonicalTree(before) === canonicalTree(after)) return [];
  if (before?.kind === 'object' && after?.kind === 'object') {
    const [left, right] = [membersOf(before), membersOf(after)];
    return [...new Set([...left.keys(), ...right.keys()])]
      .sort()
      .flatMap((key) => treeDiff(left.get(key) ?? null, right.get(key) ?? null, memberPath(path, key)));
  }
  if (before?.kind === 'array' && after?.kind === 'array' && before.items.length === after.items.length) {
    return before.items.flatMap((item, at) => treeDiff(item, after.items[at] ?? null, `${path}[${at}]`));
  }
  return [{ path, before, after }];
}

/** Every text of a definition with its place, keys of mappings included: all of it can reach a model. */
export function textsOf(tree: JsonTree, path = ''): readonly { readonly path: string; readonly text: string }[] {
  switch (tree.kind) {
    case 'object':
      return tree.members.flatMap(({ key, value }) => [
        { path: memberPath(path, key), text: key },
        ...textsOf(value, memberPath(path, key)),
      ]);
    case 'array':
      return tree.items.flatMap((item, at) => textsOf(item, `${path}[${at}]`));
    case 'string':
      return [{ path, text: tree.value }];
    case 'number':
    case 'literal':
      return [];
  }
}

function membersOf(tree: Extract<JsonTree, { kind: 'object' }>): ReadonlyMap<string, JsonTree> {
  return new Map(tree.members.map(({ key, value }) => [key, value]));
}

function memberPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
