import { Fault, mismatch, NO_SUCH_OVERLOAD } from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import { Double, Duration, isInt, Timestamp, Uint, type Int, type Outcome, type Value } from './value.ts';

/** What `compare` gives when a double is NaN: nothing holds of the two but `!=`. */
const UNORDERED = Number.NaN;

export function less(a: Outcome, b: Outcome, frame: Frame): boolean | Fault {
  const order = compare(a, b, frame);
  return typeof order === 'number' ? order < 0 : order;
}

export function lessEquals(a: Outcome, b: Outcome, frame: Frame): boolean | Fault {
  const order = compare(a, b, frame);
  return typeof order === 'number' ? order <= 0 : order;
}

export function greater(a: Outcome, b: Outcome, frame: Frame): boolean | Fault {
  const order = compare(a, b, frame);
  return typeof order === 'number' ? order > 0 : order;
}

export function greaterEquals(a: Outcome, b: Outcome, frame: Frame): boolean | Fault {
  const order = compare(a, b, frame);
  return typeof order === 'number' ? order >= 0 : order;
}

/** Negative, zero or positive as `a` comes before, with or after `b` (cel-spec, "Ordering"). */
function compare(a: Outcome, b: Outcome, frame: Frame): number | Fault {
  if (isInt(a) && isInt(b)) return compareInts(a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    return charge(frame, textSteps(Math.min(a.length, b.length))) ?? compareTexts(a, b);
  }
  if (a instanceof Fault || b instanceof Fault) return mismatch(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.seconds - b.seconds || a.nanos - b.nanos;
  if (a instanceof Duration && b instanceof Duration) return compareInts(a.nanos, b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return charge(frame, textSteps(Math.min(a.length, b.length))) ?? Buffer.compare(a, b);
  }
  return compareNumbers(a, b);
}

function compareNumbers(a: Value, b: Value): number | Fault {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left === null || right === null) return NO_SUCH_OVERLOAD;
  if (!(a instanceof Double) && !(b instanceof Double)) return compareInts(left, right);
  // Next to a double, an integer is compared as a double too: that is how cel-spec's tests have it.
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return Number(left) === Number(right) ? 0 : UNORDERED;
}

function numberOf(value: Value): Int | null {
  if (isInt(value)) return value;
  return value instanceof Double || value instanceof Uint ? value.value : null;
}

function compareInts(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code points, which is the order of the UTF-8 bytes; JavaScript's own order is that of UTF-16 units. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointOrder(left) - codePointOrder(right);
  }
  return a.length - b.length;
}

/** A surrogate stands for a code point past U+FFFF, so it comes after every other unit. */
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
