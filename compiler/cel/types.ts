import type { Literal } from './ast.ts';

/** Types without parts. `dyn`: known at run time only, and whoever wrote the expression said so. */
type Simple =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  /** Of what is wrong and has been reported: fits everywhere. */
  | 'error';

export type Type =
  | { readonly kind: Simple }
  /** A value whose schema gives it no single type: usable only as `dyn(value)`, so that a reader sees it. */
  | { readonly kind: 'untyped' }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  /** null, or a value of the other type; cel-go calls it a wrapper. */
  | { readonly kind: 'nullable'; readonly of: Type }
  | { readonly kind: 'record'; readonly record: RecordType }
  /** A type as a value; null: of any. */
  | { readonly kind: 'type'; readonly of: Type | null }
  /** A type that is found while checking. */
  | { readonly kind: 'variable'; readonly id: number };

/** A record with members of known names. */
export interface RecordType {
  /** What messages call it: "an argument of stripe/create_refund". */
  readonly what: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Whether values may have members that are not declared; nothing can read those. */
  readonly isOpen: boolean;
}

export interface Field {
  readonly type: Type;
  readonly isRequired: boolean;
  /** The only values that it can have, null not counted; null when it can have any of its type. */
  readonly values: readonly Literal[] | null;
}

export const NULL: Type = { kind: 'null' };
export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const UINT: Type = { kind: 'uint' };
export const DOUBLE: Type = { kind: 'double' };
export const STRING: Type = { kind: 'string' };
export const BYTES: Type = { kind: 'bytes' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const DURATION: Type = { kind: 'duration' };
export const DYN: Type = { kind: 'dyn' };
export const UNTYPED: Type = { kind: 'untyped' };
export const ERROR: Type = { kind: 'error' };

export function listOf(item: Type): Type {
  return { kind: 'list', item };
}

export function mapOf(key: Type, value: Type): Type {
  return { kind: 'map', key, value };
}

export function nullableOf(type: Type): Type {
  return type.kind === 'nullable' || type.kind === 'null' || isDynamic(type) ? type : { kind: 'nullable', of: type };
}

/** A type without its null. */
export function withoutNull(type: Type): Type {
  return type.kind === 'nullable' ? type.of : type;
}

/** Whether a type fits everywhere while types are found out; what must be written as `dyn` is judged afterwards. */
export function isDynamic(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'untyped' || type.kind === 'error';
}

export function isNumber(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'uint' || type.kind === 'double';
}

/** Whether any part of a type is of some kind. */
export function hasPart(type: Type, kind: Type['kind']): boolean {
  return type.kind === kind || partsOf(type).some((part) => hasPart(part, kind));
}

/** The types that a type is made of; the fields of a record are none. */
export function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'list':
      return [type.item];
    case 'map':
      return [type.key, type.value];
    case 'nullable':
      return [type.of];
    case 'type':
      return type.of === null ? [] : [type.of];
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'dyn':
    case 'error':
    case 'untyped':
    case 'record':
    case 'variable':
      return [];
  }
}

/** A type with its parts replaced, in the order of `partsOf`. */
export function withParts(type: Type, replace: (part: Type) => Type): Type {
  switch (type.kind) {
    case 'list':
      return listOf(replace(type.item));
    case 'map':
      return mapOf(replace(type.key), replace(type.value));
    case 'nullable':
      return { kind: 'nullable', of: replace(type.of) };
    case 'type':
      return type.of === null ? type : { kind: 'type', of: replace(type.of) };
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'dyn':
    case 'error':
    case 'untyped':
    case 'record':
    case 'variable':
      return type;
  }
}

/** Whether two types are the same. Records are compared member by member. */
export function sameType(left: Type, right: Type): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'variable') return right.kind === 'variable' && left.id === right.id;
  if (left.kind === 'record') return right.kind === 'record' && sameRecord(left.record, right.record);
  const parts = partsOf(left);
  const others = partsOf(right);
  if (parts.length !== others.length) return false;
  return parts.every((part, at) => {
    const other = others[at];
    return other !== undefined && sameType(part, other);
  });
}

function sameRecord(left: RecordType, right: RecordType): boolean {
  if (left === right) return true;
  if (left.fields.size !== right.fields.size || left.isOpen !== right.isOpen) return false;
  for (const [name, field] of left.fields) {
    const other = right.fields.get(name);
    if (other === undefined || field.isRequired !== other.isRequired || !sameType(field.type, other.type)) return false;
  }
  return true;
}

/** A type as cel-go writes it, which is also how messages name it. */
export function renderType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${renderType(type.item)})`;
    case 'map':
      return `map(${renderType(type.key)}, ${renderType(type.value)})`;
    case 'nullable':
      return `${renderType(type.of)} or null`;
    case 'record':
      return 'record';
    case 'type':
      return type.of === null ? 'type' : `type(${renderType(type.of)})`;
    case 'untyped':
    case 'variable':
      return 'dyn';
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'dyn':
    case 'error':
      return type.kind;
  }
}
