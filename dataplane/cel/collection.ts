import { inList, memberAt } from './equality.ts';
import {
  Fault,
  INDEX_OUT_OF_RANGE,
  mismatch,
  NO_SUCH_KEY,
  NO_SUCH_OVERLOAD,
  REPEATED_KEY,
  UNSUPPORTED_KEY,
} from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import { codePoints } from './text.ts';
import {
  Double,
  isList,
  keyOf,
  MapValue,
  Uint,
  type Key,
  type Outcome,
  type RecordShape,
  type Value,
} from './value.ts';

/** `size(x)`: code points of a string, bytes, elements. */
export function size(operand: Outcome, frame: Frame): Outcome {
  if (typeof operand === 'string') return charge(frame, textSteps(operand.length)) ?? codePoints(operand);
  if (isList(operand) || operand instanceof Uint8Array) return operand.length;
  return operand instanceof MapValue ? operand.entries.size : mismatch(operand);
}

/** `needle in collection`: of a map, whether it is a key. */
export function isIn(needle: Outcome, collection: Outcome, frame: Frame): Outcome {
  if (isList(collection)) return inList(needle, collection, frame);
  if (!(collection instanceof MapValue) || needle instanceof Fault) return mismatch(needle, collection);
  const key = keyOf(needle);
  if (key !== undefined) return collection.entries.has(key);
  // A double that is not whole equals no key; what is not of a key's type cannot be asked for.
  return needle instanceof Double ? false : NO_SUCH_OVERLOAD;
}

/** `collection[index]`. A list takes numbers of any type that are whole, as operands may be `dyn`. */
export function index(collection: Outcome, at: Outcome): Outcome {
  if (at instanceof Fault || collection instanceof Fault) return mismatch(at, collection);
  if (isList(collection)) {
    const position = typeof at === 'object' || typeof at === 'number' ? keyOf(at) : undefined;
    const element = typeof position === 'number' && position >= 0 ? collection[position] : undefined;
    return element === undefined ? INDEX_OUT_OF_RANGE : element;
  }
  if (!(collection instanceof MapValue)) return mismatch(collection);
  const value = memberAt(collection, at);
  return value === undefined ? NO_SUCH_KEY : value;
}

/** HOT PATH. Reads one member of whatever it is given, and remembers where the last record had it: records come in few shapes. */
export class MemberReader {
  readonly #name: string;
  #shape: RecordShape | null = null;
  #position = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** `of.name` and `of["name"]`. */
  read(of: Outcome): Outcome {
    if (of instanceof MapValue) {
      if (of.shape !== this.#shape) {
        this.#shape = of.shape;
        this.#position = of.shape.positionOf(this.#name);
      }
      const value = of.members[this.#position];
      if (value !== undefined) return value;
    }
    return member(of, this.#name);
  }
}

function member(of: Outcome, name: string): Outcome {
  if (!(of instanceof MapValue)) return mismatch(of);
  const value = of.entries.get(name);
  return value === undefined ? NO_SUCH_KEY : value;
}

/** `has(of.name)`. */
export function hasMember(of: Outcome, name: string): Outcome {
  return of instanceof MapValue ? of.entries.has(name) : mismatch(of);
}

/** Collects the entries of a map literal, or of the map that a macro builds. */
export class MapBuilder {
  readonly #entries = new Map<Key, Value>();
  #uints: Set<Key> | null = null;

  /** Adds an entry; a fault when the key is of a type that keys do not have, or equals an earlier one. */
  add(key: Value, value: Value): Fault | null {
    // Only lookups may use doubles: what is stored is an int, a uint, a bool or a string.
    const stored = key instanceof Double ? undefined : keyOf(key);
    if (stored === undefined) return UNSUPPORTED_KEY;
    if (this.#entries.has(stored)) return REPEATED_KEY;
    if (key instanceof Uint) (this.#uints ??= new Set()).add(stored);
    this.#entries.set(stored, value);
    return null;
  }

  /** Adds all of another map. */
  addAll(map: MapValue): Fault | null {
    for (const [key, value] of map.entries) {
      const fault = this.add(map.keyValue(key), value);
      if (fault !== null) return fault;
    }
    return null;
  }

  build(): MapValue {
    return new MapValue(this.#entries, this.#uints);
  }
}

/** The map with one more entry; what `transformMap` does for each element. */
export function mapInsert(map: Outcome, key: Outcome, value: Outcome, frame: Frame): Outcome {
  if (!(map instanceof MapValue) || key instanceof Fault || value instanceof Fault) return mismatch(map, key, value);
  return joined(map, frame, (builder) => builder.add(key, value));
}

/** The map with the entries of another; what `transformMapEntry` does for each element. */
export function mapInsertMap(map: Outcome, other: Outcome, frame: Frame): Outcome {
  if (!(map instanceof MapValue) || !(other instanceof MapValue)) return mismatch(map, other);
  return charge(frame, other.entries.size) ?? joined(map, frame, (builder) => builder.addAll(other));
}

function joined(map: MapValue, frame: Frame, insert: (builder: MapBuilder) => Fault | null): Outcome {
  const exceeded = charge(frame, map.entries.size + 1);
  if (exceeded !== null) return exceeded;
  const builder = new MapBuilder();
  return builder.addAll(map) ?? insert(builder) ?? builder.build();
}
