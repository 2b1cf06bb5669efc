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
  /** What stands between the group before and this one; empty before the first. */
  readonly separator: string;
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
    groups.push({ start, end, separator: separator ?? '', attached });
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
export function separatorSort(separator: string): string {
  const sorts = Array.from(separator === ' - ' || separator === ' \u2013 ' ? '-' : separator, sortOf);
  return new Set(sorts).size === 1 ? (sorts[0] ?? '') : sorts.join('');
}

function sortOf(sign: string): string {
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
  /** Another group of digits follows or goes before, separated in the same way. */
  readonly crowded: boolean;
}

/** How the digits of something are grouped: sizes in order, and the sorts of separators between them. */
export interface Grouping {
  readonly sizes: readonly number[];
  readonly separators: readonly string[];
}

/** A single group of so many digits. */
export const bare = (size: number): Grouping => ({ sizes: [size], separators: [] });

/**
 * The places in a run where groups have these sizes, with one sort of separator throughout. What is part of a longer
 * number, a decimal fraction or an identifier is left out.
 */
export function matchGrouping(text: string, run: NumberRun, { sizes, separators }: Grouping): readonly NumberMatch[] {
  const found: NumberMatch[] = [];
  for (let first = 0; first + sizes.length <= run.groups.length; first++) {
    if (!sizes.every((size, at) => sizeOf(run.groups[first + at]) === size)) continue;
    const match = matchAt(text, run, first, sizes.length);
    if (match !== null && (sizes.length === 1 || separators.includes(match.sort))) found.push(match);
  }
  return found;
}

const sizeOf = (group: DigitGroup | undefined): number => (group === undefined ? 0 : group.end - group.start);

/** The groups from `first` on, `count` of them; null where they are no whole: attached, unevenly separated, or tied to more. */
export function matchAt(text: string, { groups }: NumberRun, first: number, count: number): NumberMatch | null {
  const taken = groups.slice(first, first + count);
  const [head] = taken;
  const tail = taken.at(-1);
  if (head === undefined || tail === undefined || taken.some(({ attached }) => attached)) return null;
  const sorts = taken.slice(1).map(({ separator }) => separatorSort(separator));
  const [sort = ''] = sorts;
  if (sorts.some((other) => other !== sort)) return null;
  const before = first > 0 ? separatorSort(head.separator) : null;
  const next = groups[first + count];
  const after = next === undefined ? null : separatorSort(next.separator);
  if ((first > 0 && isTied(head.separator)) || (next !== undefined && isTied(next.separator))) return null;
  if (!isFree(text, head.start, tail.end)) return null;
  return {
    start: head.start,
    end: tail.end,
    digits: taken.map(({ start, end }) => text.slice(start, end)).join(''),
    sort,
    crowded: (before !== null && before === sort) || (after !== null && after === sort),
  };
}

/** Digits with a sign between them and no space are one number, or one name. */
function isTied(separator: string): boolean {
  return !separator.includes(' ') && !separator.includes('\u00a0');
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
