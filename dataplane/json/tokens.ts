import {
  BACKSLASH,
  CARRIAGE_RETURN,
  END,
  isDigit,
  UPPER_E,
  LOWER_E,
  LOWER_U,
  LINE_FEED,
  MINUS,
  PLUS,
  POINT,
  QUOTE,
  SPACE,
  TAB,
  ZERO,
} from './bytes.ts';

/** What the functions here return instead of an offset when the token is not JSON. */
const MALFORMED = -1;
/** The string has half of a surrogate pair: two readers would not agree on what it says. */
export const LONE_SURROGATE = -2;

/** HOT PATH. The offset of the first byte at or after `at` that is not white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const byte = bytes[end] ?? END;
    if (byte > SPACE) return end;
    if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB) return end;
    end++;
  }
}

/** HOT PATH. The offset of the first byte at or after `at` that may not simply stand in a string: a quote, a backslash, a control character. */
export function skipPlain(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const byte = bytes[end] ?? END;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return end;
    end++;
  }
}

/**
 * The offset after the closing quote of a string with escapes; `at` is anywhere between its quotes, not inside an escape.
 * Negative: `MALFORMED` or `LONE_SURROGATE`.
 */
export function endOfEscapedString(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    end = skipPlain(bytes, end);
    const byte = bytes[end] ?? END;
    if (byte === QUOTE) return end + 1;
    if (byte !== BACKSLASH) return MALFORMED;
    if (bytes[end + 1] !== LOWER_U) {
      if (unescaped(bytes[end + 1] ?? END) === END) return MALFORMED;
      end += 2;
      continue;
    }
    const unit = hexUnit(bytes, end + 2);
    if (unit === END) return MALFORMED;
    end += 6;
    if (isLowSurrogate(unit)) return LONE_SURROGATE;
    if (!isHighSurrogate(unit)) continue;
    if (bytes[end] !== BACKSLASH || bytes[end + 1] !== LOWER_U) return LONE_SURROGATE;
    const low = hexUnit(bytes, end + 2);
    if (low === END) return MALFORMED;
    if (!isLowSurrogate(low)) return LONE_SURROGATE;
    end += 6;
  }
}

/** The offset after the number that starts at `at`, or `MALFORMED`. */
export function endOfNumber(bytes: Uint8Array, at: number): number {
  let end = bytes[at] === MINUS ? at + 1 : at;
  if (bytes[end] === ZERO) end++;
  else end = skipDigits(bytes, end);
  if (end === MALFORMED) return MALFORMED;
  if (bytes[end] === POINT) {
    end = skipDigits(bytes, end + 1);
    if (end === MALFORMED) return MALFORMED;
  }
  if (bytes[end] === LOWER_E || bytes[end] === UPPER_E) {
    end++;
    if (bytes[end] === PLUS || bytes[end] === MINUS) end++;
    end = skipDigits(bytes, end);
  }
  return end;
}

/** The offset after the given word, or `MALFORMED`. */
export function endOfWord(bytes: Uint8Array, at: number, word: string): number {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word.charCodeAt(index)) return MALFORMED;
  }
  return at + word.length;
}

/** The UTF-16 unit that a one-letter escape stands for, or `END` when there is none of that letter. */
function unescaped(letter: number): number {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return LINE_FEED;
    case 0x72:
      return CARRIAGE_RETURN;
    case 0x74:
      return TAB;
  }
  return END;
}

/** The UTF-16 unit written as four hexadecimal digits at `at`, or `END`. */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let index = at; index < at + 4; index++) {
    const digit = hexDigit(bytes[index] ?? END);
    if (digit === END) return END;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : END;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes[end] ?? END)) end++;
  return end === at ? MALFORMED : end;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
