import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import type { DigitGroup, NumberRun } from '../number-runs.ts';
import type { Found } from '../recognizer.ts';
import type { Work } from '../work.ts';

const DIGITS_MIN = 7;
/** E.164, and the two zeros that may stand for its plus sign. */
const DIGITS_MAX = 17;
const GROUPS_MAX = 6;

/** Below this score the words around decide, and only then the register of numbers is asked. */
const SURE = 0.4;

/** How a number is written says how likely it is one; digits alone say next to nothing. */
const SCORES = { international: 0.75, brackets: 0.7, american: 0.5, trunk: 0.5, spaced: 0.4, grouped: 0.2, bare: 0.15 };

/** North America writes three, three and four digits, and no zero in front. */
/** A day of the calendar with its year. */
const DAYS = new Set(['2,2,4', '4,2,2']);
/** A postal code of the United States with its extension. */
const ZIP = '5,4';

const AMERICAN = new Set(['3,3,4', '1,3,3,4']);

/** Telephone numbers that libphonenumber takes to be given out, in one of the regions or with their country's code. */
export class PhoneFinder {
  readonly #regions: readonly CountryCode[];

  /** `regions`: ISO 3166 codes that libphonenumber knows. */
  constructor(regions: readonly CountryCode[]) {
    this.#regions = regions;
  }

  find(text: string, runs: readonly NumberRun[], found: Found, work: Work): void {
    for (const run of runs) {
      for (let first = 0; first < run.groups.length;) first = this.#findFrom(text, run, first, found, work);
    }
  }

  /** The longest number that begins with a group; returns the group to go on with. */
  #findFrom(text: string, { groups }: NumberRun, first: number, found: Found, work: Work): number {
    const head = groups[first];
    if (head === undefined) return first + 1;
    const start = startOf(text, head);
    if (head.attached || head.size > DIGITS_MAX || (head.tied && start === head.start)) return first + 1;
    for (let count = mostGroups(groups, first); count > 0; count--) {
      const next = groups[first + count];
      if (next?.tied === true) continue;
      const taken = groups.slice(first, first + count);
      const sort = taken[1]?.sort ?? '';
      const isCrowded = (first > 0 && head.sort === sort) || next?.sort === sort;
      const form = formOf(text, start, taken, isCrowded);
      if (form === null) continue;
      const score = SCORES[form];
      const confirm = (): boolean => this.#isGivenOut(text, start, taken, work);
      const candidate = { entity: 'PHONE_NUMBER', start, end: taken.at(-1)?.end ?? start, score };
      if (score < SURE) {
        found({ ...candidate, confirm });
        return first + 1;
      }
      if (!confirm()) continue;
      found(candidate);
      return first + count;
    }
    return first + 1;
  }

  #isGivenOut(text: string, start: number, groups: readonly DigitGroup[], work: Work): boolean {
    const digits = digitsOf(text, groups);
    if (text.charAt(start) === '+') return this.#isNumber(withPlus(digits, groups, text), null, work);
    if (isInternational(digits, groups)) return this.#isNumber(`+${digits.slice(2)}`, null, work);
    return this.#regions.some((region) => isWrittenLike(region, digits) && this.#isNumber(digits, region, work));
  }

  #isNumber(digits: string, region: CountryCode | null, work: Work): boolean {
    if (!work.lookUp()) return false;
    const number = parsePhoneNumberFromString(digits, {
      extract: false,
      ...(region === null ? {} : { defaultCountry: region }),
    });
    return number?.isValid() ?? false;
  }
}

/** How many groups a number that begins with one can have: as many as have too few digits together, or all but one. */
function mostGroups(groups: readonly DigitGroup[], first: number): number {
  let digits = 0;
  let count = 0;
  for (; count < GROUPS_MAX; count++) {
    const group = groups[first + count];
    digits += group?.size ?? 0;
    if (group === undefined || group.attached || digits > DIGITS_MAX) break;
  }
  return count;
}

/** With the plus sign or the opening bracket that belongs to it. */
function startOf(text: string, head: DigitGroup): number {
  let start = head.start;
  if (text.charAt(start - 1) === '(' && text.charAt(head.end) === ')') start--;
  return text.charAt(start - 1) === '+' ? start - 1 : start;
}

const digitsOf = (text: string, groups: readonly DigitGroup[]): string =>
  groups.map((group) => text.slice(group.start, group.end)).join('');

