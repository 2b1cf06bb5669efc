import type { Literal } from './ast.ts';
import { sameLiteral } from './json-literal.ts';
import {
  BOOL,
  DOUBLE,
  INT,
  listOf,
  mapOf,
  NULL,
  nullableOf,
  STRING,
  UNTYPED,
  type Field,
  type RecordType,
  type Type,
} from './types.ts';

/** What a JSON Schema says about values, as far as a type can. */
export interface Shape {
  /** Null: of no single type. */
  readonly kind: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null' | null;
  readonly isNullable: boolean;
  readonly values: readonly Literal[] | null;
  readonly members: ReadonlyMap<string, { readonly shape: Shape; readonly isRequired: boolean }> | null;
  /** Members that are declared somewhere, but not so that they have a type. */
  readonly extra: ReadonlySet<string>;
  /** Whether other members are admitted; null: nothing is said. */
  readonly isOpen: boolean | null;
  readonly items: Shape | null;
}

export const ANYTHING: Shape = {
  kind: null,
  isNullable: true,
  values: null,
  members: null,
  extra: new Set(),
  isOpen: null,
  items: null,
};

/** What holds of a value that two schemas hold of. */
export function bothShapes(left: Shape, right: Shape): Shape {
  const kind = bothKinds(left, right);
  if (kind === 'conflict') return { ...ANYTHING, isNullable: false };
  return {
    kind,
    isNullable: left.isNullable && right.isNullable,
    values: bothValues(left.values, right.values),
    members: bothMembers(left.members, right.members),
    extra: new Set([...left.extra, ...right.extra]),
    isOpen: left.isOpen === false || right.isOpen === false ? false : (left.isOpen ?? right.isOpen),
    items:
      left.items === null || right.items === null ? (left.items ?? right.items) : bothShapes(left.items, right.items),
  };
}

/**
 * What holds of a value that one of several schemas holds of, as far as they agree: scalars of one kind. Everything else
 * has no single type.
 */
export function eitherShape(shapes: readonly Shape[]): Shape {
  const [first, ...others] = shapes;
  if (first === undefined) return ANYTHING;
  if (others.length === 0) return first;
  const isScalar = first.kind !== null && first.kind !== 'object' && first.kind !== 'array';
  if (!isScalar || others.some(({ kind }) => kind !== first.kind)) return ANYTHING;
  const hasValues = shapes.every(({ values }) => values !== null);
  return {
    ...ANYTHING,
    kind: first.kind,
    isNullable: shapes.some(({ isNullable }) => isNullable),
    values: hasValues ? shapes.flatMap(({ values }) => values ?? []) : null,
  };
}

export function nullableShape(shape: Shape): Shape {
  return { ...shape, isNullable: true };
}

function bothKinds({ kind: left }: Shape, { kind: right }: Shape): Shape['kind'] | 'conflict' {
  if (left === null || left === right) return right;
  if (right === null) return left;
  if (left === 'integer' && right === 'number') return left;
  return left === 'number' && right === 'integer' ? right : 'conflict';
}

function bothValues(left: Shape['values'], right: Shape['values']): Shape['values'] {
  if (left === null || right === null) return left ?? right;
  return left.filter((value) => right.some((other) => sameLiteral(value, other)));
}

function bothMembers(left: Shape['members'], right: Shape['members']): Shape['members'] {
  if (left === null || right === null) return left ?? right;
  const members = new Map(left);
  for (const [name, { shape, isRequired }] of right) {
    const known = left.get(name);
    if (known === undefined) members.set(name, { shape, isRequired });
    else members.set(name, { shape: bothShapes(known.shape, shape), isRequired: known.isRequired || isRequired });
  }
  return members;
}

export interface Naming {
  /** What messages call a member of it. */
  readonly what: string;
  /** Whether members that nothing is said about are admitted. */
  readonly isOpen: boolean;
  /** Arguments are a record even when nothing is declared: a tool may have none. */
  readonly isRoot: boolean;
}

/** The type of values of a shape. */
export function shapeType(shape: Shape, naming: Naming): Type {
  const type = ownType(shape, naming);
  return shape.isNullable ? nullableOf(type) : type;
}

function ownType(shape: Shape, naming: Naming): Type {
  switch (shape.kind) {
    case 'object':
      return objectType(shape, naming);
    case 'array':
      return listOf(shape.items === null ? UNTYPED : shapeType(shape.items, { ...naming, isRoot: false }));
    case 'string':
      return STRING;
    case 'integer':
      return INT;
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOL;
    case 'null':
      return NULL;
    case null:
      return UNTYPED;
  }
}

/** With declared members a record; else a map when the schema says something about the others; else anything. */
function objectType(shape: Shape, { what, isOpen, isRoot }: Naming): Type {
  if (shape.members === null && shape.extra.size === 0 && !isRoot) {
    if (shape.isOpen === null) return UNTYPED;
    if (shape.isOpen) return mapOf(STRING, UNTYPED);
  }
  const fields = new Map<string, Field>();
  for (const [name, { shape: member, isRequired }] of shape.members ?? []) {
    const below = { what: `a member of ${JSON.stringify(name)}, ${what}`, isOpen, isRoot: false };
    fields.set(name, { type: shapeType(member, below), isRequired, values: valuesFor(member) });
  }
  for (const name of shape.extra) {
    if (!fields.has(name)) fields.set(name, { type: UNTYPED, isRequired: false, values: null });
  }
  const record: RecordType = { what, fields, isOpen: shape.isOpen ?? isOpen };
  return { kind: 'record', record };
}

/** The values of a field, in the type that it has. */
function valuesFor({ kind, values }: Shape): readonly Literal[] | null {
  if (values === null || kind === null || kind === 'object' || kind === 'array' || kind === 'null') return null;
  const type = { string: 'string', integer: 'int', number: 'double', boolean: 'bool' }[kind];
  return values.flatMap((value): readonly Literal[] => {
    if (value.type === type) return [value];
    return value.type === 'int' && type === 'double' ? [{ type: 'double', value: Number(value.value) }] : [];
  });
}
