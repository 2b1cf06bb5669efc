import { createHash } from 'node:crypto';
import { UPPER, type Random } from '../random.ts';
import { weighted } from './checks.ts';
import { grouped } from './numbers.ts';

/** The mod 11 digit of a UK NHS number; again where it would be 10. */
export function nhs(random: Random): string {
  const body = random.number(9);
  const digit = 11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  if (digit === 10) return nhs(random);
  return grouped(body + String(digit === 11 ? 0 : digit), [3, 3, 4], random.pick([' ', ' ', '-', '']));
}

/** A number of the US Drug Enforcement Administration. */
export function dea(random: Random): string {
  const digits = random.digits(6);
  const sum = weighted(digits, [1, 2, 1, 2, 1, 2]);
  return `${random.text(1, 'ABFGM')}${random.text(1, UPPER)}${digits}${sum % 10}`;
}

export const passport = (random: Random): string =>
  random.chance(0.5) ? random.number(9) : `${random.text(1, UPPER)}${random.digits(8)}`;
export const bankNumber = (random: Random): string => random.number(random.int(8, 14));
export const driverLicense = (random: Random): string =>
  random.pick([
    () => `${random.text(1, UPPER)}${random.digits(7)}`,
    () => `${random.text(1, UPPER)}${random.digits(12)}`,
    () => `${random.text(2, UPPER)}${random.digits(6)}`,
    () => `${random.text(1, UPPER)}${random.digits(3)}-${random.digits(4)}-${random.digits(4)}`,
    () => random.number(8),
  ])();

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58.charAt(Number(number % 58n)) + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

function base58check(random: Random, version: number): string {
  const body = Buffer.from(version.toString(16).padStart(2, '0') + random.hex(40), 'hex');
  return base58(Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [at, term] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
      if (((top >>> at) & 1) === 1) sum ^= term;
    }
  }
  return sum >>> 0;
}

/** BIP 173, and BIP 350 from witness version 1 on. */
function segwit(random: Random): string {
  const version = random.pick([0, 1]);
  const program = Array.from({ length: version === 0 ? 32 : 52 }, () => random.int(0, 31));
  // What is left over of the last byte must be zero.
  if (version === 1) program[51] = 16 * random.int(0, 1);
  const data = [version, ...program];
  const expanded = [3, 3, 0, 2, 3];
  const check = polymod([...expanded, ...data, 0, 0, 0, 0, 0, 0]) ^ (version === 0 ? 1 : 0x2bc830a3);
  const digits = [5, 4, 3, 2, 1, 0].map((at) => (check >>> (5 * at)) & 31);
  return `bc1${[...data, ...digits].map((value) => BECH32.charAt(value)).join('')}`;
}

export const crypto = (random: Random): string =>
  random.pick([() => base58check(random, 0), () => base58check(random, 5), () => segwit(random)])();

/** Like an address, with one character changed. */
export function wrongCrypto(random: Random): string {
  const good = base58check(random, 0);
  const at = random.int(5, 20);
  const other = Array.from(BASE58).filter((character) => character !== good.charAt(at));
  return good.slice(0, at) + random.pick(other) + good.slice(at + 1);
}

/** A day, with or without a time, as people and systems write it. */
export function date(random: Random): string {
  const two = (least: number, most: number): string => String(random.int(least, most)).padStart(2, '0');
  const [year, month, day] = [String(random.int(1950, 2029)), two(1, 12), two(1, 28)];
  const name = random.pick([
    'January',
    'Feb',
    'March',
    'Apr',
    'May',
    'June',
    'July',
    'Aug',
    'September',
    'Oct',
    'Nov',
    'December',
  ]);
  const time = `${two(0, 23)}:${two(0, 59)}:${two(0, 59)}`;
  return random.pick([
    `${year}-${month}-${day}`,
    `${year}-${month}-${day}T${time}Z`,
    `${year}-${month}-${day} ${time}`,
    `${year}-${month}-${day}T${time}.${random.digits(3)}+02:00`,
    `${month}/${day}/${year}`,
    `${day}.${month}.${year}`,
    `${day}/${month}/${year}`,
    `${name} ${random.int(1, 28)}, ${year}`,
    `${random.int(1, 28)} ${name} ${year}`,
  ]);
}

export const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
