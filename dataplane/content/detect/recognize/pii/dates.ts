import type { DigitGroup, NumberRun } from '../number-runs.ts';
import type { Candidate, Found } from '../recognizer.ts';
import { isDigitUnit, isLetterUnit } from '../words.ts';

const ISO = 0.8;
const NUMERIC = 0.6;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_UNITS_MAX = 9;
const TIME_UNITS_MAX = 20;

/** Days of the calendar: ISO 8601, with or without a time; day, month and year as numbers; and with the name of the month. */
export function findDates(text: string, runs: readonly NumberRun[], found: Found): void {
  for (const run of runs) {
    for (let first = 0; first < run.groups.length; first++) {
      const numeric = numericDate(text, run.groups[first], run.groups[first + 1], run.groups[first + 2]);
      if (numeric === null) continue;
      found(numeric);
      first += 2;
    }
  }
  findNamed(text, found);
}

function numericDate(
  text: string,
  one: DigitGroup | undefined,
  two: DigitGroup | undefined,
  three: DigitGroup | undefined,
): Candidate | null {
  if (one === undefined || two === undefined || three === undefined) return null;
  const { sort } = two;
  if (sort !== three.sort || (sort !== '-' && sort !== '/' && sort !== '.')) return null;
  const [a, b, c] = [one, two, three].map((group) => text.slice(group.start, group.end));
  if (a === undefined || b === undefined || c === undefined || !isLoose(text, one.start)) return null;
  const start = one.start;
  if (a.length === 4 && b.length === 2 && c.length === 2 && sort !== '.' && isDay(a, b, c)) {
    return { entity: 'DATE_TIME', start, end: timeEnd(text, three.end), score: sort === '-' ? ISO : NUMERIC };
  }
  // `1.2.2026` is rather a version.
  if (sort !== '/' && a.length + b.length < 4) return null;
  if (c.length !== 4 || a.length > 2 || b.length > 2 || isDigitUnit(text.charCodeAt(three.end))) return null;
  return isDay(c, b, a) || isDay(c, a, b)
    ? { entity: 'DATE_TIME', start, end: timeEnd(text, three.end), score: NUMERIC }
    : null;
}

const isLoose = (text: string, start: number): boolean => !isLetterUnit(text.charCodeAt(start - 1));

function isDay(year: string, month: string, day: string): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  return y >= 1900 && y <= 2099 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/** The end of `T10:20:30.123+02:00` and the like behind a day; where there is none, the end of the day. */
function timeEnd(text: string, from: number): number {
  const sign = text.charAt(from);
  if (sign !== 'T' && sign !== ' ') return from;
  let at = from + 1;
  if (!isDigitUnit(text.charCodeAt(at)) || !isDigitUnit(text.charCodeAt(at + 1)) || text.charAt(at + 2) !== ':')
    return from;
  while (
    at < from + TIME_UNITS_MAX &&
    (isDigitUnit(text.charCodeAt(at)) ||
      text.charAt(at) === ':' ||
      (text.charAt(at) === '.' && isDigitUnit(text.charCodeAt(at + 1))))
  )
    at++;
  if (text.charAt(at) === 'Z') return at + 1;
  const zone = text.charAt(at);
  if (
    (zone === '+' || zone === '-') &&
    isDigitUnit(text.charCodeAt(at + 1)) &&
    isDigitUnit(text.charCodeAt(at + 4)) &&
    text.charAt(at + 3) === ':'
  )
    return at + 6;
  return text.charAt(at - 1) === ':' ? at - 1 : at;
}

/** `March 5, 2026` and `5 March 2026`. */
function findNamed(text: string, found: Found): void {
  for (let at = 0; at < text.length; at++) {
    const start = at;
    while (at < text.length && isLetterUnit(text.charCodeAt(at))) at++;
    const length = at - start;
    if (length < 3 || length > MONTH_UNITS_MAX || isLetterUnit(text.charCodeAt(start - 1))) continue;
    const word = text.slice(start, at).toLowerCase();
    if (!MONTHS.includes(word.slice(0, 3)) || (length > 3 && !isMonth(word))) continue;
    const named = dayBehind(text, start, at) ?? dayBefore(text, start, at);
    if (named !== null) found({ entity: 'DATE_TIME', ...named, score: NUMERIC });
  }
}

const FULL_MONTHS = new Set([
  'january', 'february', 'march', 'april', 'june', 'july', 'august', 'september', 'sept', 'october', 'november', 'december',
]); // prettier-ignore

const isMonth = (word: string): boolean => FULL_MONTHS.has(word);

interface Place {
  readonly start: number;
  readonly end: number;
}

function dayBehind(text: string, start: number, from: number): Place | null {
  let at = skip(text, from, '. ');
  const dayEnd = digitsEnd(text, at, 2);
  if (dayEnd === at) return null;
  at = skip(text, skip(text, dayEnd, 'stndrh'), ', ');
  const yearEnd = digitsEnd(text, at, 4);
  return yearEnd - at === 4 ? { start, end: yearEnd } : null;
}

function dayBefore(text: string, start: number, monthEnd: number): Place | null {
  if (text.charAt(start - 1) !== ' ') return null;
  let day = start - 1;
  while (day > 0 && start - day < 4 && isDigitUnit(text.charCodeAt(day - 1))) day--;
  const year = skip(text, monthEnd, '., ');
  const yearEnd = digitsEnd(text, year, 4);
  return day < start - 1 && yearEnd - year === 4 ? { start: day, end: yearEnd } : null;
}

function skip(text: string, from: number, signs: string): number {
  let at = from;
  while (at < text.length && at < from + 3 && signs.includes(text.charAt(at))) at++;
  return at;
}

/** Behind at most so many digits; where they do not end there, `from`. */
function digitsEnd(text: string, from: number, most: number): number {
  let at = from;
  while (at < from + most && isDigitUnit(text.charCodeAt(at))) at++;
  return isDigitUnit(text.charCodeAt(at)) ? from : at;
}
