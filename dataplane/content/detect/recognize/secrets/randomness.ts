import { isDigitUnit, isLetterUnit } from '../words.ts';

/** `chosen`: by a person, so that a word with a digit in it counts; `random`: by a machine. */
export type Strictness = 'chosen' | 'random';

const CHOSEN_UNITS_MIN = 6;
const RANDOM_UNITS_MIN = 16;
/** Bits per character: words of a language have less, and random base 16 about 3.5 at this length. */
const RANDOM_BITS_MIN = 2.8;

/** Values that say that there is one, or that it is somewhere else. */
const PLACEHOLDERS = new Set([
  'changeme', 'password', 'passwd', 'secret', 'token', 'example', 'null', 'none', 'undefined', 'true', 'false', 'redacted', 'hidden',
  'masked', 'required', 'optional', 'string', 'placeholder', 'default', 'unknown', 'invalid', 'missing', 'expired', 'changeit',
]); // prettier-ignore
const HINTS = [
  'your',
  'example',
  'placeholder',
  'redacted',
  'xxxx',
  '****',
  '...',
  'changeme',
  'insert',
  'todo',
  'dummy',
];

/** How likely a value is a secret, from 0.5 up; null when it is none: too plain, a placeholder, or code that fetches one. */
export function looksRandom(value: string, strictness: Strictness): number | null {
  const lower = value.toLowerCase();
  if (PLACEHOLDERS.has(lower) || HINTS.some((hint) => lower.includes(hint)) || isReference(value, strictness))
    return null;
  const kinds = kindsOf(value);
  switch (strictness) {
    case 'chosen':
      return value.length >= CHOSEN_UNITS_MIN && kinds >= 2 && !isRepetitive(value) && !isName(value) ? 0.7 : null;
    case 'random':
      if (value.length < RANDOM_UNITS_MIN || kinds < 2 || !hasLetterAndDigit(value) || isAssignment(value)) return null;
      return entropyBits(value) >= RANDOM_BITS_MIN ? 0.7 : null;
  }
}

/** `$VAR`, `%VAR%`, `process.env.X`, `vault:path`, `/run/secrets/x`, `https://…`: where a secret is, and not what it is. */
function isReference(value: string, strictness: Strictness): boolean {
  const first = value.charAt(0);
  // Base 64 may begin with a slash as well.
  if (first === '/' && strictness === 'chosen') return true;
  if (first === '$' || first === '%' || first === '<' || first === '@' || first === '!') return true;
  if (value.startsWith('./') || value.startsWith('../')) return true;
  if (value.includes('://') || value.startsWith('file:') || value.startsWith('env:') || value.startsWith('vault:'))
    return true;
  return isMemberPath(value);
}

/** Names with dots between them: `config.secrets.db`, `os.environ`. */
function isMemberPath(value: string): boolean {
  const parts = value.split('.');
  return parts.length > 1 && parts.every((part) => part.length > 0 && isName(part));
}

function isName(part: string): boolean {
  for (let at = 0; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    if (!isLetterUnit(unit) && unit !== 0x5f && unit !== 0x24) return false;
  }
  return true;
}

/** An equals sign is padding at the end of base 64, and elsewhere another assignment. */
function isAssignment(value: string): boolean {
  const equals = value.indexOf('=');
  return equals !== -1 && equals < value.length - 2;
}

/** How many of lower case, upper case, digits and signs there are. */
function kindsOf(value: string): number {
  const kinds = new Set<string>();
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    kinds.add(isDigitUnit(unit) ? 'digit' : !isLetterUnit(unit) ? 'sign' : unit >= 0x61 ? 'lower' : 'upper');
  }
  return kinds.size;
}

function hasLetterAndDigit(value: string): boolean {
  let letters = 0;
  let digits = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (isDigitUnit(unit)) digits++;
    else if (isLetterUnit(unit)) letters++;
  }
  return letters > 0 && digits > 0;
}

function isRepetitive(value: string): boolean {
  return new Set(Array.from(value)).size < 4;
}

/** Shannon's entropy of the characters, in bits for each. */
function entropyBits(value: string): number {
  const counts = new Map<string, number>();
  for (const sign of value) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
