import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { resolvePointer } from '../catalog/key-tree.ts';
import { ARGUMENT_TYPE_DEPTH_MAX, ARGUMENT_TYPE_SCHEMAS_MAX } from '../limits.ts';
import type { Literal } from './ast.ts';
import { isIntegral, literalOf, sameLiteral } from './json-literal.ts';
import { ANYTHING, bothShapes, eitherShape, nullableShape, shapeType, type Shape } from './shape.ts';
import type { RecordType } from './types.ts';

export interface ArgumentSchema {
  /** A tool's `inputSchema`; null: no arguments. */
  readonly inputSchema: JsonTree | null;
  /** What messages call the arguments: "an argument of stripe/create_refund". */
  readonly what: string;
  /** `arguments: open` of the Server: members that the schema does not declare are admitted, at every level. */
  readonly isOpen: boolean;
}

/**
 * The type of `args` for a tool (language.md, "Conditions"): what of JSON Schema 2020-12 a condition can rely on, since
 * the projection made of it is enforced before the condition is asked. Keywords that only narrow values, `format` among
 * them, are left to the server. Whatever has no single type is `untyped`.
 */
export function argumentsType({ inputSchema, what, isOpen }: ArgumentSchema): RecordType {
  const shape = inputSchema === null ? ANYTHING : new Reader(inputSchema).shapeOf(inputSchema, [], 0);
  const type = shapeType({ ...shape, kind: 'object', isNullable: false }, { what, isOpen, isRoot: true });
  return type.kind === 'record' ? type.record : { what, fields: new Map(), isOpen };
}

const BRANCHES = ['anyOf', 'oneOf'] as const;
/** Schemas that hold for some values only: they declare members, but give none a type. */
const CONDITIONS = ['if', 'then', 'else'] as const;
const ARRAY_KEYWORDS = ['items', 'prefixItems'] as const;

class Reader {
  readonly #root: JsonTree;
  #visited = 0;

  constructor(root: JsonTree) {
    this.#root = root;
  }

  /** `followed`: the references on the way here; one that leads back into itself is anything. */
  shapeOf(schema: JsonTree, followed: readonly string[], depth: number): Shape {
    this.#visited++;
    if (schema.kind !== 'object' || depth > ARGUMENT_TYPE_DEPTH_MAX) return ANYTHING;
    if (this.#visited > ARGUMENT_TYPE_SCHEMAS_MAX) return ANYTHING;
    const parts = [this.#own(schema, followed, depth), ...this.#applied(schema, followed, depth)];
    return parts.reduce(bothShapes);
  }

  /** What the schema says itself. */
  #own(schema: JsonTree, followed: readonly string[], depth: number): Shape {
    const values = valuesOf(schema);
    const types = typesOf(schema);
    const isNullable = types?.includes('null') === true && (values === null || values.includesNull);
    const kind = kindOf(types, values?.literals ?? null, schema);
    return {
      ...ANYTHING,
      kind,
      isNullable: types === null ? kind === null || values?.includesNull === true : isNullable,
      values: values?.literals ?? null,
      members: this.#members(schema, followed, depth),
      extra: this.#conditionalNames(schema),
      isOpen: openness(schema),
      items: this.#items(schema, followed, depth),
    };
  }

  /** Schemas that hold as well: references, all of `allOf`, and a choice between schemas that agree. */
  *#applied(schema: JsonTree, followed: readonly string[], depth: number): Generator<Shape> {
    const reference = memberOf(schema, '$ref');
    if (reference?.kind === 'string' && !followed.includes(reference.value)) {
      const target = resolvePointer(this.#root, reference.value);
      if (target !== null) yield this.shapeOf(target, [...followed, reference.value], depth + 1);
    }
    for (const each of itemsOf(memberOf(schema, 'allOf'))) yield this.shapeOf(each, followed, depth + 1);
    for (const keyword of BRANCHES) {
      const branches = itemsOf(memberOf(schema, keyword));
      const others = branches.filter((branch) => !isNullSchema(branch));
      if (others.length === 0) continue;
      const shape = eitherShape(others.map((branch) => this.shapeOf(branch, followed, depth + 1)));
      yield others.length < branches.length ? nullableShape(shape) : shape;
    }
  }

  #members(schema: JsonTree, followed: readonly string[], depth: number): Shape['members'] {
    const properties = memberOf(schema, 'properties');
    if (properties?.kind !== 'object') return null;
    const required = new Set(
      itemsOf(memberOf(schema, 'required')).flatMap((name) => (name.kind === 'string' ? [name.value] : [])),
    );
    return new Map(
      properties.members.map(({ key, value }) => [
        key,
        { shape: this.shapeOf(value, followed, depth + 1), isRequired: required.has(key) },
      ]),
    );
  }

