import type { Projection } from '../../schemas/types/expression.ts';
import { KnownKeys } from '../json/known-keys.ts';
import { JSON_DEPTH_MAX } from '../limits.ts';
import { RecordShape, type Value } from './value.ts';

/** A projection, ready to be applied to any number of calls. */
export interface ProjectionPlan {
  readonly type: Projection['type'];
  readonly nullable: boolean;
  /** Admitted values as they are read; null for all. Doubles by their number. */
  readonly admitted: ReadonlySet<Value> | null;
  readonly object: ObjectPlan | null;
  readonly items: ProjectionPlan | null;
  /** How many levels of JSON must be looked at. */
  readonly levels: number;
}

export interface ObjectPlan {
  readonly keys: KnownKeys;
  /** By position in `keys.names`: how the member is read, or null for one that is not. */
  readonly members: readonly (ProjectionPlan | null)[];
  /** By position in `keys.names`. */
  readonly isRequired: readonly boolean[];
  readonly requiredCount: number;
  readonly undeclared: Projection['undeclared'];
  /** Of the record that is read: a place for every name of `keys`. */
  readonly shape: RecordShape;
}

/** How a member that is not declared is read, where such are read. */
export const ANY: ProjectionPlan = {
  type: 'any',
  nullable: true,
  admitted: null,
  object: null,
  items: null,
  levels: JSON_DEPTH_MAX + 1,
};

/** Prepares a projection; once per bundle and tool. */
export function buildProjection(projection: Projection): ProjectionPlan {
  const { type, nullable } = projection;
  if (type === 'any') return ANY;
  const object = type === 'object' ? buildObject(projection) : null;
  const items = type === 'array' && projection.items !== null ? buildProjection(projection.items) : null;
  return { type, nullable, admitted: admittedValues(projection), object, items, levels: levelsOf(object, items) };
}

function buildObject({ members, required, undeclared }: Projection): ObjectPlan {
  const declared = Object.entries(members ?? {});
  const names = declared.map(([name]) => name);
  const requiredNames = new Set(required);
  const isRequired = names.map((name) => requiredNames.has(name));
  return {
    keys: new KnownKeys(names),
    members: declared.map(([, member]) => (member === null ? null : buildProjection(member))),
    isRequired,
    requiredCount: isRequired.filter(Boolean).length,
    undeclared,
    shape: new RecordShape(names),
  };
}

function admittedValues({ type, enum: texts }: Projection): ReadonlySet<Value> | null {
  if (texts === null) return null;
  switch (type) {
    case 'string':
      return new Set(texts);
    case 'boolean':
      return new Set(texts.map((text) => text === 'true'));
    case 'integer':
      return new Set(texts.map((text) => intOfText(text)));
    case 'number':
      return new Set(texts.map(Number));
    case 'object':
    case 'array':
    case 'null':
    case 'any':
      return null;
  }
}

/** Decoding made sure that the text is an int. */
function intOfText(text: string): Value {
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

function levelsOf(object: ObjectPlan | null, items: ProjectionPlan | null): number {
  if (object === null) return items === null ? 1 : 1 + items.levels;
  if (object.undeclared === 'read') return ANY.levels;
  return 1 + Math.max(1, ...object.members.map((member) => member?.levels ?? 1));
}
