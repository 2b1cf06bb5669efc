import { INDEX_OUT_OF_RANGE, mismatch, type Fault } from './fault.ts';
import { charge, textSteps, type Frame } from './frame.ts';
import { isInt, isList, type Int, type Outcome } from './value.ts';

/**
 * The functions of strings. Positions count code points, as everywhere in CEL; JavaScript counts UTF-16 units, so they
 * are converted. Texts are well-formed: JSON with half of a surrogate pair is refused before, and nothing here cuts one.
 */

/** How many code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (let unit = 0; unit < text.length; unit = afterCodePoint(text, unit)) count++;
  return count;
}

export function startsWith(text: Outcome, prefix: Outcome): Outcome {
  return typeof text === 'string' && typeof prefix === 'string' ? text.startsWith(prefix) : mismatch(text, prefix);
}

export function endsWith(text: Outcome, suffix: Outcome): Outcome {
  return typeof text === 'string' && typeof suffix === 'string' ? text.endsWith(suffix) : mismatch(text, suffix);
}

export function contains(text: Outcome, part: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof part !== 'string') return mismatch(text, part);
  return chargeSearch(frame, text, part) ?? text.includes(part);
}

export function charAt(text: Outcome, index: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || !isInt(index)) return mismatch(text, index);
  const exceeded = charge(frame, textSteps(text.length));
  if (exceeded !== null) return exceeded;
  const unit = unitAt(text, index);
  return unit < 0 ? INDEX_OUT_OF_RANGE : text.slice(unit, afterCodePoint(text, unit));
}

/** `text.indexOf(part)`: -1 when it does not occur. */
export function indexOf(text: Outcome, part: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof part !== 'string') return mismatch(text, part);
  return chargeSearch(frame, text, part) ?? codePointAtUnit(text, text.indexOf(part));
}

/** `text.indexOf(part, from)`: the first that begins at `from` or later. */
export function indexOfFrom(text: Outcome, part: Outcome, from: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof part !== 'string' || !isInt(from)) return mismatch(text, part, from);
  const exceeded = chargeSearch(frame, text, part);
  if (exceeded !== null) return exceeded;
  const unit = unitAt(text, from);
  if (unit < 0 || isPastLast(text, part, unit)) return INDEX_OUT_OF_RANGE;
  return codePointAtUnit(text, text.indexOf(part, unit));
}

/** `text.lastIndexOf(part)`: -1 when it does not occur. */
export function lastIndexOf(text: Outcome, part: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof part !== 'string') return mismatch(text, part);
  return chargeSearch(frame, text, part) ?? codePointAtUnit(text, text.lastIndexOf(part));
}

/** `text.lastIndexOf(part, from)`: the last that begins at `from` or before. */
export function lastIndexOfFrom(text: Outcome, part: Outcome, from: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof part !== 'string' || !isInt(from)) return mismatch(text, part, from);
  const exceeded = chargeSearch(frame, text, part);
  if (exceeded !== null) return exceeded;
  const unit = unitAt(text, from);
  if (unit < 0 || isPastLast(text, part, unit)) return INDEX_OUT_OF_RANGE;
  return codePointAtUnit(text, text.lastIndexOf(part, unit));
}

/** Only A to Z; every other letter stays. */
export function lowerAscii(text: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string') return mismatch(text);
  return charge(frame, textSteps(text.length)) ?? shiftLetters(text, 0x41, 0x20);
}

export function upperAscii(text: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string') return mismatch(text);
  return charge(frame, textSteps(text.length)) ?? shiftLetters(text, 0x61, -0x20);
}

