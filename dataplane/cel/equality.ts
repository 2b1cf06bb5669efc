import { VALUE_DEPTH_MAX } from '../limits.ts';
import { Fault, isError, mismatch, TOO_DEEP } from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import {
  Double,
  Duration,
  isInt,
  isList,
  keyOf,
  MapValue,
  Timestamp,
  TypeName,
  Uint,
  type Outcome,
  type Value,
} from './value.ts';

/**
 * `a == b` (cel-spec, "Equality"): numbers of any type by what they amount to, lists and maps by their members, and
 * values of different types are not equal, which is no error.
 */
export function equals(a: Outcome, b: Outcome, frame: Frame): boolean | Fault {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  if (a instanceof Fault || b instanceof Fault) return mismatch(a, b);
  return sameValue(a, b, frame, VALUE_DEPTH_MAX);
}

/** As `equals`, of values. Costs a step for each element that it compares. */
function sameValue(a: Value, b: Value, frame: Frame, depth: number): boolean | Fault {
  if (typeof a !== 'object' || a === null) return a === b || (isInt(a) && sameNumber(a, b));
  if (a instanceof Uint || a instanceof Double) return sameNumber(a, b);
  if (isList(a)) return isList(b) && sameList(a, b, frame, depth);
  if (a instanceof MapValue) return b instanceof MapValue && sameMap(a, b, frame, depth);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameBytes(a, b, frame);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name;
  return false;
}

/** `in` of a list. */
export function inList(needle: Outcome, list: readonly Value[], frame: Frame): boolean | Fault {
  if (needle instanceof Fault) return needle;
  const exceeded = charge(frame, list.length);
  if (exceeded !== null) return exceeded;
  for (const element of list) {
    const same = sameValue(element, needle, frame, VALUE_DEPTH_MAX);
    if (same !== false) return same;
  }
  return false;
}

/** Ints and uints exactly; next to a double, both as doubles (cel-spec, "Numbers"; its tests call that lossy). */
function sameNumber(a: Value, b: Value): boolean {
  if (a instanceof Double) return a.value === doubleOf(b);
  if (b instanceof Double) return doubleOf(a) === b.value;
  const left = a instanceof Uint ? a.value : a;
  return left === (b instanceof Uint ? b.value : b);
}

/** A number of any type as a double; NaN for what is none. */
function doubleOf(value: Value): number {
  if (isInt(value)) return Number(value);
  if (value instanceof Double) return value.value;
  return value instanceof Uint ? Number(value.value) : Number.NaN;
}

function sameList(a: readonly Value[], b: readonly Value[], frame: Frame, depth: number): boolean | Fault {
  if (a.length !== b.length) return false;
  const fault = enter(frame, a.length, depth);
  if (fault !== null) return fault;
  for (const [index, element] of a.entries()) {
    const same = sameValue(element, b[index] ?? null, frame, depth - 1);
    if (same !== true) return same;
  }
  return true;
}

function sameMap(a: MapValue, b: MapValue, frame: Frame, depth: number): boolean | Fault {
  if (a.entries.size !== b.entries.size) return false;
  const fault = enter(frame, a.entries.size, depth);
  if (fault !== null) return fault;
  let error: Fault | null = null;
  for (const [key, value] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined) return false;
    const same = sameValue(value, other, frame, depth - 1);
    if (same === false) return false;
    if (isError(same)) error = same;
  }
  return error ?? true;
}

function sameBytes(a: Uint8Array, b: Uint8Array, frame: Frame): boolean | Fault {
  if (a.length !== b.length) return false;
  return charge(frame, textSteps(a.length)) ?? a.every((byte, index) => byte === b[index]);
}

function enter(frame: Frame, elements: number, depth: number): Fault | null {
  return depth === 0 ? TOO_DEEP : charge(frame, elements);
}

/** Whether a constant list can be searched by `keyOf`, and the set to search; null when it must be compared one by one. */
export function constantSet(list: readonly Value[]): ReadonlySet<string> | null {
  const texts = new Set<string>();
  for (const element of list) {
    if (typeof element !== 'string') return null;
    texts.add(element);
  }
  return texts;
}

/** The member of a map that equals a value, or undefined; a fault is the caller's business. */
export function memberAt(map: MapValue, key: Value): Value | undefined {
  const stored = keyOf(key);
  return stored === undefined ? undefined : map.entries.get(stored);
}