/** How groups of digits are written, `isCrowded` by others beside them; null when no number is written so. */
function formOf(
  text: string,
  start: number,
  groups: readonly DigitGroup[],
  isCrowded: boolean,
): keyof typeof SCORES | null {
  const digits = digitsOf(text, groups);
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX || !isFreeAround(text, start, groups)) return null;
  const sign = text.charAt(start);
  if (sign !== '+' && !isEvenlyGrouped(text, groups)) return null;
  const sizes = groups.map(({ size }) => size).join();
  if (sign === '+') return 'international';
  if (sign === '(') return 'brackets';
  if (groups.length === 1) return 'bare';
  if (isCrowded || DAYS.has(sizes) || sizes === ZIP) return 'grouped';
  if (isInternational(digits, groups)) return 'international';
  const isSpaced = groups.slice(1).every(({ sort }) => sort === ' ');
  if (AMERICAN.has(sizes)) return isSpaced ? 'spaced' : 'american';
  return digits.startsWith('0') ? 'trunk' : 'grouped';
}

/** Two zeros are dialled for the plus sign. */
function isInternational(digits: string, groups: readonly DigitGroup[]): boolean {
  return digits.startsWith('00') && groups.length > 1;
}

/** In parentheses behind a country's code stands the zero that is dialled within it alone: `+44 (0)20`. */
function withPlus(digits: string, groups: readonly DigitGroup[], text: string): string {
  const trunk = groups.findIndex((group) => text.slice(group.start - 1, group.end + 1) === '(0)');
  if (trunk <= 0) return `+${digits}`;
  const before = groups.slice(0, trunk).reduce((sum, group) => sum + group.size, 0);
  return `+${digits.slice(0, before)}${digits.slice(before + 1)}`;
}

/** Where numbers are dialled with a zero in front, they are written with it; elsewhere none begins with one. */
function isWrittenLike(region: CountryCode, digits: string): boolean {
  const trunk = TRUNKLESS.has(region);
  return trunk ? !digits.startsWith('0') || region === 'IT' : digits.startsWith('0');
}

const TRUNKLESS: ReadonlySet<string> = new Set([
  'US', 'CA', 'PR', 'DO', 'JM', 'ES', 'PT', 'IT', 'DK', 'NO', 'PL', 'CZ', 'GR', 'SG', 'HK', 'MX', 'BR', 'IN', 'LU', 'IS', 'MT', 'CR',
  'PA', 'SV', 'GT', 'HN', 'NI', 'UY', 'CL', 'CO', 'QA', 'KW', 'BH', 'OM', 'TN', 'LV', 'EE',
]); // prettier-ignore

/** Groups as numbers are written in: none is longer than eight, none but a leading 1 has one digit, all are divided alike. */
function isEvenlyGrouped(text: string, groups: readonly DigitGroup[]): boolean {
  const [first, ...rest] = groups;
  if (first === undefined || rest.length === 0) return true;
  // What divides the leading 1 from the area is of no matter.
  const others = first.size === 1 ? rest.slice(1) : rest;
  const sizes = groups.map(({ size }) => size);
  if (sizes.some((size, at) => size > 8 || (size === 1 && (at > 0 || text.charAt(first.start) !== '1')))) return false;
  // Numbers in pairs are those of France and its neighbours, and have five; in fours and fours they are cards and accounts.
  if (sizes.every((size) => size === 2) && sizes.length !== 5) return false;
  if (sizes.every((size) => size === 4) && sizes.length > 2) return false;
  const sorts = new Set(others.map(({ sort }) => sort));
  if (sorts.has('.') && groups.length < 3) return false;
  return sorts.size <= 1 || (sorts.size === 2 && (sorts.has('/') || [...sorts].some((sort) => sort.includes(')'))));
}

const NOT_BEFORE = new Set(Array.from('-.$€£#%\\@_+'));
const NOT_BEHIND = new Set(Array.from('%@$€£_'));

function isFreeAround(text: string, start: number, groups: readonly DigitGroup[]): boolean {
  const end = groups.at(-1)?.end ?? start;
  const before = text.charAt(start - 1);
  if (NOT_BEFORE.has(before) || (before === '/' && text.charAt(start - 2) !== ' ')) return false;
  return !NOT_BEHIND.has(text.charAt(end));
}
