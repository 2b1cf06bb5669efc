/** Check digits of numbers given as text of digits alone, unless said otherwise. */

const ZERO = 0x30;

const digitAt = (digits: string, at: number): number => digits.charCodeAt(at) - ZERO;

/** Sum of the digits, each times its weight. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += digitAt(digits, at) * (weights[at] ?? 0);
  return sum;
}

/**
 * ISO 7064 MOD 97-10 as IBANs use it (ISO 13616): the first four characters moved to the end, letters as numbers from 10.
 * `text`: upper-case letters and digits.
 */
export function isMod97(text: string): boolean {
  let rest = 0;
  for (let at = 0; at < text.length; at++) {
    const value = alphanumericValue(text.charCodeAt((at + 4) % text.length));
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const alphanumericValue = (unit: number): number => (unit > 0x40 ? unit - 55 : unit - ZERO);

/** J. Verhoeff's scheme: permutations of digits, and the dihedral group of ten elements. */
const PERMUTATIONS = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];
const PRODUCTS = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678',
  '5987604321', '6598710432', '7659821043', '8765932104', '9876543210',
]; // prettier-ignore

export function isVerhoeff(digits: string): boolean {
  let state = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digitAt(digits, digits.length - 1 - at);
    state = digitAt(PRODUCTS[state] ?? '', digitAt(PERMUTATIONS[at % 8] ?? '', digit));
  }
  return state === 0;
}

/** ISO 7064 MOD 11,10, as German tax numbers use it. */
export function isMod11Comma10(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at++) {
    const sum = (digitAt(digits, at) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}
