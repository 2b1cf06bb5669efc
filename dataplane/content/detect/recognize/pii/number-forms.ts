import { checkLuhn } from '../../../check-luhn.ts';
import { isMod11Comma10, isVerhoeff, weightedSum } from '../checksums.ts';
import { bare, type Grouping } from '../number-runs.ts';
import type { PiiEntity } from './entities.ts';

/** A number that is told by how its digits are grouped and by what they must satisfy. */
export interface NumberForm {
  readonly entity: PiiEntity;
  readonly grouping: Grouping;
  /** When the check passes, or there is none. */
  readonly score: number;
  /** Of the digits alone. */
  readonly check: ((digits: string) => boolean) | null;
}

/**
 * A single check digit lets one number in ten through, so digits in a row need a word that says what they are, whatever
 * their check: base scores are raised to 1 only where the grouping is as telling as the check.
 */
const WEAK = 0.2;
/** Any number of that length would do. */
const NOTHING_BUT_LENGTH = 0.05;

const form = (entity: PiiEntity, score: number, grouping: Grouping, check: NumberForm['check']): NumberForm => ({
  entity,
  grouping,
  score,
  check,
});
const grouped = (sizes: readonly number[], ...separators: readonly string[]): Grouping => ({ sizes, separators });
const weighted =
  (weights: readonly number[], modulus: number) =>
  (digits: string): boolean =>
    weightedSum(digits, weights) % modulus === 0;

export const NUMBER_FORMS: readonly NumberForm[] = [
  form('US_SSN', 0.5, grouped([3, 2, 4], '-'), isSsn),
  form('US_SSN', 0.4, grouped([3, 2, 4], ' ', '.'), isSsn),
  form('US_SSN', NOTHING_BUT_LENGTH, bare(9), isSsn),
  form('US_ITIN', 0.5, grouped([3, 2, 4], '-', ' '), isItin),
  form('US_ITIN', NOTHING_BUT_LENGTH, bare(9), isItin),
  form('UK_NHS', 0.6, grouped([3, 3, 4], ' '), isNhs),
  form('UK_NHS', 0.3, grouped([3, 3, 4], '-'), isNhs),
  form('UK_NHS', WEAK, bare(10), isNhs),
  form('US_PASSPORT', NOTHING_BUT_LENGTH, bare(9), null),
  ...[8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map((size) => form('US_BANK_NUMBER', NOTHING_BUT_LENGTH, bare(size), null)),
  ...[7, 8, 9].map((size) => form('US_DRIVER_LICENSE', 0.01, bare(size), null)),

  form('US_NPI', WEAK, bare(10), (digits) => begins(digits, '12') && checkLuhn(`80840${digits}`)),
  form('ABA_ROUTING', WEAK, bare(9), isRouting),
  form('CA_SIN', 0.5, grouped([3, 3, 3], ' ', '-'), isSin),
  form('CA_SIN', WEAK, bare(9), isSin),
  form('AU_TFN', 0.4, grouped([3, 3, 3], ' '), isTfn),
  form('AU_TFN', WEAK, bare(9), isTfn),
  form('AU_ABN', 1, grouped([2, 3, 3, 3], ' '), isAbn),
  form('AU_ABN', WEAK, bare(11), isAbn),
  form('AU_ACN', 0.4, grouped([3, 3, 3], ' '), isAcn),
  form('AU_ACN', WEAK, bare(9), isAcn),
  form('AU_MEDICARE', 0.5, grouped([4, 5, 1], ' '), isMedicare),
  form('AU_MEDICARE', WEAK, bare(10), isMedicare),
  form('IN_AADHAAR', 0.5, grouped([4, 4, 4], ' ', '-'), isAadhaar),
  form('IN_AADHAAR', WEAK, bare(12), isAadhaar),
  form('DE_TAX_ID', 1, grouped([2, 3, 3, 3], ' '), isGermanTaxId),
  form('DE_TAX_ID', 0.4, bare(11), isGermanTaxId),
  form('PL_PESEL', 0.4, bare(11), isPesel),
  form('KR_RRN', 1, grouped([6, 7], '-'), isRrn),
  form('KR_RRN', WEAK, bare(13), isRrn),
  form('SE_PERSONNUMMER', 1, grouped([6, 4], '-'), isPersonnummer),
  form('SE_PERSONNUMMER', 1, grouped([8, 4], '-'), (digits) => isPersonnummer(digits.slice(2))),
  form('ZA_ID', 0.4, bare(13), isSouthAfricanId),
  form('TH_TNIN', 1, grouped([1, 4, 5, 2, 1], '-', ' '), isThaiId),
  form('TH_TNIN', WEAK, bare(13), isThaiId),
  form('TR_ID', 0.4, bare(11), isTurkishId),
];

/** Samples of forms and wallets that went round as if they were somebody's. */
const SSN_SAMPLES = new Set(['078051120', '219099999', '123456789', '987654321', '111111111', '333333333']);

/** Areas 000, 666 and from 900 on, group 00 and serial 0000 are never given (ssa.gov, SSN randomization). */
function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3);
  if (area === '000' || area === '666' || area.startsWith('9')) return false;
  return !digits.startsWith('00', 3) && !digits.endsWith('0000') && !SSN_SAMPLES.has(digits);
}

