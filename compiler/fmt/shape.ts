import { chooseBranch } from '../source/choose-branch.ts';
import { fieldOf, keysOf, typeOf } from '../source/describe.ts';
import { POLICY_SCHEMAS, type Schema } from '../source/policy-schemas.ts';

/** What the schema of a kind says about one value of a document, as far as its layout depends on it. */
export interface Shape {
  /** What kind of text it is. A condition or a pattern is quoted, whatever it is. */
  readonly code: 'condition' | 'pattern' | null;
  /**
   * Whether each entry of the mapping has a line of its own, however short it is, so that changes read well: where its
   * author chooses the keys and each stands for something with fields of its own (servers, identities, principals), and
   * in the effects of a Server, which `catalog accept` writes one by one.
   */
  readonly isRegistry: boolean;
  /** Of the items of a list. */
  readonly item: () => Shape;
  /** Of a mapping that has these keys and texts; which they are decides between alternatives. */
  readonly fields: (written: Readonly<Record<string, unknown>>) => Fields;
}

export interface Fields {
  /** In their order. */
  readonly names: readonly string[];
  readonly member: (key: string) => Shape;
}

const CODE: ReadonlyMap<string, 'condition' | 'pattern'> = new Map([
  ['when', 'condition'],
  ['unless', 'condition'],
  ['regex', 'pattern'],
]);

const REVIEWED: ReadonlySet<string> = new Set(['effects']);

/** The shape of a document of a kind. */
export function shapeOf(kind: string): Shape {
  const schema = POLICY_SCHEMAS.get(kind) ?? {};
  return shapeOfSchema(schema, schema, '');
}

/** @param key that the value stands behind; an item of a list, the list. */
function shapeOfSchema(schema: unknown, whole: Schema, key: string): Shape {
  const target = resolve(schema, whole);
  return {
    code: CODE.get(key) ?? null,
    isRegistry: REVIEWED.has(key) || admitsMapping(fieldOf(target, 'additionalProperties'), whole),
    item: () => shapeOfSchema(fieldOf(target, 'items'), whole, key),
    fields: (written) => {
      const branch = branchOf(target, written, whole);
      const properties = fieldOf(branch, 'properties');
      return {
        names: keysOf(properties),
        member: (name) =>
          shapeOfSchema(fieldOf(properties, name) ?? fieldOf(branch, 'additionalProperties'), whole, name),
      };
    },
  };
}

/** The alternative of a `oneOf` that a mapping is; the schema itself where there are none. */
function branchOf(schema: Schema, written: Readonly<Record<string, unknown>>, whole: Schema): Schema {
  const branches = branchesOf(schema, whole);
  if (branches.length === 0 || schema.properties !== undefined) return schema;
  const choice = chooseBranch(branches, written);
  const chosen = choice.kind === 'branch' ? branches[choice.index] : branches.find(isMappingSchema);
  return chosen === undefined ? {} : branchOf(chosen, written, whole);
}

function branchesOf(schema: Schema, whole: Schema): readonly Schema[] {
  return (schema.oneOf ?? []).map((branch) => resolve(branch, whole));
}

function admitsMapping(schema: unknown, whole: Schema): boolean {
  const target = resolve(schema, whole);
  return isMappingSchema(target) || branchesOf(target, whole).some(isMappingSchema);
}

function isMappingSchema({ type }: Schema): boolean {
  return type === 'object';
}

/** A schema, or what it refers to within the schema of its kind. */
function resolve(schema: unknown, whole: Schema): Schema {
  const reference = fieldOf(schema, '$ref');
  const target = typeof reference === 'string' ? reference.split('/').slice(1).reduce<unknown>(fieldOf, whole) : schema;
  return typeOf(target) === 'object' ? (target as Schema) : {};
}
