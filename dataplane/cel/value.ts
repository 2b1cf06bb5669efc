import type { Fault } from './fault.ts';

/**
 * An int: a number when that is a safe integer (never -0), a bigint otherwise. So ints are equal when they are `===`, and
 * JavaScript's `<` orders them whichever form they have.
 */
export type Int = number | bigint;

/**
 * A value says its own type, since an expression may have operands of which the compiler knew none (`dyn`): the commonest
 * number, the int, is the plain one, uint and double are boxed. Lists are arrays; nobody changes one that was handed on.
 */
export type Value =
  | null
  | boolean
  | Int
  | string
  | Uint
  | Double
  | Uint8Array
  | Timestamp
  | Duration
  | TypeName
  | MapValue
  | readonly Value[];

/** What evaluating gives. */
export type Outcome = Value | Fault;

export class Uint {
  /** Up to 2^64 - 1, in the form of an int. */
  readonly value: Int;

  constructor(value: Int) {
    this.value = value;
  }
}

export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A point in time of the years 0001 to 9999. */
export class Timestamp {
  /** Since 1970, rounded down. */
  readonly seconds: number;
  /** 0 to 999 999 999. */
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }
}

export class Duration {
  /** 64 bits, in the form of an int: some 292 years (cel-spec, "Overflow"). */
  readonly nanos: Int;

  constructor(nanos: Int) {
    this.nanos = nanos;
  }
}

/** The value of `type(x)`, and of a type's name. */
export class TypeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A map's key: a uint has the form of the int that it equals. */
export type Key = string | boolean | Int;

/** The names that records of one kind may have, such as all that `args` of one tool: whoever reads a member looks its place up once. */
export class RecordShape {
  readonly names: readonly string[];
  readonly #positions: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#positions = new Map(names.map((name, position): [string, number] => [name, position]));
  }

  /** Where a record has the member; past all others when none has it. */
  positionOf(name: string): number {
    return this.#positions.get(name) ?? this.names.length;
  }

  /** A record with these values, in the order of the names; undefined for members that it lacks. */
  record(members: readonly (Value | undefined)[]): MapValue {
    return new MapValue(null, null, this, members);
  }
}

const NO_SHAPE = new RecordShape([]);
const NO_MEMBERS: readonly (Value | undefined)[] = [];

/**
 * A map, a JSON object, or a record such as `args`. What is found are own members, whatever their names, as nothing here
 * is a JavaScript object with a prototype; the keys of one map are never equal to each other (1 and 1u are).
 */
export class MapValue {
  /** Of a record, its shape and members; empty for other maps. */
  readonly shape: RecordShape;
  readonly members: readonly (Value | undefined)[];
  /** Which of the integer keys are uints; null for none. */
  readonly uints: ReadonlySet<Key> | null;
  #entries: ReadonlyMap<Key, Value> | null;

  constructor(
    entries: ReadonlyMap<Key, Value> | null,
    uints: ReadonlySet<Key> | null,
    shape: RecordShape = NO_SHAPE,
    members: readonly (Value | undefined)[] = NO_MEMBERS,
  ) {
    this.shape = shape;
    this.members = members;
    this.uints = uints;
    this.#entries = entries;
  }

  /** All that is in it; of a record, made when it is first asked for. */
  get entries(): ReadonlyMap<Key, Value> {
    this.#entries ??= this.#membersByName();
    return this.#entries;
  }

  /** A key as the value that it was. */
  keyValue(key: Key): Value {
    return this.uints !== null && this.uints.has(key) && isInt(key) ? new Uint(key) : key;
  }

  #membersByName(): ReadonlyMap<Key, Value> {
    const entries = new Map<Key, Value>();
    for (const [position, name] of this.shape.names.entries()) {
      const value = this.members[position];
      if (value !== undefined) entries.set(name, value);
    }
    return entries;
  }
}

export const INT_MAX = 9_223_372_036_854_775_807n;
export const INT_MIN = -9_223_372_036_854_775_808n;
export const UINT_MAX = 18_446_744_073_709_551_615n;

/** An integer in the form that ints have; whether it is in range is the caller's question. */
export function intOf(value: bigint): Int {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

export function isInt(value: unknown): value is Int {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** The key under which a map has what this value names; undefined when no key can equal it. */
export function keyOf(value: Outcome): Key | undefined {
  if (typeof value !== 'object') return value;
  if (value instanceof Uint) return value.value;
  // A double key is looked up, never stored.
  return value instanceof Double && Number.isInteger(value.value) ? intOf(BigInt(value.value)) : undefined;
}

/** A record of a shape of its own, for what is not read from JSON: tests, and what is made once. */
export function recordOf(members: Readonly<Record<string, Value>>): MapValue {
  return new RecordShape(Object.keys(members)).record(Object.values(members));
}

/** The name of a value's type, as `type(x)` says it. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  if (isInt(value)) return 'int';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Double) return 'double';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeName) return 'type';
  return value instanceof MapValue ? 'map' : 'list';
}