/** IRS: 9, and in the fourth and fifth place 50 to 65, 70 to 88, 90 to 92, 94 to 99. */
function isItin(digits: string): boolean {
  const group = Number(digits.slice(3, 5));
  if (!digits.startsWith('9')) return false;
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group !== 93);
}

function isNhs(digits: string): boolean {
  return weighted([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11)(digits) && digits.slice(1) !== digits.slice(0, -1);
}

/** Federal Reserve districts, thrifts, and the electronic ranges beside them. */
function isRouting(digits: string): boolean {
  const district = Number(digits.slice(0, 2));
  const known = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72);
  return known && district > 0 && weighted([3, 7, 1, 3, 7, 1, 3, 7, 1], 10)(digits);
}

function isSin(digits: string): boolean {
  return !begins(digits, '08') && checkLuhn(digits);
}

function isTfn(digits: string): boolean {
  return weighted([1, 4, 3, 7, 5, 8, 6, 9, 10], 11)(digits);
}

function isAbn(digits: string): boolean {
  return (weightedSum(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0 && !digits.startsWith('0');
}

function isAcn(digits: string): boolean {
  return weighted([8, 7, 6, 5, 4, 3, 2, 1, 1], 10)(digits);
}

function isMedicare(digits: string): boolean {
  const check = weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10;
  return begins(digits, '23456') && !digits.endsWith('0') && check === Number(digits.charAt(8));
}

function isAadhaar(digits: string): boolean {
  return !begins(digits, '01') && isVerhoeff(digits);
}

/** Among the first ten digits exactly one stands two or three times. */
function isGermanTaxId(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  const [times = 0] = repeated;
  return repeated.length === 1 && times <= 3 && !digits.startsWith('0') && isMod11Comma10(digits);
}

function isPesel(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  return isDay(month, Number(digits.slice(4, 6))) && weighted([1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10)(digits);
}

function isRrn(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  if (!isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6)))) return false;
  return begins(digits.slice(6), '12345678') && check === Number(digits.charAt(12));
}

/** The day is counted from 61 in numbers of people without residence. */
function isPersonnummer(digits: string): boolean {
  const day = Number(digits.slice(4, 6));
  return isDay(Number(digits.slice(2, 4)), day > 60 ? day - 60 : day) && checkLuhn(digits);
}

function isSouthAfricanId(digits: string): boolean {
  return (
    isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6))) && begins(digits.slice(10), '01') && checkLuhn(digits)
  );
}

function isThaiId(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10;
  return begins(digits, '12345678') && check === Number(digits.charAt(12));
}

function isTurkishId(digits: string): boolean {
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  if (digits.startsWith('0') || tenth !== Number(digits.charAt(9))) return false;
  return weightedSum(digits, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 === Number(digits.charAt(10));
}

/** Whether the first digit is one of these. */
function begins(digits: string, these: string): boolean {
  return these.includes(digits.charAt(0));
}

function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
