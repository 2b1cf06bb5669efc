import { isDigit, LOWER_E, MINUS, POINT, UPPER_E, ZERO } from '../json/bytes.ts';
import { INT_MAX, INT_MIN, intOf, type Int } from './value.ts';

/** So many digits make a safe integer whatever they are. */
const PLAIN_DIGITS_MAX = 15;
/** An integer with more digits than this, once its zeros at the end are counted, does not fit 64 bits. */
const INT_DIGITS_MAX = 19;

/**
 * The integer that a JSON number token is, exactly: `5`, `5.0` and `1e3` are integers, `5.1` is not; null for those, and
 * for integers that do not fit 64 bits. `start` and `end` are the offsets of a token that was scanned before.
 */
export function integerOfToken(bytes: Buffer, start: number, end: number): Int | null {
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  if (end - first > PLAIN_DIGITS_MAX) return exactInteger(bytes.toString('latin1', start, end));
  let size = 0;
  for (let at = first; at < end; at++) {
    const byte = bytes[at] ?? ZERO;
    if (!isDigit(byte)) return exactInteger(bytes.toString('latin1', start, end));
    size = size * 10 + (byte - ZERO);
  }
  return isNegative ? 0 - size : size;
}

/** The double nearest to a token; infinite when it is too large. */
export function doubleOfToken(bytes: Buffer, start: number, end: number): number {
  return Number(bytes.toString('latin1', start, end));
}

/** Whether a token has neither a fraction nor an exponent. */
export function isPlainInteger(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT || byte === LOWER_E || byte === UPPER_E) return false;
  }
  return true;
}

function exactInteger(token: string): Int | null {
  const [mantissa = '', exponentText = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole.replace('-', '') + fraction;
  let last = digits.length;
  while (last > 0 && digits.charCodeAt(last - 1) === ZERO) last--;
  let first = 0;
  while (first < last && digits.charCodeAt(first) === ZERO) first++;
  if (first === last) return 0;
  // The value is the digits from first to last, times ten to the power of `zeros`.
  const zeros = Number(exponentText) - fraction.length + (digits.length - last);
  if (zeros < 0 || last - first + zeros > INT_DIGITS_MAX) return null;
  const size = BigInt(digits.slice(first, last)) * 10n ** BigInt(zeros);
  const value = token.startsWith('-') ? -size : size;
  return value < INT_MIN || value > INT_MAX ? null : intOf(value);
}
