import { parse } from 'tldts';
import type { Found } from '../recognizer.ts';
import { isDigitUnit, isIdentifierUnit, isLetterUnit } from '../words.ts';

const LOCAL_UNITS_MAX = 64;
const HOST_UNITS_MAX = 253;

/** What may stand within the local part, besides letters and digits; signs that usually separate are left out. */
const LOCAL_SIGNS = new Set(Array.from('.+_-%'));
/** These belong to it between two letters or digits alone: in front and behind they are quotes and exclamations. */
const INNER_SIGNS = new Set(Array.from("'!"));

/** Email addresses whose domain ends in a public suffix (publicsuffix.org). */
export function findEmails(text: string, found: Found): void {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at);
    const end = hostEnd(text, at + 1);
    if (start === at || end === at + 1 || isCredential(text, start) || isRepository(text, start, at, end)) continue;
    if (isPublic(text.slice(at + 1, end))) found({ entity: 'EMAIL_ADDRESS', start, end, score: 1 });
  }
}

function localStart(text: string, at: number): number {
  const floor = Math.max(0, at - LOCAL_UNITS_MAX);
  let start = at;
  while (start > floor && isLocal(text, start - 1, at)) start--;
  while (start < at && !isLocalEdge(text.charCodeAt(start))) start++;
  return text.charAt(at - 1) === '.' ? at : start;
}

function isLocal(text: string, index: number, at: number): boolean {
  const unit = text.charCodeAt(index);
  if (isLocalEdge(unit) || LOCAL_SIGNS.has(text.charAt(index))) return true;
  if (!INNER_SIGNS.has(text.charAt(index)) || index + 1 === at || index === 0) return false;
  return isLocalEdge(text.charCodeAt(index - 1)) && isLocalEdge(text.charCodeAt(index + 1));
}

const isLocalEdge = (unit: number): boolean => isIdentifierUnit(unit) || isOfWord(unit);

/** The end of the host name that begins at `start`; `start` itself when none does. */
export function hostEnd(text: string, start: number): number {
  const ceiling = Math.min(text.length, start + HOST_UNITS_MAX);
  let end = start;
  while (end < ceiling && isHostUnit(text.charCodeAt(end))) end++;
  while (end > start && !isHostEdge(text.charCodeAt(end - 1))) end--;
  return end > start && isHostEdge(text.charCodeAt(start)) ? end : start;
}

const isHostUnit = (unit: number): boolean => isHostEdge(unit) || unit === 0x2d || unit === 0x2e;
const isHostEdge = (unit: number): boolean => isLetterUnit(unit) || isDigitUnit(unit) || isOfWord(unit);

/** Letters of Latin with accents, Greek, Cyrillic and other alphabets; scripts without spaces between words are left out. */
function isOfWord(unit: number): boolean {
  return unit >= 0xc0 && unit < 0x0e00 && unit !== 0xd7 && unit !== 0xf7;
}

/** `https://user:password@host`: that is a credential, and no address. Behind the host anything may be. */
function isCredential(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - LOCAL_UNITS_MAX), start);
  const scheme = before.lastIndexOf('://');
  return scheme !== -1 && Array.from(' \n\t"\'<>/?#').every((sign) => !before.includes(sign, scheme + 3));
}

/** `git@host:path` is where a repository is. */
function isRepository(text: string, start: number, at: number, end: number): boolean {
  return text.slice(start, at) === 'git' && text.charAt(end) === ':';
}

/** Whether a host name ends in a suffix below which names are registered, and is more than that suffix. */
export function isPublic(host: string): boolean {
  const { domain, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true, validateHostname: true });
  return domain !== null && (isIcann === true || isPrivate === true);
}
