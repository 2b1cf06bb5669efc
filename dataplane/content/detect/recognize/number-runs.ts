import { isDigitUnit, isIdentifierUnit } from './words.ts';

/** Signs between two groups of digits that belong together, at most. */
const SEPARATOR_UNITS_MAX = 3;

const SPACES = ' \u00a0\u2007\u2009\u202f';
const DASHES = '-\u2010\u2011\u2012\u2013';
const SEPARATORS = new Set(Array.from(`${SPACES}${DASHES}./()`));

/** Groups of digits with separators between them, as long as they go on. */
export interface NumberRun {
  readonly groups: readonly DigitGroup[];
}

export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  /** Sort of what stands between the group before and this one (`sortOf`); empty before the first. */
  readonly sort: string;
  /** Nothing but a sign stands between the group before and this one: they are one number, or one name. */
  readonly tied: boolean;
  /** A letter or underscore stands directly before, or behind: it is part of something else. */
  readonly attached: boolean;
}

/** All runs of digit groups of a text, in order. */
export function numberRuns(text: string): readonly NumberRun[] {
  const runs: NumberRun[] = [];
  let groups: DigitGroup[] = [];
  let last = -1;
  for (let at = 0; at < text.length; at++) {
    if (!isDigitUnit(text.charCodeAt(at))) continue;
    const start = at;
    while (at + 1 < text.length && isDigitUnit(text.charCodeAt(at + 1))) at++;
    const end = at + 1;
    const separator = last === -1 ? null : separatorOf(text, last, start);
    if (separator === null && groups.length > 0) {
      runs.push({ groups });
      groups = [];
    }
    const attached =
      (start > 0 && isIdentifierUnit(text.charCodeAt(start - 1))) ||
      (end < text.length && isIdentifierUnit(text.charCodeAt(end)));
    const tied = separator !== null && !separator.includes(' ') && !separator.includes('\u00a0');
    groups.push({ start, end, size: end - start, sort: sortOf(separator ?? ''), tied, attached });
    last = end;
  }
  if (groups.length > 0) runs.push({ groups });
  return runs;
}

function separatorOf(text: string, from: number, to: number): string | null {
  if (to - from > SEPARATOR_UNITS_MAX) return null;
  for (let at = from; at < to; at++) if (!SEPARATORS.has(text.charAt(at))) return null;
  return text.slice(from, to);
}

/**
 * A separator by its sort: `' '`, `'-'`, `'.'`, `'/'`; of several signs of different sorts, the sorts. A dash with spaces
 * around it is a dash.
 */
function sortOf(separator: string): string {
  if (separator.length === 1) return signSort(separator);
  if (separator === ' - ' || separator === ' \u2013 ') return '-';
  const sorts = Array.from(separator, signSort);
  return new Set(sorts).size === 1 ? (sorts[0] ?? '') : sorts.join('');
}

function signSort(sign: string): string {
  if (SPACES.includes(sign)) return ' ';
  return DASHES.includes(sign) ? '-' : sign;
}

/** Consecutive groups of a run that were found to fit. */
export interface NumberMatch {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** How the groups are separated; empty for a single one. */
  readonly sort: string;
  /** Sizes of the groups that follow or go before, separated in the same way: then it may be a part of a row. */
  readonly beside: readonly number[];
}

/** How the digits of something are grouped: sizes in order, and the sorts of separators between them. */
export interface Grouping {
  readonly sizes: readonly number[];
  readonly separators: readonly string[];
}

/** A single group of so many digits. */
export const bare = (size: number): Grouping => ({ sizes: [size], separators: [] });

/**
 * The groups of a run from `first` on, if they have these sizes and one sort of separator throughout. What is part of a
 * longer number, a decimal fraction or an identifier is left out.
 */
export function matchGrouping(
  text: string,
  run: NumberRun,
  first: number,
  { sizes, separators }: Grouping,
): NumberMatch | null {
  for (let at = 0; at < sizes.length; at++) if (run.groups[first + at]?.size !== sizes[at]) return null;
  const match = matchAt(text, run, first, sizes.length);
  return match === null || (sizes.length > 1 && !separators.includes(match.sort)) ? null : match;
}

/** The groups from `first` on, `count` of them; null where they are no whole: attached, unevenly separated, or tied to more. */
export function matchAt(text: string, { groups }: NumberRun, first: number, count: number): NumberMatch | null {
  const head = groups[first];
  const tail = groups[first + count - 1];
  if (head === undefined || tail === undefined || head.attached || head.tied) return null;
  const sort = count > 1 ? (groups[first + 1]?.sort ?? '') : '';
  for (let at = first + 1; at < first + count; at++) {
    const group = groups[at];
    if (group === undefined || group.attached || group.sort !== sort) return null;
  }
  const before = groups[first - 1];
  const next = groups[first + count];
  if (next?.tied === true || !isFree(text, head.start, tail.end)) return null;
  const taken = groups.slice(first, first + count);
  return {
    start: head.start,
    end: tail.end,
    digits: taken.map(({ start, end }) => text.slice(start, end)).join(''),
    sort,
    beside: [
      ...(before !== undefined && head.sort === sort ? [before.size] : []),
      ...(next !== undefined && next.sort === sort ? [next.size] : []),
    ],
  };
}

const TIES_BEFORE = new Set(Array.from('-._/$€£+@\\%'));
const TIES_AFTER = new Set(Array.from('-_%@/\\$€£'));

/** Whether what stands directly around is no part of the same word: `AB-123`, `.5`, `$5`, `5%`, `5-fold`. */
function isFree(text: string, start: number, end: number): boolean {
  const before = start > 0 ? text.charAt(start - 1) : '';
  if (TIES_BEFORE.has(before) && !isStandingSign(text, start - 1)) return false;
  const after = end < text.length ? text.charAt(end) : '';
  return !TIES_AFTER.has(after) || end + 1 >= text.length || !isIdentifierUnit(text.charCodeAt(end + 1));
}

/** A dash or slash with a space before it is punctuation: `name - 123`, `a / 123`; so is a backslash that escapes. */
function isStandingSign(text: string, at: number): boolean {
  const sign = text.charAt(at);
  return (sign === '-' || sign === '/') && (at === 0 || text.charAt(at - 1) === ' ') && text.charAt(at + 1) === ' ';
}