  #items(schema: JsonTree, followed: readonly string[], depth: number): Shape | null {
    const items = memberOf(schema, 'items');
    if (memberOf(schema, 'prefixItems') !== null || items?.kind === 'array') return ANYTHING;
    return items === null ? null : this.shapeOf(items, followed, depth + 1);
  }

  /** Names of members that only branches declare. */
  #conditionalNames(schema: JsonTree): ReadonlySet<string> {
    const names = new Set<string>();
    const branches = [
      ...BRANCHES.flatMap((keyword) => itemsOf(memberOf(schema, keyword))),
      ...CONDITIONS.flatMap((keyword) => memberOf(schema, keyword) ?? []),
      ...membersOf(memberOf(schema, 'dependentSchemas')).map(({ value }) => value),
    ];
    for (const branch of branches) {
      this.#visited++;
      for (const { key } of membersOf(memberOf(branch, 'properties'))) names.add(key);
    }
    return names;
  }
}

/** The types that a schema names; null when it names none. */
function typesOf(schema: JsonTree): readonly string[] | null {
  const type = memberOf(schema, 'type');
  if (type?.kind === 'string') return [type.value];
  if (type?.kind !== 'array') return null;
  return type.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}

function kindOf(types: readonly string[] | null, values: readonly Literal[] | null, schema: JsonTree): Shape['kind'] {
  if (types === null) {
    if (values !== null) return kindOfValues(values);
    if (memberOf(schema, 'properties') !== null) return 'object';
    return ARRAY_KEYWORDS.some((keyword) => memberOf(schema, keyword) !== null) ? 'array' : null;
  }
  const others = types.filter((type) => type !== 'null');
  if (others.length === 0) return 'null';
  // Every integer is a number.
  const kinds = others.includes('number') ? others.filter((type) => type !== 'integer') : others;
  const [kind, ...more] = kinds;
  if (kind === undefined || more.length > 0) return null;
  return KINDS.get(kind) ?? null;
}

const KINDS: ReadonlyMap<string, Shape['kind']> = new Map([
  ['object', 'object'],
  ['array', 'array'],
  ['string', 'string'],
  ['integer', 'integer'],
  ['number', 'number'],
  ['boolean', 'boolean'],
]);

function kindOfValues(values: readonly Literal[]): Shape['kind'] {
  const kinds = new Set(values.map(({ type }) => type));
  if (kinds.has('double')) kinds.delete('int');
  const [kind, ...others] = kinds;
  if (others.length > 0) return null;
  if (kind === undefined) return 'null';
  return ({ string: 'string', bool: 'boolean', int: 'integer', double: 'number' } as const)[
    kind === 'string' || kind === 'bool' || kind === 'int' ? kind : 'double'
  ];
}

/** `enum` and `const`; null when the schema has neither, or values of which a condition has no literal. */
function valuesOf(schema: JsonTree): { readonly literals: readonly Literal[]; readonly includesNull: boolean } | null {
  const constant = memberOf(schema, 'const');
  const listed = memberOf(schema, 'enum');
  const trees = constant === null ? (listed === null ? null : itemsOf(listed)) : [constant];
  if (trees === null) return null;
  const isInteger = trees.every((tree) => tree.kind !== 'number' || isIntegral(tree.token));
  const literals: Literal[] = [];
  for (const tree of trees) {
    const literal = literalOf(tree, isInteger);
    if (literal === null) return null;
    if (literal.type !== 'null' && !literals.some((known) => sameLiteral(known, literal))) literals.push(literal);
  }
  return { literals, includesNull: trees.some((tree) => tree.kind === 'literal' && tree.value === null) };
}

/** What a schema says about members that it does not declare: true admits, false refuses, null says nothing. */
function openness(schema: JsonTree): boolean | null {
  const additional = memberOf(schema, 'additionalProperties') ?? memberOf(schema, 'unevaluatedProperties');
  if (memberOf(schema, 'patternProperties') !== null) return true;
  if (additional === null) return null;
  return additional.kind !== 'literal' || additional.value === true;
}

function isNullSchema(schema: JsonTree): boolean {
  const types = typesOf(schema);
  if (types !== null) return types.length === 1 && types[0] === 'null';
  const constant = memberOf(schema, 'const');
  return constant?.kind === 'literal' && constant.value === null;
}

function itemsOf(tree: JsonTree | null): readonly JsonTree[] {
  return tree?.kind === 'array' ? tree.items : [];
}

function membersOf(tree: JsonTree | null) {
  return tree?.kind === 'object' ? tree.members : [];
}
