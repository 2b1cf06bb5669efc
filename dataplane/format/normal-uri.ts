/**
 * Why a resource URI is not in RFC 3986 normal form; null when it is. URIs are compared as they are and never normalised
 * (language.md, rule 10), so what could be written in two ways is refused, and so is what RFC 3986 has no place for.
 *
 * HOT PATH: once per resource that is read or listed. Linear, allocates nothing, cannot throw.
 */
export function notNormal(uri: string): string | null {
  return check(uri, false);
}

/** The same of a pattern over URIs, in which `*` stands for characters; it may begin with some. */
export function notNormalPattern(pattern: string): string | null {
  return check(pattern, true);
}

function check(uri: string, isPattern: boolean): string | null {
  const startsWithRun = isPattern && uri.charCodeAt(0) === STAR;
  const from = startsWithRun ? 0 : afterScheme(uri);
  if (from === -1) return 'it must begin with a lower-case scheme';
  let query = uri.length;
  let bracket = -1;
  for (let at = from; at < uri.length; at++) {
    const code = uri.charCodeAt(at);
    if (code >= LEGAL.length || LEGAL[code] === 0) return ILLEGAL;
    if (code === HASH) return 'it has a fragment';
    if (code === QUESTION_MARK && query === uri.length) query = at;
    if (isBracket(code)) bracket = at;
    const encoding = code === PERCENT ? badEncoding(uri, at) : null;
    if (encoding !== null) return encoding;
  }
  const hasAuthority = uri.charCodeAt(from) === SLASH && uri.charCodeAt(from + 1) === SLASH && from + 1 < query;
  const path = hasAuthority ? endOfAuthority(uri, from + 2, query) : from;
  const authority = hasAuthority ? badAuthority(uri, from + 2, path, isPattern) : null;
  if (authority !== null) return authority;
  if (bracket >= path) return ILLEGAL;
  return badSegments(uri, uri.charCodeAt(path) === SLASH ? path + 1 : path, query, startsWithRun);
}

const ILLEGAL = 'it has a character that must be percent-encoded';

const STAR = 0x2a;
const HASH = 0x23;
const PERCENT = 0x25;
const SLASH = 0x2f;
const COLON = 0x3a;
const QUESTION_MARK = 0x3f;
const AT_SIGN = 0x40;
const DOT = 0x2e;

const LEGAL = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%") {
  LEGAL[character.charCodeAt(0)] = 1;
}

const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isBracket = (code: number): boolean => code === 0x5b || code === 0x5d;
const isUnreserved = (code: number): boolean =>
  isLower(code) || isUpper(code) || isDigit(code) || code === 0x2d || code === DOT || code === 0x5f || code === 0x7e;

/** Where the rest begins; -1 when there is no scheme, or not in lower case. */
function afterScheme(uri: string): number {
  if (!isLower(uri.charCodeAt(0))) return -1;
  for (let at = 1; at < uri.length; at++) {
    const code = uri.charCodeAt(at);
    if (code === COLON) return at + 1;
    if (!isLower(code) && !isDigit(code) && code !== 0x2b && code !== 0x2d && code !== DOT) return -1;
  }
  return -1;
}

/** Of the `%` at a place. What hides a separator or ends a text is never accepted, and what needs no encoding has none. */
function badEncoding(uri: string, at: number): string | null {
  const high = hexDigit(uri.charCodeAt(at + 1));
  const low = hexDigit(uri.charCodeAt(at + 2));
  if (high === -1 || low === -1) return 'a percent-encoding must have two upper-case hexadecimal digits';
  const code = high * 16 + low;
  if (code === SLASH || code === 0x5c || code === 0 || code === PERCENT) {
    return `${uri.slice(at, at + 3)} hides a separator`;
  }
  return isUnreserved(code) ? `${uri.slice(at, at + 3)} needs no encoding` : null;
}

/** -1 for what is no upper-case hexadecimal digit, the end of the text among it. */
function hexDigit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x41 + 10 : -1;
}

function endOfAuthority(uri: string, from: number, query: number): number {
  for (let at = from; at < query; at++) if (uri.charCodeAt(at) === SLASH) return at;
  return query;
}

function badAuthority(uri: string, from: number, to: number, isPattern: boolean): string | null {
  const isLiteral = uri.charCodeAt(from) === 0x5b;
  let inLiteral = isLiteral;
  let port = -1;
  for (let at = from; at < to; at++) {
    const code = uri.charCodeAt(at);
    if (code === AT_SIGN) return 'it has a user name';
    if (isUpper(code)) return 'its host must be in lower case';
    if (isBracket(code) && !(isLiteral && (at === from || (inLiteral && code === 0x5d)))) return BAD_HOST;
    if (code === 0x5d) inLiteral = false;
    else if (port !== -1 && !isDigit(code) && !(isPattern && code === STAR)) return BAD_PORT;
    else if (code === COLON && !inLiteral) port = at + 1;
    else if (isLiteral && !inLiteral && port === -1) return BAD_HOST;
  }
  if (inLiteral) return BAD_HOST;
  const hasLeadingZero = port !== -1 && uri.charCodeAt(port) === 0x30 && to - port > 1;
  return port === to || hasLeadingZero ? BAD_PORT : null;
}

const BAD_HOST = 'its host is none';
const BAD_PORT = 'its port must be a number without leading zeros, or left out with its colon';

function badSegments(uri: string, from: number, to: number, mayBeEmpty: boolean): string | null {
  let start = from;
  for (let at = from; at <= to; at++) {
    if (at < to && uri.charCodeAt(at) !== SLASH) continue;
    const length = at - start;
    const isDots =
      uri.charCodeAt(start) === DOT && (length === 1 || (length === 2 && uri.charCodeAt(start + 1) === DOT));
    if (isDots) return 'it has a dot segment';
    if (length === 0 && at < to && !mayBeEmpty) return 'it has an empty segment';
    start = at + 1;
  }
  return null;
}
