import { isMod97 } from '../checksums.ts';
import type { Found } from '../recognizer.ts';
import { isDigitUnit, isIdentifierUnit, isLetterUnit } from '../words.ts';

/** Length of an IBAN by country, as the registry of ISO 13616 has it. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28, CZ: 24,
  DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27,
  GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20,
  LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27, MT: 31, MU: 30, NI: 28, NL: 18, NO: 15, OM: 23, PK: 24,
  PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24, SC: 31, SD: 18, SE: 24, SI: 19, SK: 24, SM: 27, SO: 23, ST: 25,
  SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
}; // prettier-ignore

/** Account numbers of a country's length that pass their check, in one or in groups of four. */
export function findIbans(text: string, found: Found): void {
  for (let at = 0; at + 14 < text.length; at++) {
    if (!isDigitUnit(text.charCodeAt(at + 2)) || !isDigitUnit(text.charCodeAt(at + 3))) continue;
    if (!isLetterUnit(text.charCodeAt(at)) || !isLetterUnit(text.charCodeAt(at + 1))) continue;
    if (at > 0 && isIdentifierUnit(text.charCodeAt(at - 1))) continue;
    const length = LENGTHS[text.slice(at, at + 2).toUpperCase()];
    const end = length === undefined ? null : endOf(text, at, length);
    if (end !== null) found({ entity: 'IBAN_CODE', start: at, end, score: 1 });
  }
}

function endOf(text: string, start: number, length: number): number | null {
  let letters = '';
  let separator = '';
  let at = start;
  for (; letters.length < length && at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isLetterUnit(unit) || isDigitUnit(unit)) {
      letters += text.charAt(at);
      continue;
    }
    const sign = text.charAt(at);
    const isGap =
      (sign === ' ' || sign === '-' || sign === '\u00a0') &&
      (separator === '' ? letters.length === 4 : sign === separator);
    if (!isGap || letters.length % 4 !== 0) return null;
    separator = sign;
  }
  if (letters.length < length || (at < text.length && isIdentifierUnit(text.charCodeAt(at)))) return null;
  return isMod97(letters.toUpperCase()) ? at : null;
}
