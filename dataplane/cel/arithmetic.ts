import { DIVIDE_BY_ZERO, mismatch, OVERFLOW, type Fault } from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import { addDuration, durationOf, subtractDuration, timeBetween } from './time.ts';
import {
  Double,
  Duration,
  INT_MAX,
  INT_MIN,
  intOf,
  isInt,
  isList,
  Timestamp,
  Uint,
  UINT_MAX,
  type Int,
  type Outcome,
} from './value.ts';

/** `a + b`. */
export function add(a: Outcome, b: Outcome, frame: Frame): Outcome {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    return Number.isSafeInteger(sum) ? sum : checkedInt(BigInt(a) + BigInt(b));
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return charge(frame, textSteps(a.length + b.length)) ?? a + b;
  }
  if (isInt(a) && isInt(b)) return checkedInt(BigInt(a) + BigInt(b));
  if (a instanceof Double && b instanceof Double) return new Double(a.value + b.value);
  if (a instanceof Uint && b instanceof Uint) return checkedUint(BigInt(a.value) + BigInt(b.value));
  if (isList(a) && isList(b)) return charge(frame, a.length + b.length) ?? a.concat(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return charge(frame, textSteps(a.length + b.length)) ?? new Uint8Array(Buffer.concat([a, b]));
  }
  if (a instanceof Timestamp && b instanceof Duration) return addDuration(a, b);
  if (a instanceof Duration && b instanceof Timestamp) return addDuration(b, a);
  if (a instanceof Duration && b instanceof Duration) return durationOf(BigInt(a.nanos) + BigInt(b.nanos));
  return mismatch(a, b);
}

/** `a - b`. */
export function subtract(a: Outcome, b: Outcome): Outcome {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    return Number.isSafeInteger(difference) ? difference : checkedInt(BigInt(a) - BigInt(b));
  }
  if (isInt(a) && isInt(b)) return checkedInt(BigInt(a) - BigInt(b));
  if (a instanceof Double && b instanceof Double) return new Double(a.value - b.value);
  if (a instanceof Uint && b instanceof Uint) return checkedUint(BigInt(a.value) - BigInt(b.value));
  if (a instanceof Timestamp && b instanceof Timestamp) return timeBetween(a, b);
  if (a instanceof Timestamp && b instanceof Duration) return subtractDuration(a, b);
  if (a instanceof Duration && b instanceof Duration) return durationOf(BigInt(a.nanos) - BigInt(b.nanos));
  return mismatch(a, b);
}

/** `a * b`. */
export function multiply(a: Outcome, b: Outcome): Outcome {
  if (typeof a === 'number' && typeof b === 'number') {
    // Adding zero turns -0 into 0.
    const product = a * b + 0;
    return Number.isSafeInteger(product) ? product : checkedInt(BigInt(a) * BigInt(b));
  }
  if (isInt(a) && isInt(b)) return checkedInt(BigInt(a) * BigInt(b));
  if (a instanceof Double && b instanceof Double) return new Double(a.value * b.value);
  if (a instanceof Uint && b instanceof Uint) return checkedUint(BigInt(a.value) * BigInt(b.value));
  return mismatch(a, b);
}

/** `a / b`: of integers, rounded toward zero. */
export function divide(a: Outcome, b: Outcome): Outcome {
  if (isInt(a) && isInt(b)) return isZero(b) ? DIVIDE_BY_ZERO : checkedInt(BigInt(a) / BigInt(b));
  if (a instanceof Double && b instanceof Double) return new Double(a.value / b.value);
  if (a instanceof Uint && b instanceof Uint) {
    return isZero(b.value) ? DIVIDE_BY_ZERO : checkedUint(BigInt(a.value) / BigInt(b.value));
  }
  return mismatch(a, b);
}

/** `a % b`, with the sign of `a`. */
export function modulo(a: Outcome, b: Outcome): Outcome {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? DIVIDE_BY_ZERO : (a % b) + 0;
  if (isInt(a) && isInt(b)) return isZero(b) ? DIVIDE_BY_ZERO : intOf(BigInt(a) % BigInt(b));
  if (a instanceof Uint && b instanceof Uint) {
    return isZero(b.value) ? DIVIDE_BY_ZERO : checkedUint(BigInt(a.value) % BigInt(b.value));
  }
  return mismatch(a, b);
}

/** `-a`. */
export function negate(a: Outcome): Outcome {
  if (typeof a === 'number') return 0 - a;
  if (typeof a === 'bigint') return checkedInt(-a);
  return a instanceof Double ? new Double(-a.value) : mismatch(a);
}

export function checkedInt(value: bigint): Int | Fault {
  return value < INT_MIN || value > INT_MAX ? OVERFLOW : intOf(value);
}

export function checkedUint(value: bigint): Uint | Fault {
  return value < 0n || value > UINT_MAX ? OVERFLOW : new Uint(intOf(value));
}

function isZero(value: Int): boolean {
  return value === 0;
}
