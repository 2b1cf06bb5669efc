import { CONTENT_READINGS_MAX } from '../limits.ts';

/** A text as somebody reads it who undoes its escapes. */
export interface Reading {
  readonly text: string;
  /** Behind each escape: how many units of this text there are before that place, and of the text that it was read from. */
  readonly after: readonly number[];
  readonly afterHere: readonly number[];
  /** What it was read from, where that is a reading as well. */
  readonly from: Reading | null;
}

/**
 * What is said in a text by escapes, of JSON (RFC 8259, section 7) and of URIs (RFC 3986, section 2.1): JSON that is not
 * well-formed is looked through as text, and escapes in it would hide what they stand for. Escapes of escapes are read as
 * well, up to `CONTENT_READINGS_MAX` times. Empty for a text without any; null for one with more than `escapesMax` of them,
 * those of all readings counted.
 */
export function readingsOf(text: string, escapesMax: number): readonly Reading[] | null {
  if (!text.includes('\\') && !text.includes('%')) return NONE;
  const readings: Reading[] = [];
  let from: Reading | null = null;
  let left = escapesMax;
  while (readings.length < CONTENT_READINGS_MAX) {
    const reading = undoEscapes(from?.text ?? text, from, left);
    if (reading === null) break;
    left -= reading.after.length;
    if (left < 0) return null;
    readings.push(reading);
    from = reading;
  }
  return readings;
}

const NONE: readonly Reading[] = [];

/** Where an offset of a reading is in the text that was read first. */
export function offsetInText(reading: Reading, offset: number): number {
  const { after, afterHere, from } = reading;
  let low = 0;
  let high = afterHere.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((afterHere[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const there = low === 0 ? offset : (after[low - 1] ?? 0) + offset - (afterHere[low - 1] ?? 0);
  return from === null ? there : offsetInText(from, there);
}

const PERCENT = 0x25;
const LETTER_U = 0x75;
/** By the letter behind the backslash. */
const JSON_ESCAPES: ReadonlyMap<number, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([key, value]) => [key.charCodeAt(0), value],
  ),
);

/** What an escape stands for, and its units. */
interface Escape {
  readonly stands: string;
  readonly units: number;
}

/** Stops behind `escapesMax` escapes and one more. */
function undoEscapes(text: string, from: Reading | null, escapesMax: number): Reading | null {
  const pieces: string[] = [];
  const after: number[] = [];
  const afterHere: number[] = [];
  let done = 0;
  let here = 0;
  let slash = next(text, '\\', 0);
  let percent = next(text, '%', 0);
  while (after.length <= escapesMax && (slash < text.length || percent < text.length)) {
    const at = Math.min(slash, percent);
    const escape = at === percent ? readPercent(text, at) : readBackslash(text, at);
    if (escape !== null) {
      pieces.push(text.slice(done, at), escape.stands);
      here += at - done + escape.stands.length;
      done = at + escape.units;
      after.push(done);
      afterHere.push(here);
    }
    const behind = escape === null ? at + 1 : done;
    if (slash < behind) slash = next(text, '\\', behind);
    if (percent < behind) percent = next(text, '%', behind);
  }
  if (after.length === 0) return null;
  pieces.push(text.slice(done));
  return { text: pieces.join('').toWellFormed(), after, afterHere, from };
}

/** Where a sign stands next; the length of the text when it does not. */
function next(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at < 0 ? text.length : at;
}

function readBackslash(text: string, at: number): Escape | null {
  const sign = text.charCodeAt(at + 1);
  if (sign !== LETTER_U) {
    const stands = JSON_ESCAPES.get(sign);
    return stands === undefined ? null : { stands, units: 2 };
  }
  const unit = readHex(text, at + 2, 4);
  return unit === null ? null : { stands: String.fromCharCode(unit), units: 6 };
}

/** One character, of as many bytes as the first says that UTF-8 has. */
function readPercent(text: string, at: number): Escape | null {
  const first = readHex(text, at + 1, 2);
  if (first === null) return null;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const bytes = [first];
  for (let sign = at + 3; bytes.length < length; sign += 3) {
    const byte = text.charCodeAt(sign) === PERCENT ? readHex(text, sign + 1, 2) : null;
    if (byte === null) return null;
    bytes.push(byte);
  }
  const stands = Buffer.from(bytes).toString('utf8');
  return stands.includes('\u{fffd}') ? null : { stands, units: length * 3 };
}

function readHex(text: string, start: number, digits: number): number | null {
  let value = 0;
  for (let at = start; at < start + digits; at++) {
    const unit = text.charCodeAt(at);
    const lower = unit | 0x20;
    const digit = unit >= 0x30 && unit <= 0x39 ? unit - 0x30 : lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
    if (digit < 0) return null;
    value = value * 16 + digit;
  }
  return value;
}
