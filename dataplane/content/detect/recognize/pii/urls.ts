import { parse } from 'tldts';
import type { Found } from '../recognizer.ts';
import { isIdentifierUnit } from '../words.ts';
import { hostEnd, isPublic } from './addresses.ts';
import { ipv4End } from './ip-addresses.ts';

const URL_UNITS_MAX = 2_048;
const SCHEMES = new Set(['http', 'https', 'ftp', 'ftps', 'sftp', 'ws', 'wss']);
const SCHEME_UNITS_MAX = 5;

/** Where a URL ends at the latest: no URL has these unescaped, but for `|` and braces, which are rare in it and common around. */
const ENDS = new Set(Array.from(' \t\r\n"<>`{}|\\^\u00a0\u3000\u3001\u3002\uff08\uff09\uff0c\u201c\u201d'));
/** Punctuation of the sentence around it. */
const TRAILING = new Set(Array.from('.,;:!?\'"*_~'));

/** URLs with a scheme, `www.` names, and names of public domains with or without a path. */
export function findUrls(text: string, found: Found): void {
  findWithScheme(text, found);
  findBare(text, found);
}

function findWithScheme(text: string, found: Found): void {
  for (let at = text.indexOf('://'), end = 0; at !== -1; at = text.indexOf('://', Math.max(at + 3, end))) {
    const start = schemeStart(text, at);
    if (start === at || !SCHEMES.has(text.slice(start, at).toLowerCase())) continue;
    const host = authorityStart(text, at + 3);
    const hostStop = text.charAt(host) === '[' ? text.indexOf(']', host) + 1 : hostEnd(text, host);
    if (hostStop <= host) continue;
    end = urlEnd(text, start, hostStop);
    found({ entity: 'URL', start, end, score: isPublic(text.slice(host, hostStop)) ? 1 : 0.6 });
  }
}

function schemeStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start <= SCHEME_UNITS_MAX && isIdentifierUnit(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Behind the user information, if there is any. */
function authorityStart(text: string, from: number): number {
  for (let at = from; at < text.length && at < from + 200; at++) {
    const sign = text.charAt(at);
    if (sign === '@') return at + 1;
    if (sign === '/' || sign === '?' || sign === '#' || ENDS.has(sign)) return from;
  }
  return from;
}

/** The end of what belongs to a URL, from behind its host on, without the punctuation of what it stands in. */
function urlEnd(text: string, start: number, hostStop: number): number {
  const ceiling = Math.min(text.length, start + URL_UNITS_MAX);
  let end = hostStop;
  if (!':/?#'.includes(text.charAt(end)) || end >= text.length) return end;
  while (end < ceiling && !ENDS.has(text.charAt(end))) end++;
  const round = new Brackets(text, start, end, '(', ')');
  const square = new Brackets(text, start, end, '[', ']');
  for (; end > hostStop; end--) {
    const last = text.charAt(end - 1);
    const isSpare = last === ')' ? round.takeSpare() : last === ']' ? square.takeSpare() : TRAILING.has(last);
    if (!isSpare) break;
  }
  return end;
}

/** Brackets of a URL: those that it closes and never opened are of the sentence around it. */
class Brackets {
  #spare = 0;

  constructor(text: string, start: number, end: number, opening: string, closing: string) {
    for (let at = start; at < end; at++) {
      const sign = text.charAt(at);
      if (sign === closing) this.#spare++;
      else if (sign === opening) this.#spare--;
    }
  }

  /** Whether a closing one is left over; it is none any more then. */
  takeSpare(): boolean {
    return this.#spare-- > 0;
  }
}

/**
 * Suffixes of names that people mention without a scheme. Many others are words that members of objects and files are called
 * as well (`name`, `id`, `data`, `md`, `is`): those need a scheme, `www.`, or a word that says that it is a site.
 */
const MENTIONED = new Set(
  (
    'com org net edu gov mil int io dev co biz info eu us uk de fr nl ch se dk fi es pt cz sk hu ro bg si lt lv ee ie lu gr jp cn ' +
    'kr tw hk sg au nz ca br ar mx cl za ru ua tr il ae'
  ).split(' '),
);
const FILE_ENDINGS = new Set('md py sh rs zip mov pl so ps cc ml mk java map cab bz gz st tf pub'.split(' '));
/** What objects are called in code. */
const CODE_NAMES = new Set(
  (
    'this self user users app obj object config system console process window document data item items node req res ctx event ' +
    'args options props state result response request error err math json string array module exports env params row rows ' +
    'value values model view page list map set cls super std os sys np pd plt df log logger test i x y a b e s'
  ).split(' '),
);

/** Names without a scheme: `example.co.uk`, `www.example.com/path`; what could as well be a file or code needs a path or a word. */
function findBare(text: string, found: Found): void {
  for (let dot = text.indexOf('.'); dot !== -1;) {
    const start = nameStart(text, dot);
    const end = start === dot ? dot : hostEnd(text, start);
    dot = text.indexOf('.', Math.max(dot + 1, end));
    if (end - start < 4 || isPartOfMore(text, start, end)) continue;
    const name = text.slice(start, end);
    if (!name.includes('.') || !isPublic(name) || ipv4End(text, start) !== null) continue;
    const whole = urlEnd(text, start, end);
    const hasPath = text.charAt(end) === '/' && whole > end;
    if (text.charAt(end) === '(' || (text.charAt(end) === ':' && whole === end)) continue;
    const score = scoreBare(name, hasPath);
    if (score !== null) found({ entity: 'URL', start, end: whole, score });
  }
}

function nameStart(text: string, dot: number): number {
  let start = dot;
  while (start > 0 && (isIdentifierUnit(text.charCodeAt(start - 1)) || text.charAt(start - 1) === '-')) start--;
  return start;
}

/** After `@`, `/`, `.` or `$` it is part of an address, a path, a member or a variable, and so it is before `=` or `@`. */
function isPartOfMore(text: string, start: number, end: number): boolean {
  return '@/.$#\\:-'.includes(text.charAt(start - 1) || ' ') || '@=$_'.includes(text.charAt(end) || ' ');
}

/** Null for what is a file or code rather. */
function scoreBare(name: string, hasPath: boolean): number | null {
  const { publicSuffix, isIcann } = parse(name, { allowPrivateDomains: true });
  const ending = (publicSuffix ?? '').toLowerCase();
  const first = name.slice(0, name.indexOf('.')).toLowerCase();
  if (first === 'www') return 1;
  if (FILE_ENDINGS.has(ending) || CODE_NAMES.has(first) || isMixed(name)) return null;
  if (isIcann !== true) return hasPath ? 0.5 : 0.3;
  if (ending.includes('.')) return 0.8;
  return MENTIONED.has(ending) ? 0.5 : 0.2;
}

/** Capitals among small letters are of code: `Foo.is`, `camelCase.name`. */
function isMixed(name: string): boolean {
  return name !== name.toLowerCase() && name !== name.toUpperCase();
}
