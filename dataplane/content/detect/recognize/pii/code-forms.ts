import { weightedSum } from '../checksums.ts';
import type { PiiEntity } from './entities.ts';

/** A number with letters in it, told by a pattern and by what its characters must satisfy. */
export interface CodeForm {
  readonly entity: PiiEntity;
  /** RE2 syntax. */
  readonly pattern: string;
  /** When the check passes, or there is none. */
  readonly score: number;
  /** Of the match without its spaces and dashes, in upper case. */
  readonly check: ((code: string) => boolean) | null;
}

/** A letter that checks all others is wrong for most codes that merely look alike; a digit is for nine in ten. */
const CHECKED_LETTER = 0.6;

export const CODE_FORMS: readonly CodeForm[] = [
  { entity: 'MEDICAL_LICENSE', pattern: '\\b[ABCDEFGHJKLMPRSTUX][A-Z9]\\d{7}\\b', score: 0.8, check: isDea },
  { entity: 'US_MBI', pattern: '\\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d-?[AC-HJKMNP-RT-Y]{2}\\d{2}\\b', score: 0.6, check: null },
  { entity: 'UK_NINO', pattern: '\\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]\\b', score: 0.5, check: isNino },
  { entity: 'UK_POSTCODE', pattern: '\\b[A-PR-UWYZ](?:\\d{1,2}|\\d[A-HJKPSTUW]|[A-HK-Y]\\d{1,2}|[A-HK-Y]\\d[ABEHMNPRVWXY]) ?\\d[ABD-HJLNP-UW-Z]{2}\\b', score: 0.3, check: null },
  { entity: 'IN_PAN', pattern: '\\b[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]\\b', score: 0.6, check: null },
  { entity: 'SG_NRIC', pattern: '\\b[STFG]\\d{7}[A-Z]\\b', score: CHECKED_LETTER, check: isNric },
  { entity: 'ES_NIF', pattern: '\\b\\d{8}-?[A-Z]\\b', score: CHECKED_LETTER, check: isNif },
  { entity: 'ES_NIE', pattern: '\\b[XYZ]-?\\d{7}-?[A-Z]\\b', score: CHECKED_LETTER, check: isNie },
  { entity: 'IT_FISCAL_CODE', pattern: '\\b(?i:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])\\b', score: 1, check: isFiscalCode },
  { entity: 'US_PASSPORT', pattern: '\\b[A-Z]\\d{8}\\b', score: 0.1, check: null },
  { entity: 'US_DRIVER_LICENSE', pattern: '\\b(?:[A-Z]\\d{6,12}|[A-Z]{2}\\d{6}|[A-Z]\\d{3}-\\d{4}-\\d{4}|[A-Z]\\d{3}-\\d{3}-\\d{2}-\\d{3}-\\d)\\b', score: 0.3, check: null },
]; // prettier-ignore

const NIF_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Title 21 CFR 1301: sums of the odd places and twice of the even ones. */
function isDea(code: string): boolean {
  return weightedSum(code.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === Number(code.charAt(8));
}

function isNino(code: string): boolean {
  return !['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].includes(code.slice(0, 2));
}

function isNric(code: string): boolean {
  const first = code.charAt(0);
  const sum = weightedSum(code.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (first === 'T' || first === 'G' ? 4 : 0);
  const letters = first === 'S' || first === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK';
  return letters.charAt(sum % 11) === code.charAt(8);
}

function isNif(code: string): boolean {
  return NIF_LETTERS.charAt(Number(code.slice(0, 8)) % 23) === code.charAt(8);
}

function isNie(code: string): boolean {
  return isNif(`${'XYZ'.indexOf(code.charAt(0))}${code.slice(1)}`);
}

/** Values of the characters in odd places, 0 to 9 like A to J (decree of 23 December 1976). */
const FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isFiscalCode(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const unit = code.charCodeAt(at);
    const value = unit < 0x41 ? unit - 0x30 : unit - 0x41;
    sum += at % 2 === 0 ? (FISCAL_ODD[value] ?? 0) : value;
  }
  return code.charCodeAt(15) - 0x41 === sum % 26;
}
