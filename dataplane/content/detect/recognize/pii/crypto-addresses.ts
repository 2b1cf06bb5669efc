import { createHash } from 'node:crypto';
import type { Found } from '../recognizer.ts';
import { isDigitUnit, isLetterUnit } from '../words.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BECH32_GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What the checksum of BIP 173 leaves, and that of BIP 350. */
const BECH32_REST = 1;
const BECH32M_REST = 0x2bc830a3;
const TOKEN_UNITS_MIN = 26;
const TOKEN_UNITS_MAX = 62;

/** Bitcoin addresses: base58check of versions 0 and 5, bech32 and bech32m. */
export function findCryptoAddresses(text: string, found: Found): void {
  for (let at = 0; at < text.length; at++) {
    const start = at;
    while (at < text.length && isTokenUnit(text.charCodeAt(at))) at++;
    const length = at - start;
    if (length < TOKEN_UNITS_MIN || length > TOKEN_UNITS_MAX) continue;
    const token = text.slice(start, at);
    if (isAddress(token)) found({ entity: 'CRYPTO', start, end: at, score: 1 });
  }
}

const isTokenUnit = (unit: number): boolean => isLetterUnit(unit) || isDigitUnit(unit);

function isAddress(token: string): boolean {
  if (token.startsWith('1') || token.startsWith('3')) return token.length <= 35 && isBase58Check(token);
  const lower = token.toLowerCase();
  return lower.startsWith('bc1') && (token === lower || token === token.toUpperCase()) && isSegwit(lower);
}

function isBase58Check(token: string): boolean {
  const bytes = new Uint8Array(25);
  for (let at = 0; at < token.length; at++) {
    let carry = BASE58.indexOf(token.charAt(at));
    if (carry === -1) return false;
    for (let byte = bytes.length - 1; byte >= 0; byte--) {
      carry += 58 * (bytes[byte] ?? 0);
      bytes[byte] = carry & 0xff;
      carry >>= 8;
    }
    if (carry !== 0) return false;
  }
  if (bytes[0] !== 0 && bytes[0] !== 5) return false;
  const check = sha256(sha256(bytes.subarray(0, 21)));
  return check.subarray(0, 4).equals(bytes.subarray(21));
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Version 0 is bech32 of 20 or 32 bytes, later ones bech32m (BIP 350). */
function isSegwit(token: string): boolean {
  const values: number[] = [];
  for (let at = 3; at < token.length; at++) {
    const value = BECH32.indexOf(token.charAt(at));
    if (value === -1) return false;
    values.push(value);
  }
  const rest = polymod([3, 3, 0, 2, 3, ...values]);
  return rest === (values[0] === 0 ? BECH32_REST : BECH32M_REST);
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let at = 0; at < 5; at++) if ((top >>> at) & 1) sum ^= BECH32_GENERATORS[at] ?? 0;
  }
  return sum >>> 0;
}
