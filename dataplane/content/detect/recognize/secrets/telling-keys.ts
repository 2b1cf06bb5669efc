import type { Found, Passage } from '../recognizer.ts';
import { isIdentifierUnit, wordsOf } from '../words.ts';
import { looksRandom, type Strictness } from './randomness.ts';

const VALUE_UNITS_MAX = 512;
const NAME_UNITS_MAX = 80;

/** Words of a name that make it a secret's, and how random a value must look: passwords are chosen by people. */
const PASSWORDS = new Set(['password', 'passwd', 'pass', 'passphrase', 'passcode', 'pwd']);
const TOKENS = new Set([
  'secret',
  'token',
  'apikey',
  'credential',
  'credentials',
  'bearer',
  'authorization',
  'auth',
  'signature',
]);
/** What `key` is of: any other key opens nothing, but a table or a map. */
const KEYED = new Set(['api', 'secret', 'private', 'access', 'auth', 'signing', 'encryption', 'master', 'account', 'shared', 'client', 'service', 'storage', 'subscription', 'license']); // prettier-ignore
/** Words that make it the name of something about a secret. */
const ABOUT = new Set([
  'type', 'count', 'name', 'id', 'ids', 'url', 'uri', 'path', 'file', 'field', 'length', 'limit', 'max', 'min', 'expires', 'expiry',
  'expiration', 'expiresin', 'policy', 'hint', 'format', 'version', 'scope', 'scopes', 'usage', 'page', 'next', 'cursor', 'sync',
  'continuation', 'public', 'endpoint', 'issuer', 'method', 'mode', 'provider', 'ref', 'status', 'required', 'enabled', 'index',
  'position', 'start', 'end', 'input', 'output', 'prompt', 'completion', 'reset', 'change', 'header', 'header', 'kind', 'ttl', 'csrf',
]); // prettier-ignore

/** How random the value of a name must look to be a secret; null when the name tells none. */
export function strictnessOf(name: string): Strictness | null {
  const words = wordsOf(name);
  if (words.some((word) => ABOUT.has(word))) return null;
  if (words.some((word) => PASSWORDS.has(word))) return 'chosen';
  if (words.some((word) => TOKENS.has(word))) return 'random';
  return words.some((word, at) => word === 'key' && KEYED.has(words[at - 1] ?? '')) ? 'random' : null;
}

/** Values of assignments, members, flags and headers whose names tell that they are secret. */
export function findTelling(text: string, found: Found): void {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COLON || unit === EQUALS)
      at = tryValue(text, nameBefore(text, at), valueStart(text, at + 1), found) ?? at;
    else if (unit === DASH && text.charCodeAt(at + 1) === DASH) at = tryFlag(text, at, found) ?? at;
  }
  for (const word of ['Bearer ', 'bearer ', 'Basic ']) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      tryValue(text, 'bearer', valueStart(text, at + word.length), found);
    }
  }
}

const COLON = 0x3a;
const EQUALS = 0x3d;
const DASH = 0x2d;

/** `--token VALUE`. Returns the last offset of what was found. */
function tryFlag(text: string, at: number, found: Found): number | null {
  let end = at + 2;
  while (end < text.length && end - at < NAME_UNITS_MAX && isNameUnit(text, end)) end++;
  return text.charAt(end) === ' ' ? tryValue(text, text.slice(at + 2, end), valueStart(text, end), found) : null;
}

/** Returns the last offset of the value when it was found. */
function tryValue(text: string, name: string, start: number, found: Found): number | null {
  if (!TELLING_PARTS.some((part) => name.includes(part))) return null;
  const strictness = strictnessOf(name);
  if (strictness === null) return null;
  const end = valueEnd(text, start);
  // `getSecret(…)` fetches one.
  const score = text.charAt(end) === '(' ? null : looksRandom(text.slice(start, end), strictness);
  if (score === null) return null;
  found({ entity: 'TELLING_KEY', start, end, score });
  return end - 1;
}

/** Something of each is in every name that tells a secret: most names are dismissed by that. */
const TELLING_PARTS = [
  'ass',
  'ASS',
  'wd',
  'WD',
  'ecret',
  'ECRET',
  'oken',
  'OKEN',
  'ey',
  'EY',
  'uth',
  'UTH',
  'red',
  'RED',
  'earer',
  'ign',
  'IGN',
];

/** The name that stands before what assigns: `name:`, `"name" =`, `name =>`. */
function nameBefore(text: string, at: number): string {
  let end = at;
  const floor = Math.max(0, at - NAME_UNITS_MAX);
  while (end > floor && BEFORE_SIGNS.has(text.charAt(end - 1))) end--;
  let start = end;
  while (start > floor && isNameUnit(text, start - 1)) start--;
  return text.slice(start, end);
}

const BEFORE_SIGNS = new Set(Array.from(' "\'`]:'));
const BEHIND_SIGNS = new Set(Array.from(' \t"\'`>=\\'));
const SIGNS_MAX = 8;

function valueStart(text: string, from: number): number {
  let at = from;
  while (at < from + SIGNS_MAX && BEHIND_SIGNS.has(text.charAt(at))) at++;
  return at;
}

/** A text that is the value of a JSON member with a telling name. */
export function findMember({ text, keys }: Passage, found: Found): void {
  const strictness = strictnessOf(keys.at(-1) ?? '');
  if (strictness === null || text.length > VALUE_UNITS_MAX || valueEnd(text, 0) !== text.length) return;
  const score = looksRandom(text, strictness);
  if (score !== null) found({ entity: 'TELLING_KEY', start: 0, end: text.length, score });
}

function isNameUnit(text: string, at: number): boolean {
  return isIdentifierUnit(text.charCodeAt(at)) || text.charAt(at) === '-';
}

const ENDS = new Set(Array.from(' \t\r\n"\'`,;<>|{}()[]'));

/** Where a value ends: at white space, quotes, or what divides fields. */
function valueEnd(text: string, start: number): number {
  const ceiling = Math.min(text.length, start + VALUE_UNITS_MAX);
  let end = start;
  while (end < ceiling && !ENDS.has(text.charAt(end)) && !isNextField(text, end)) end++;
  return end;
}

/** `&name=` in a query. */
function isNextField(text: string, at: number): boolean {
  if (text.charAt(at) !== '&') return false;
  let end = at + 1;
  while (end < at + NAME_UNITS_MAX && isNameUnit(text, end)) end++;
  return end > at + 1 && text.charAt(end) === '=';
}
