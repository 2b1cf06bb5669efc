import { isUtf8 } from 'node:buffer';
import { checkedInt, checkedUint } from './arithmetic.ts';
import { Fault, MALFORMED_TEXT, MALFORMED_UTF8, mismatch, OUT_OF_RANGE, OVERFLOW } from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import { timestampOf } from './time.ts';
import { parseDuration, parseTimestamp, renderDuration, renderTimestamp } from './time-text.ts';
import {
  Double,
  Duration,
  isInt,
  Timestamp,
  TypeName,
  typeNameOf,
  Uint,
  type Int,
  type Outcome,
  type Value,
} from './value.ts';

/** Digits of a number's text; more make no number that has 64 bits, and no double that a shorter text would not. */
const NUMBER_CHARACTERS_MAX = 1_024;

const TRUE_TEXTS: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const FALSE_TEXTS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

/** `int(x)`: doubles toward zero, timestamps to seconds since 1970. */
export function toInt(operand: Outcome): Outcome {
  if (isInt(operand)) return operand;
  if (operand instanceof Uint) return inRange(checkedInt(BigInt(operand.value)));
  if (operand instanceof Double) return truncated(operand.value, -(2 ** 63), 2 ** 63, checkedInt);
  if (typeof operand === 'string') return parseInteger(operand, true) ?? MALFORMED_TEXT;
  return operand instanceof Timestamp ? operand.seconds : mismatch(operand);
}

/** `uint(x)`. */
export function toUint(operand: Outcome): Outcome {
  if (operand instanceof Uint) return operand;
  if (isInt(operand)) return operand < 0 ? OUT_OF_RANGE : new Uint(operand);
  if (operand instanceof Double) {
    return operand.value < 0 ? OUT_OF_RANGE : truncated(operand.value, -1, 2 ** 64, checkedUint);
  }
  if (typeof operand !== 'string') return mismatch(operand);
  return parseUnsigned(operand) ?? MALFORMED_TEXT;
}

/** `double(x)`. */
export function toDouble(operand: Outcome): Outcome {
  if (operand instanceof Double) return operand;
  if (isInt(operand)) return new Double(Number(operand));
  if (operand instanceof Uint) return new Double(Number(operand.value));
  if (typeof operand !== 'string') return mismatch(operand);
  const value = parseDouble(operand);
  return value === null ? MALFORMED_TEXT : new Double(value);
}

/** `bool(x)`. */
export function toBool(operand: Outcome): Outcome {
  if (typeof operand === 'boolean') return operand;
  if (typeof operand !== 'string') return mismatch(operand);
  if (TRUE_TEXTS.has(operand)) return true;
  return FALSE_TEXTS.has(operand) ? false : MALFORMED_TEXT;
}

/** `string(x)`. */
export function toText(operand: Outcome, frame: Frame): Outcome {
  if (typeof operand === 'string') return operand;
  if (typeof operand === 'boolean' || isInt(operand)) return String(operand);
  if (operand instanceof Uint || operand instanceof Double) return String(operand.value);
  if (operand instanceof Timestamp) return renderTimestamp(operand);
  if (operand instanceof Duration) return renderDuration(operand);
  if (!(operand instanceof Uint8Array)) return mismatch(operand);
  const exceeded = charge(frame, textSteps(operand.length));
  if (exceeded !== null) return exceeded;
  return isUtf8(operand) ? Buffer.from(operand).toString('utf8') : MALFORMED_UTF8;
}

/** `bytes(x)`: a string as UTF-8. */
export function toBytes(operand: Outcome, frame: Frame): Outcome {
  if (operand instanceof Uint8Array) return operand;
  if (typeof operand !== 'string') return mismatch(operand);
  return charge(frame, textSteps(operand.length)) ?? new Uint8Array(Buffer.from(operand, 'utf8'));
}

/** `timestamp(x)`: from RFC 3339, or seconds since 1970. */
export function toTimestamp(operand: Outcome): Outcome {
  if (operand instanceof Timestamp) return operand;
  if (typeof operand === 'string') return parseTimestamp(operand);
  if (!isInt(operand)) return mismatch(operand);
  return typeof operand === 'number' ? timestampOf(operand, 0) : OUT_OF_RANGE;
}

/** `duration(x)`. */
export function toDuration(operand: Outcome): Outcome {
  if (operand instanceof Duration) return operand;
  return typeof operand === 'string' ? parseDuration(operand) : mismatch(operand);
}

/** `dyn(x)`: the value, of which the compiler now knows nothing. */
export function toDyn(operand: Outcome): Outcome {
  return operand;
}

/** `type(x)`. */
export function typeOf(operand: Outcome): Outcome {
  return operand instanceof Fault ? operand : new TypeName(typeNameOf(operand));
}

/** Reads an int of 64 bits in decimal, and of no other form; null when it is none. */
export function parseInteger(text: string, plus: boolean): Int | null {
  const signed = text.startsWith('-') || (plus && text.startsWith('+'));
  if (!isDigits(text, signed ? 1 : 0)) return null;
  const value = checkedInt(BigInt(text.startsWith('+') ? text.slice(1) : text));
  return value instanceof Fault ? null : value;
}

/** Reads a uint of 64 bits in decimal; null when it is none. */
export function parseUnsigned(text: string): Uint | null {
  if (!isDigits(text, 0)) return null;
  const value = checkedUint(BigInt(text));
  return value instanceof Fault ? null : value;
}

/** Reads a decimal number, `Infinity` or `NaN` (in any case, as `inf` too); null when it is none, or too large to be finite. */
export function parseDouble(text: string): number | null {
  const signed = text.startsWith('-') || text.startsWith('+');
  const size = signed ? text.slice(1) : text;
  if (size.length > NUMBER_CHARACTERS_MAX) return null;
  const word = size.toLowerCase();
  if (word === 'inf' || word === 'infinity') return text.startsWith('-') ? -Infinity : Infinity;
  if (word === 'nan') return signed ? null : Number.NaN;
  if (!isDecimal(size)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A double without its fraction, when that is strictly between the bounds (cel-spec, "Overflow"). */
function truncated(value: number, above: number, below: number, check: (value: bigint) => Value | Fault): Outcome {
  if (!(value > above && value < below)) return OUT_OF_RANGE;
  return check(BigInt(Math.trunc(value)));
}

/** Arithmetic that leaves the range overflows; a conversion that does is out of range. */
function inRange(outcome: Outcome): Outcome {
  return outcome === OVERFLOW ? OUT_OF_RANGE : outcome;
}

/** Whether all is digits from `at` on, of which there is at least one. */
function isDigits(text: string, at: number): boolean {
  if (at === text.length || text.length > NUMBER_CHARACTERS_MAX) return false;
  return skipDigits(text, at) === text.length;
}

/** Digits with at most one point, and an exponent: a digit somewhere before it, a digit in it. */
function isDecimal(text: string): boolean {
  const whole = skipDigits(text, 0);
  const end = text[whole] === '.' ? skipDigits(text, whole + 1) : whole;
  if (end === 0 || (end === 1 && whole === 0)) return false;
  if (end === text.length) return true;
  if (text[end] !== 'e' && text[end] !== 'E') return false;
  const exponent = text[end + 1] === '-' || text[end + 1] === '+' ? end + 2 : end + 1;
  return exponent < text.length && skipDigits(text, exponent) === text.length;
}

function skipDigits(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}
