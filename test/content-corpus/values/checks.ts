/** Check digits, written for the corpus alone: what a recognizer gets wrong, its corpus must not get wrong alike. */

/** The Luhn digit for digits without one. */
export function luhnDigit(digits: string): string {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** The two check digits of an IBAN (ISO 13616). */
export function ibanDigits(country: string, bban: string): string {
  const number = Array.from(`${bban}${country}00`)
    .map((character) => parseInt(character, 36))
    .join('');
  return String(98n - (BigInt(number) % 97n)).padStart(2, '0');
}

/** Sum of digits times weights. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits.charAt(at)), 0);
}

const PERMUTE = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
  [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
  [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
  [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
  [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
  [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
  [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/** The product in the dihedral group of ten elements: 0 to 4 are turns, 5 to 9 flips. */
function dihedral(a: number, b: number): number {
  const turn = (x: number): number => ((x % 5) + 5) % 5;
  if (a < 5) return b < 5 ? turn(a + b) : 5 + turn(a + b);
  return b < 5 ? 5 + turn(a - b) : turn(a - b);
}

/** The Verhoeff digit for digits without one. */
export function verhoeffDigit(digits: string): string {
  const state = Array.from(digits)
    .reverse()
    .reduce((sum, digit, at) => dihedral(sum, PERMUTE[(at + 1) % 8]?.[Number(digit)] ?? 0), 0);
  for (let digit = 0; digit < 10; digit++) if (dihedral(state, digit) === 0) return String(digit);
  throw new Error('every element has an inverse');
}
