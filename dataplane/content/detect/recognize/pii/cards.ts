import { checkLuhn } from '../../../check-luhn.ts';
import { matchAt, type NumberMatch, type NumberRun } from '../number-runs.ts';
import type { Candidate, Found } from '../recognizer.ts';

/** Prefixes of the networks, from and to as long as each other, and the lengths of their numbers (ISO/IEC 7812 ranges). */
const NETWORKS: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [16, 19]],
  ['51', '55', [16]],
  ['2221', '2720', [16]],
  ['34', '34', [15]],
  ['37', '37', [15]],
  ['6011', '6011', [16, 19]],
  ['644', '659', [16, 19]],
  ['3528', '3589', [16]],
  ['300', '305', [14]],
  ['3095', '3095', [14]],
  ['36', '36', [14]],
  ['38', '39', [14]],
  ['62', '62', [16, 17, 18, 19]],
  ['5018', '5018', [13, 15, 16, 19]],
  ['5020', '5020', [13, 15, 16, 19]],
  ['5038', '5038', [13, 15, 16, 19]],
  ['6304', '6304', [16, 18, 19]],
  ['6759', '6763', [16, 18, 19]],
];
const DIGITS_MIN = 13;
const DIGITS_MAX = 19;

/** How cards are embossed, besides in one: four by four, or as American Express and Diners do. */
const GROUPINGS = new Set(['4,4,4,4', '4,6,5', '4,6,4', '4,4,4,4,3', '8,8', '4,8,4']);

/** Payment card numbers: of a network's range and length, with their Luhn digit. */
export function findCards(text: string, runs: readonly NumberRun[], found: Found): void {
  for (const run of runs) {
    for (let first = 0; first < run.groups.length; first++) {
      const size = run.groups[first]?.size ?? 0;
      if (size === 4 || size === 8 || size >= DIGITS_MIN) findFrom(text, run, first, found);
    }
  }
}

function findFrom(text: string, run: NumberRun, first: number, found: Found): void {
  let digits = 0;
  let sizes = '';
  for (let after = first; after < run.groups.length && digits < DIGITS_MAX; after++) {
    const size = run.groups[after]?.size ?? 0;
    digits += size;
    sizes += after === first ? String(size) : `,${size}`;
    if (digits < DIGITS_MIN || digits > DIGITS_MAX || (after > first && !GROUPINGS.has(sizes))) continue;
    const match = matchAt(text, run, first, after - first + 1);
    if (match !== null && isCard(match.digits)) found(candidateOf(match));
  }
}

/**
 * In a row of groups of four any four can pass by chance, and hardly a card has more than 16 digits while many ids do: then
 * the words around must say that it is a card.
 */
function candidateOf({ start, end, digits, beside, sort }: NumberMatch): Candidate {
  const isDoubtful = (beside.includes(4) && sort === ' ') || (sort === '' && digits.length > 16);
  return { entity: 'CREDIT_CARD', start, end, score: isDoubtful ? 0.3 : 1 };
}

function isCard(digits: string): boolean {
  return isOfNetwork(digits) && checkLuhn(digits) && !isRepetition(digits);
}

function isOfNetwork(digits: string): boolean {
  return NETWORKS.some(([from, to, lengths]) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}

/** `4444444444444444` and the like are fillers. */
function isRepetition(digits: string): boolean {
  return digits.slice(1) === digits.slice(0, -1);
}
