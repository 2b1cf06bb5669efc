import { BACKSLASH, QUOTE } from './bytes.ts';
import { skipPlain } from './tokens.ts';

/**
 * The text of a string token that was scanned before; `start` and `end` are its offsets, quotes included.
 * `JSON.parse` reads the token when it has escapes: of one string there is nothing to disagree about, and nothing is faster.
 */
export function stringText(bytes: Buffer, start: number, end: number): string {
  if (skipPlain(bytes, start + 1) === end - 1) return bytes.toString('utf8', start + 1, end - 1);
  return escapedText(bytes, start, end);
}

function escapedText(bytes: Buffer, start: number, end: number): string {
  return String(JSON.parse(bytes.toString('utf8', start, end)));
}

/** The string token of a text, without lone surrogates. */
export function stringToken(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/**
 * The byte offsets in a string token at which the given UTF-16 offsets of its text stand. `offsets` ascend and are at
 * most the text's length; none may be inside a surrogate pair.
 */
export function byteOffsets(bytes: Buffer, start: number, offsets: readonly number[]): readonly number[] {
  const found: number[] = [];
  let at = start + 1;
  let unit = 0;
  for (const offset of offsets) {
    while (unit < offset && bytes[at] !== QUOTE) {
      const byte = bytes[at] ?? 0;
      if (byte === BACKSLASH) {
        at += bytes[at + 1] === 0x75 ? 6 : 2;
        unit++;
      } else {
        at += byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        unit += byte < 0xf0 ? 1 : 2;
      }
    }
    found.push(at);
  }
  return found;
}
