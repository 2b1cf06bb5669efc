import { MALFORMED_TEXT, OUT_OF_RANGE, type Fault } from './fault.ts';
import { durationOf, timestampOf } from './time.ts';
import { Duration, INT_MAX, Timestamp } from './value.ts';

const NANOS_PER_UNIT: readonly (readonly [unit: string, nanos: bigint])[] = [
  // The longer of two that begin alike comes first.
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ns', 1n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
];
/** Characters of a duration's or a timestamp's text: longer ones are no such text, whatever they say. */
const TEXT_CHARACTERS_MAX = 128;
const FRACTION_DIGITS_MAX = 9;

/** Reads `1h30m`, `-1.5s`, `0` (cel-spec, "duration"). */
export function parseDuration(text: string): Duration | Fault {
  if (text.length > TEXT_CHARACTERS_MAX) return MALFORMED_TEXT;
  const signed = text.startsWith('-') || text.startsWith('+');
  let at = signed ? 1 : 0;
  if (text.slice(at) === '0') return new Duration(0);
  let nanos = 0n;
  if (at === text.length) return MALFORMED_TEXT;
  while (at < text.length) {
    const whole = digitsAt(text, at);
    at += whole.length;
    const hasPoint = text[at] === '.';
    const fraction = hasPoint ? digitsAt(text, at + 1) : '';
    if (whole === '' && fraction === '') return MALFORMED_TEXT;
    if (hasPoint) at += 1 + fraction.length;
    const unit = NANOS_PER_UNIT.find(([name]) => text.startsWith(name, at));
    if (unit === undefined) return MALFORMED_TEXT;
    at += unit[0].length;
    // What is finer than a nanosecond is cut off.
    nanos += BigInt(whole === '' ? 0 : whole) * unit[1];
    if (fraction !== '') nanos += (BigInt(fraction) * unit[1]) / 10n ** BigInt(fraction.length);
    // The smallest duration has no positive twin, so one more is let through here, and judged below.
    if (nanos > INT_MAX + 1n) return OUT_OF_RANGE;
  }
  return durationOf(text.startsWith('-') ? -nanos : nanos);
}

/** Seconds with `s`, in 0, 3, 6 or 9 decimals (the JSON form of protobuf's Duration). */
export function renderDuration({ nanos }: Duration): string {
  const total = BigInt(nanos);
  const size = total < 0n ? -total : total;
  const sign = total < 0n ? '-' : '';
  return `${sign}${size / 1_000_000_000n}${renderFraction(Number(size % 1_000_000_000n))}s`;
}

/** Reads RFC 3339: `2024-02-29T12:00:00.5Z`, `…+02:00`. At most nine decimals; no leap seconds. */
export function parseTimestamp(text: string): Timestamp | Fault {
  if (text.length > TEXT_CHARACTERS_MAX) return MALFORMED_TEXT;
  const year = fixedNumber(text, 0, 4, '-');
  const month = fixedNumber(text, 5, 2, '-');
  const day = fixedNumber(text, 8, 2, 'T');
  const hour = fixedNumber(text, 11, 2, ':');
  const minute = fixedNumber(text, 14, 2, ':');
  const second = fixedNumber(text, 17, 2, null);
  if (year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return MALFORMED_TEXT;
  if (month > 12 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return MALFORMED_TEXT;
  const fraction = text[19] === '.' ? digitsAt(text, 20) : null;
  if (fraction !== null && (fraction === '' || fraction.length > FRACTION_DIGITS_MAX)) return MALFORMED_TEXT;
  const offset = parseOffset(text.slice(fraction === null ? 19 : 20 + fraction.length));
  if (offset === null) return MALFORMED_TEXT;
  const seconds = secondsAt(year, month, day) + hour * 3600 + minute * 60 + second - offset;
  return timestampOf(seconds, Number((fraction ?? '').padEnd(FRACTION_DIGITS_MAX, '0')));
}

/** RFC 3339 in UTC, with 0, 3, 6 or 9 decimals (the JSON form of protobuf's Timestamp). */
export function renderTimestamp({ seconds, nanos }: Timestamp): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${renderFraction(nanos)}Z`;
}

/** Seconds east of UTC of `+hh:mm` or `-hh:mm`; null when it is something else. */
export function parseFixedOffset(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : text.startsWith('+') ? 1 : 0;
  const hours = fixedNumber(text, 1, 2, ':');
  const minutes = fixedNumber(text, 4, 2, null);
  if (sign === 0 || text.length !== 6 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return sign * (hours * 3600 + minutes * 60);
}

function parseOffset(text: string): number | null {
  return text === 'Z' ? 0 : parseFixedOffset(text);
}

function renderFraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

/** The digits that stand at `at`. */
function digitsAt(text: string, at: number): string {
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  return text.slice(at, end);
}

/** The number of `width` digits at `at`, before the given character; -1 when there is none. */
function fixedNumber(text: string, at: number, width: number, after: string | null): number {
  const digits = text.slice(at, at + width);
  for (let index = 0; index < width; index++) if (!isDigit(digits.charCodeAt(index))) return -1;
  return after !== null && text[at + width] !== after ? -1 : Number(digits);
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Seconds since 1970 of the beginning of a day. `Date.UTC` takes years below 100 for those of the last century. */
function secondsAt(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
}
