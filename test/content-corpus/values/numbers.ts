import type { Random } from '../random.ts';
import { ibanDigits, luhnDigit } from './checks.ts';

/** Digits in groups of these sizes. */
export function grouped(digits: string, sizes: readonly number[], separator: string): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.filter((group) => group !== '').join(separator);
}

const BRANDS: readonly (readonly [prefix: string, length: number, groups: readonly number[]])[] = [
  ['4', 16, [4, 4, 4, 4]],
  ['4', 16, [4, 4, 4, 4]],
  ['51', 16, [4, 4, 4, 4]],
  ['55', 16, [4, 4, 4, 4]],
  ['2345', 16, [4, 4, 4, 4]],
  ['34', 15, [4, 6, 5]],
  ['37', 15, [4, 6, 5]],
  ['6011', 16, [4, 4, 4, 4]],
  ['65', 16, [4, 4, 4, 4]],
  ['3530', 16, [4, 4, 4, 4]],
  ['36', 14, [4, 6, 4]],
  ['5018', 16, [4, 4, 4, 4]],
];

const cardDigits = (random: Random): readonly [digits: string, groups: readonly number[]] => {
  const [prefix, length, groups] = random.pick(BRANDS);
  const body = prefix + random.digits(length - prefix.length - 1);
  return [body + luhnDigit(body), groups];
};

/** As hurried people write them: two sorts of separators, groups of eight, a line break. */
function unevenly(digits: string, random: Random): string {
  const half = [digits.slice(0, 8), digits.slice(8)];
  return random.pick([
    grouped(digits, [4, 4], '-') + ` ${grouped(digits.slice(8), [4, 4], '-')}`,
    half.join(' '),
    half.join('\n'),
    grouped(digits, [4, 8, 8], ' '),
  ]);
}

/** A payment card number as people and systems write it. */
export function card(random: Random): string {
  const [digits, groups] = cardDigits(random);
  if (random.chance(0.4)) return digits;
  if (random.chance(0.03)) return unevenly(digits, random);
  return grouped(digits, groups, random.pick([' ', ' ', '-', '-', '\u00a0', '.', '  ']));
}

/** A card number with a wrong check digit. */
export function wrongCard(random: Random): string {
  const [digits, groups] = cardDigits(random);
  const wrong = digits.slice(0, -1) + String((Number(digits.slice(-1)) + random.int(1, 9)) % 10);
  return random.chance(0.5) ? wrong : grouped(wrong, groups, ' ');
}

/** Structure of national account numbers: digits `n`, upper-case letters `a`, both `c`. */
const IBANS: readonly (readonly [country: string, bban: string])[] = [
  ['DE', 'n18'],
  ['GB', 'a4n14'],
  ['FR', 'n10c11n2'],
  ['ES', 'n20'],
  ['NL', 'a4n10'],
  ['IT', 'a1n10c12'],
  ['CH', 'n5c12'],
  ['SE', 'n20'],
  ['PL', 'n24'],
  ['BE', 'n12'],
  ['AT', 'n16'],
  ['NO', 'n11'],
  ['PT', 'n21'],
  ['SA', 'n2c18'],
  ['MT', 'a4n5c18'],
  ['BR', 'n23a1c1'],
];

export function iban(random: Random): string {
  const [country, structure] = random.pick(IBANS);
  const bban = [...structure.matchAll(/([nac])(\d+)/g)]
    .map(([, kind, length]) => {
      const alphabet = kind === 'n' ? '0123456789' : kind === 'a' ? 'ABCDEFGHIJKLMNOP' : '0123456789ABCDEFGHIJ';
      return random.text(Number(length), alphabet);
    })
    .join('');
  const whole = country + ibanDigits(country, bban) + bban;
  const shape = random.int(1, 10);
  if (shape <= 5) return whole;
  if (shape <= 9) return whole.replace(/(.{4})(?=.)/g, random.chance(0.1) ? '$1\u00a0' : '$1 ');
  if (random.chance(0.1)) return `${whole.slice(0, 4)} ${whole.slice(4)}`;
  return random.chance(0.5) ? whole.toLowerCase() : whole.replace(/(.{4})(?=.)/g, '$1-');
}

export function wrongIban(random: Random): string {
  const good = iban(random).replace(/[ -]/g, '').toUpperCase();
  const check = Number(good.slice(2, 4));
  return good.slice(0, 2) + String(((check + random.int(1, 95)) % 97) + 2).padStart(2, '0') + good.slice(4);
}

/** Nine digits that can be a social security number. */
export function ssnDigits(random: Random): string {
  const area = random.pick([random.int(1, 665), random.int(667, 899)]);
  const digits = `${String(area).padStart(3, '0')}${String(random.int(1, 99)).padStart(2, '0')}${String(random.int(1, 9999)).padStart(4, '0')}`;
  return ['123456789', '078051120', '219099999'].includes(digits) ? ssnDigits(random) : digits;
}

/** One that can be told by its form alone. */
export function ssn(random: Random): string {
  if (random.chance(0.01)) return grouped(ssnDigits(random), [3, 2, 4], random.pick([' - ', '_', '/']));
  return grouped(ssnDigits(random), [3, 2, 4], random.pick(['-', '-', '-', '-', ' ', ' ', '\u2011', '\u2013', '.']));
}

/** One that nobody was ever given. */
export function wrongSsn(random: Random): string {
  const last = String(random.int(1, 9999)).padStart(4, '0');
  const middle = String(random.int(1, 99)).padStart(2, '0');
  return random.pick([
    `000-${middle}-${last}`,
    `666-${middle}-${last}`,
    `${random.int(100, 600)}-00-${last}`,
    `${random.int(100, 600)}-${middle}-0000`,
    `${random.int(100, 600)}-${middle}-${last}7`,
    `1${random.int(100, 600)}-${middle}-${last}`,
    `xxx-xx-${last}`,
    `***-**-${last}`,
  ]);
}

export function itin(random: Random): string {
  const group = random.pick([random.int(50, 65), random.int(70, 88), random.int(90, 92), random.int(94, 99)]);
  return grouped(`9${random.digits(2)}${group}${random.digits(4)}`, [3, 2, 4], random.pick(['-', '-', ' ']));
}