/** `text.replace(old, new, limit)`; a negative limit is none. An empty `old` is found before each code point and at the end. */
export function replace(text: Outcome, old: Outcome, by: Outcome, limit: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof old !== 'string' || typeof by !== 'string' || !isInt(limit)) {
    return mismatch(text, old, by, limit);
  }
  const exceeded = chargeSearch(frame, text, old);
  if (exceeded !== null) return exceeded;
  const times = limit < 0 ? Infinity : limit;
  const parts: string[] = [];
  let at = 0;
  let end = 0;
  let found = 0;
  while (found < times) {
    const next = text.indexOf(old, end);
    if (next < 0 || (old === '' && found > 0 && at === text.length)) break;
    const fault = charge(frame, 1 + textSteps(by.length));
    if (fault !== null) return fault;
    parts.push(text.slice(at, next), by);
    found++;
    at = next + old.length;
    end = old === '' ? afterCodePoint(text, next) : at;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** `text.split(separator, limit)`: at most so many parts, the last one with all the rest; a negative limit is none. */
export function split(text: Outcome, separator: Outcome, limit: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || typeof separator !== 'string' || !isInt(limit)) {
    return mismatch(text, separator, limit);
  }
  const exceeded = chargeSearch(frame, text, separator);
  if (exceeded !== null) return exceeded;
  const parts: string[] = [];
  const partsMax = limit < 0 ? Infinity : limit;
  if (limit === 0 || (separator === '' && text === '')) return parts;
  let at = 0;
  while (parts.length + 1 < partsMax) {
    const next = separator === '' ? afterCodePoint(text, at) : text.indexOf(separator, at);
    if (next < 0 || (separator === '' && next >= text.length)) break;
    const fault = charge(frame, 1);
    if (fault !== null) return fault;
    parts.push(text.slice(at, next));
    at = next + separator.length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** `text.substring(start)`. */
export function substring(text: Outcome, start: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || !isInt(start)) return mismatch(text, start);
  const exceeded = charge(frame, textSteps(text.length));
  if (exceeded !== null) return exceeded;
  const unit = unitAt(text, start);
  return unit < 0 ? INDEX_OUT_OF_RANGE : text.slice(unit);
}

/** `text.substring(start, end)`, `end` exclusive. */
export function substringTo(text: Outcome, start: Outcome, end: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string' || !isInt(start) || !isInt(end)) return mismatch(text, start, end);
  const exceeded = charge(frame, textSteps(text.length));
  if (exceeded !== null) return exceeded;
  const from = unitAt(text, start);
  const to = unitAt(text, end);
  return from < 0 || to < 0 || from > to ? INDEX_OUT_OF_RANGE : text.slice(from, to);
}

/** Without the characters of Unicode's property White_Space at either end. */
export function trim(text: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string') return mismatch(text);
  const exceeded = charge(frame, textSteps(text.length));
  if (exceeded !== null) return exceeded;
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** By code points. */
export function reverse(text: Outcome, frame: Frame): Outcome {
  if (typeof text !== 'string') return mismatch(text);
  return charge(frame, text.length) ?? Array.from(text).reverse().join('');
}

/** `list.join(separator)`. */
export function join(list: Outcome, separator: Outcome, frame: Frame): Outcome {
  if (!isList(list) || typeof separator !== 'string') return mismatch(list, separator);
  const parts: string[] = [];
  for (const part of list) {
    if (typeof part !== 'string') return mismatch(part);
    const exceeded = charge(frame, 1 + textSteps(part.length + separator.length));
    if (exceeded !== null) return exceeded;
    parts.push(part);
  }
  return parts.join(separator);
}

function chargeSearch(frame: Frame, text: string, part: string): Fault | null {
  return charge(frame, textSteps(text.length + part.length));
}

/** The units of `base` to `base + 25`, moved by `shift`. */
function shiftLetters(text: string, base: number, shift: number): string {
  let shifted = '';
  let kept = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < base || unit > base + 25) continue;
    shifted += text.slice(kept, index) + String.fromCharCode(unit + shift);
    kept = index + 1;
  }
  return kept === 0 ? text : shifted + text.slice(kept);
}

/** The unit at which a code point begins, `text.length` for the position after the last, -1 outside of the text. */
function unitAt(text: string, index: Int): number {
  if (index < 0 || index > text.length) return -1;
  let unit = 0;
  for (let count = 0; count < index; count++) {
    if (unit >= text.length) return -1;
    unit = afterCodePoint(text, unit);
  }
  return unit;
}

/** How many code points are before a unit; -1 stays -1. */
function codePointAtUnit(text: string, unit: number): number {
  return unit < 0 ? -1 : codePoints(text.slice(0, unit));
}

function afterCodePoint(text: string, unit: number): number {
  const first = text.charCodeAt(unit);
  return first >= 0xd800 && first <= 0xdbff ? unit + 2 : unit + 1;
}

/** A search may begin at the end of the text for nothing but the empty text. */
function isPastLast(text: string, part: string, unit: number): boolean {
  return unit === text.length && part !== '';
}

function isWhiteSpace(unit: number): boolean {
  return (
    (unit >= 0x09 && unit <= 0x0d) ||
    unit === 0x20 ||
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}
