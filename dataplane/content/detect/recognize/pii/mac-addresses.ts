import type { Found } from '../recognizer.ts';
import { isDigitUnit, isIdentifierUnit } from '../words.ts';

/** Bytes of a MAC address, two digits each. */
const FORMS: readonly { readonly separator: string; readonly groups: number; readonly size: number }[] = [
  { separator: ':', groups: 6, size: 2 },
  { separator: '-', groups: 6, size: 2 },
  { separator: '.', groups: 3, size: 4 },
];

/** MAC addresses (IEEE 802), but for those of nobody and of everybody. */
export function findMacAddresses(text: string, found: Found): void {
  for (const { separator, groups, size } of FORMS) {
    const length = groups * (size + 1) - 1;
    for (let at = text.indexOf(separator, size); at !== -1; at = text.indexOf(separator, at + 1)) {
      const start = at - size;
      const end = start + length;
      if (end > text.length || !isChain(text, start, separator, groups, size)) continue;
      if (!isEdge(text, start - 1, separator) || !isEdge(text, end, separator)) continue;
      if (isAnybody(text.slice(start, end), separator)) continue;
      found({ entity: 'MAC_ADDRESS', start, end, score: 0.6 });
      at = end - 1;
    }
  }
}

function isChain(text: string, start: number, separator: string, groups: number, size: number): boolean {
  for (let group = 0; group < groups; group++) {
    const from = start + group * (size + 1);
    for (let at = from; at < from + size; at++) if (!isHex(text.charCodeAt(at))) return false;
    if (group + 1 < groups && text.charAt(from + size) !== separator) return false;
  }
  return true;
}

function isEdge(text: string, at: number, separator: string): boolean {
  if (at < 0 || at >= text.length) return true;
  const sign = text.charAt(at);
  // A separator that goes on makes it a fingerprint, or a sentence that ends with it.
  return (
    !isIdentifierUnit(text.charCodeAt(at)) &&
    (sign !== separator || separator === '.' || !isHex(text.charCodeAt(at + 1)))
  );
}

function isAnybody(address: string, separator: string): boolean {
  const digits = address.split(separator).join('').toLowerCase();
  return digits === '0'.repeat(12) || digits === 'f'.repeat(12);
}

function isHex(unit: number): boolean {
  return isDigitUnit(unit) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66);
}
