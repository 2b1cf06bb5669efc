import type { Found } from '../recognizer.ts';
import { isDigitUnit, isIdentifierUnit } from '../words.ts';

const COLON = 0x3a;
const DOT = 0x2e;
const IPV6_UNITS_MAX = 45;
const GROUPS = 8;

/** IPv4 and IPv6 addresses in their usual forms (RFC 4291 section 2.2). */
export function findIpAddresses(text: string, found: Found): void {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COLON || isHex(unit)) at = tryAddress(text, at, found) - 1;
  }
}

/** Looks at what begins here; returns where to go on, at least one further. */
function tryAddress(text: string, start: number, found: Found): number {
  let end = start;
  let colons = 0;
  let dots = 0;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === COLON) colons++;
    else if (unit === DOT) dots++;
    else if (!isHex(unit)) break;
  }
  const isWord =
    isIdentifierUnit(text.charCodeAt(start - 1)) || (end < text.length && isIdentifierUnit(text.charCodeAt(end)));
  if (colons >= 2 && !isWord) findIpv6(text, start, end, found);
  else if (dots >= 3 && colons <= 1) findIpv4(text, start, end, found);
  return Math.max(end, start + 1);
}

function findIpv4(text: string, start: number, limit: number, found: Found): void {
  if (start > 0 && (isIdentifierUnit(text.charCodeAt(start - 1)) || '.-/\\'.includes(text.charAt(start - 1)))) {
    // A slash before it is the end of a scheme, a path or a prefix; only of a path is it no address.
    if (text.charAt(start - 1) !== '/' || text.charAt(start - 2) !== '/') return;
  }
  const end = ipv4End(text, start);
  if (end === null || end > limit) return;
  const next = text.charCodeAt(end);
  if (end < text.length && (isIdentifierUnit(next) || (next === DOT && isDigitUnit(text.charCodeAt(end + 1))))) return;
  if (text.charAt(end) === '-' && isIdentifierUnit(text.charCodeAt(end + 1))) return;
  found({ entity: 'IP_ADDRESS', start, end, score: isOutline(text, start, end) ? 0.2 : 0.6 });
}

/** `4.2.6.3` is rather a section or a version; four times the same digit is a resolver. */
function isOutline(text: string, start: number, end: number): boolean {
  const [first, ...others] = text.slice(start, end).split('.');
  return end - start === 7 && others.some((byte) => byte !== first);
}

/** The end of four decimal bytes with dots between them; null when there are none. */
export function ipv4End(text: string, start: number): number | null {
  let at = start;
  for (let byte = 0; byte < 4; byte++) {
    if (byte > 0 && text.charCodeAt(at++) !== DOT) return null;
    let value = 0;
    const from = at;
    while (at - from < 3 && isDigitUnit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 0x30;
    if (at === from || value > 255 || (at - from > 1 && text.charAt(from) === '0')) return null;
  }
  return isDigitUnit(text.charCodeAt(at)) ? null : at;
}

function findIpv6(text: string, from: number, limit: number, found: Found): void {
  let [start, end] = [from, limit];
  // A colon or dot at an edge is punctuation, unless it is one of two that stand for zeros.
  while (
    end > start &&
    (text.charCodeAt(end - 1) === DOT || (text.charCodeAt(end - 1) === COLON && text.charCodeAt(end - 2) !== COLON))
  )
    end--;
  while (
    start < end &&
    (text.charCodeAt(start) === DOT || (text.charCodeAt(start) === COLON && text.charCodeAt(start + 1) !== COLON))
  )
    start++;
  if (end - start > IPV6_UNITS_MAX || !isIpv6(text.slice(start, end))) return;
  found({ entity: 'IP_ADDRESS', start, end, score: 0.6 });
}

/** Whether a text is an IPv6 address that nobody would take for a time, a path of names, or nothing at all. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !hasDigit(text)) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [first = [], second = null] = groups;
  const all = second === null ? first : [...first, ...second];
  const last = all.at(-1) ?? '';
  const isMapped = last.includes('.');
  if (isMapped && ipv4End(last, 0) !== last.length) return false;
  const plain = isMapped ? all.slice(0, -1) : all;
  if (!plain.every(isGroup)) return false;
  const count = plain.length + (isMapped ? 2 : 0);
  return second === null ? count === GROUPS : count < GROUPS;
}

/** Names between colons may be spelt with hexadecimal letters alone; addresses hardly ever are. */
function hasDigit(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (isDigitUnit(text.charCodeAt(at))) return true;
  return false;
}

function isGroup(group: string): boolean {
  for (let at = 0; at < group.length; at++) if (!isHex(group.charCodeAt(at))) return false;
  return group.length >= 1 && group.length <= 4;
}

function isHex(unit: number): boolean {
  return isDigitUnit(unit) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66);
}
