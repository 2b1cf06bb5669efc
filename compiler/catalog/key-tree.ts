import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { JSON_DEPTH_MAX } from '../../dataplane/limits.ts';
import { KEY_TREE_REFERENCE_REPEATS_MAX, KEY_TREE_SCHEMAS_MAX } from '../limits.ts';
import type { KeyTree } from '../../schemas/types/catalog.ts';

export type KeyTreeResult =
  { readonly ok: true; readonly keys: KeyTree | null } | { readonly ok: false; readonly message: string };

/**
 * The argument names that an input schema declares, level by level (language.md, rule 11): look-alikes of them are refused.
 * Every branch counts, whether or not it applies to a given call. A reference that leads back to itself is followed
 * `KEY_TREE_REFERENCE_REPEATS_MAX` times; one that leaves the schema, never: nothing is fetched.
 * @returns null keys when the schema declares none; `ok: false` when it holds more than `KEY_TREE_SCHEMAS_MAX` schemas.
 */
export function keyTreeOf(inputSchema: JsonTree): KeyTreeResult {
  const walk = new Walk(inputSchema);
  const keys = walk.level([{ schema: inputSchema, followed: [] }], 0);
  if (!walk.exhausted) return { ok: true, keys };
  return { ok: false, message: `its input schema holds more than ${KEY_TREE_SCHEMAS_MAX} schemas` };
}

/** A schema, and the references that were followed to reach it. */
interface Reached {
  readonly schema: JsonTree;
  readonly followed: readonly string[];
}

const BRANCHES = ['allOf', 'anyOf', 'oneOf'] as const;
const CONDITIONS = ['if', 'then', 'else'] as const;
/** Keywords whose schemas apply to the items of an array: one schema, or (`prefixItems`, draft-07 `items`) a list. */
const ITEMS = ['items', 'prefixItems', 'additionalItems', 'contains', 'unevaluatedItems'] as const;

class Walk {
  readonly #root: JsonTree;
  #visited = 0;

  constructor(root: JsonTree) {
    this.#root = root;
  }

  get exhausted(): boolean {
    return this.#visited > KEY_TREE_SCHEMAS_MAX;
  }

  /** All schemas that may apply to one value become one node. */
  level(schemas: readonly Reached[], depth: number): KeyTree | null {
    const properties = new Map<string, Reached[]>();
    const items: Reached[] = [];
    for (const reached of schemas) this.#gather(reached, properties, items);
    if (properties.size === 0 && items.length === 0) return null;
    // Arguments nested any deeper are refused before anybody looks at their names.
    if (depth === JSON_DEPTH_MAX) return null;
    return {
      properties: Object.fromEntries(
        [...properties]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, below]): [string, KeyTree | null] => [name, this.level(below, depth + 1)]),
      ),
      items: this.level(items, depth + 1),
    };
  }

  #gather({ schema, followed }: Reached, properties: Map<string, Reached[]>, items: Reached[]): void {
    this.#visited++;
    if (this.exhausted || schema.kind !== 'object') return;
    const here = (child: JsonTree): Reached => ({ schema: child, followed });
    for (const { key, value } of membersOf(memberOf(schema, 'properties'))) {
      const known = properties.get(key);
      if (known === undefined) properties.set(key, [here(value)]);
      else known.push(here(value));
    }
    for (const keyword of ITEMS) {
      const value = memberOf(schema, keyword);
      if (value !== null) items.push(...(value.kind === 'array' ? value.items : [value]).map(here));
    }
    for (const keyword of BRANCHES) {
      const value = memberOf(schema, keyword);
      if (value?.kind !== 'array') continue;
      for (const branch of value.items) this.#gather(here(branch), properties, items);
    }
    for (const keyword of CONDITIONS) {
      const value = memberOf(schema, keyword);
      if (value !== null) this.#gather(here(value), properties, items);
    }
    for (const { value } of membersOf(memberOf(schema, 'dependentSchemas'))) {
      this.#gather(here(value), properties, items);
    }
    const reference = memberOf(schema, '$ref');
    if (reference?.kind === 'string') this.#follow(reference.value, followed, properties, items);
  }

  #follow(pointer: string, followed: readonly string[], properties: Map<string, Reached[]>, items: Reached[]): void {
    if (followed.filter((earlier) => earlier === pointer).length >= KEY_TREE_REFERENCE_REPEATS_MAX) return;
    const target = resolvePointer(this.#root, pointer);
    if (target !== null) this.#gather({ schema: target, followed: [...followed, pointer] }, properties, items);
  }
}

function membersOf(tree: JsonTree | null) {
  return tree?.kind === 'object' ? tree.members : [];
}

/** RFC 6901, as a URI fragment: what a reference within a schema refers to, or null. */
export function resolvePointer(root: JsonTree, pointer: string): JsonTree | null {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/')) return null;
  let at: JsonTree | null = root;
  for (const token of pointer.slice(2).split('/')) {
    if (at === null) return null;
    const key = decodeToken(token);
    at = at.kind === 'array' ? (at.items[Number(key)] ?? null) : memberOf(at, key);
  }
  return at;
}

function decodeToken(token: string): string {
  const unescaped = token.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
