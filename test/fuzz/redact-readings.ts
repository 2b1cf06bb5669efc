import { CONTENT_READINGS_MAX } from '../../dataplane/limits.ts';

/** A text, and for each of its units and its end where that is in the text that was read first. */
export interface Reading {
  readonly text: string;
  readonly places: readonly number[];
}

/** Nothing undone. */
export const asItStands = (text: string): Reading => ({
  text,
  places: Array.from({ length: text.length + 1 }, (_, at) => at),
});

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const CHARACTER = /(\\u[\da-fA-F]{4})|\\(["\\/bfnrt])|((?:%[\da-fA-F]{2})+)|[^]/g;

/** The text as it stands and with its escapes undone, up to three times. */
export function readingsOf(text: string): readonly Reading[] {
  const readings = [asItStands(text)];
  if (!/[\\%]/.test(text)) return readings;
  for (let last = asItStands(text); readings.length <= CONTENT_READINGS_MAX;) {
    const units: string[] = [];
    const places: number[] = [];
    const add = (stands: string, at: number): void => {
      for (let unit = 0; unit < stands.length; unit++) {
        units.push(stands.charAt(unit));
        places.push(last.places[at] ?? Number.NaN);
      }
    };
    let isUndone = false;
    for (const { 0: written, 1: unicode, 2: letter, 3: bytes, index } of last.text.matchAll(CHARACTER)) {
      isUndone ||= unicode !== undefined || letter !== undefined;
      if (unicode !== undefined) add(String.fromCharCode(Number.parseInt(unicode.slice(2), 16)), index);
      else if (letter !== undefined) add(ESCAPES[letter] ?? letter, index);
      else if (bytes === undefined) add(written, index);
      else {
        for (const { stands, at } of charactersOf(bytes)) {
          isUndone ||= !stands.startsWith('%') || bytes.slice(at, at + 3).toLowerCase() === '%25';
          add(stands, index + at);
        }
      }
    }
    if (!isUndone) break;
    last = { text: units.join('').toWellFormed(), places: [...places, last.places.at(-1) ?? 0] };
    readings.push(last);
  }
  return readings;
}

/** What percent-encoded bytes stand for, character by character; those of none stand for themselves, sign by sign. */
function charactersOf(bytes: string): readonly { readonly stands: string; readonly at: number }[] {
  const characters: { readonly stands: string; readonly at: number }[] = [];
  for (let at = 0; at < bytes.length;) {
    const decoded = [1, 2, 3, 4]
      .map((count) => bytes.slice(at, at + 3 * count))
      .find((part) => part.length % 3 === 0 && isCharacter(part));
    if (decoded === undefined) characters.push({ stands: bytes.charAt(at), at: at++ });
    else {
      characters.push({ stands: decodeURIComponent(decoded), at });
      at += decoded.length;
    }
  }
  return characters;
}

function isCharacter(encoded: string): boolean {
  try {
    return Array.from(decodeURIComponent(encoded)).length === 1 && /^(?:%[\da-fA-F]{2})+$/.test(encoded);
  } catch {
    return false;
  }
}
