import type { Found } from '../recognizer.ts';

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const LABEL_UNITS_MAX = 40;
const KEY_UNITS_MAX = 20_000;

/** Private keys in PEM (RFC 7468), with or without an end; line breaks may be escaped. */
export function findPrivateKeys(text: string, found: Found): void {
  for (let start = text.indexOf(BEGIN); start !== -1;) {
    const labelEnd = text.indexOf(DASHES, start + BEGIN.length);
    const label = labelEnd === -1 ? '' : text.slice(start + BEGIN.length, labelEnd);
    const next = start + BEGIN.length;
    if (label.length > 0 && label.length <= LABEL_UNITS_MAX && label.includes('PRIVATE KEY')) {
      const end = keyEnd(text, labelEnd + DASHES.length, label);
      found({ entity: 'PRIVATE_KEY', start, end, score: 1 });
      start = text.indexOf(BEGIN, end);
    } else {
      start = text.indexOf(BEGIN, next);
    }
  }
}

/** Behind the end line; where there is none, behind what still looks like a key. */
function keyEnd(text: string, from: number, label: string): number {
  const closing = `${END}${label}${DASHES}`;
  const end = text.slice(from, from + KEY_UNITS_MAX).indexOf(closing);
  if (end !== -1) return from + end + closing.length;
  let at = from;
  while (at < text.length && at < from + KEY_UNITS_MAX && isKeySign(text.charCodeAt(at))) at++;
  return at;
}

/** Base 64, white space, and the escapes of line breaks, which are spaces by now. */
function isKeySign(unit: number): boolean {
  const isLetter = (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
  return isLetter || (unit >= 0x2b && unit <= 0x3a) || unit === 0x3d || unit === 0x20 || unit === 0x0a || unit === 0x0d;
}
