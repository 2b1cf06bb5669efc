/** Words before a place that are read, which are most of a sentence's part or a label. */
const WORDS_BEFORE_MAX = 5;
/** How far back they are looked for, in UTF-16 units. */
const UNITS_BEFORE_MAX = 120;

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isUpper = (unit: number): boolean => unit >= 0x41 && unit <= 0x5a;
const isLower = (unit: number): boolean => unit >= 0x61 && unit <= 0x7a;

/** A letter, a digit, or what other scripts write words with. */
function isWordUnit(unit: number): boolean {
  return isLower(unit) || isUpper(unit) || isDigit(unit) || (unit >= 0xc0 && unit < 0x2000) || unit >= 0x3040;
}

/** A letter of English, a digit or an underscore: what `\w` means. */
export function isIdentifierUnit(unit: number): boolean {
  return isLower(unit) || isUpper(unit) || isDigit(unit) || unit === 0x5f;
}

export const isDigitUnit = isDigit;

export function isLetterUnit(unit: number): boolean {
  return isLower(unit) || isUpper(unit);
}

/** The words of a name, in lower case: `clientSSN_number` is client, ssn, number. */
export function wordsOf(name: string): readonly string[] {
  const words: string[] = [];
  let start = 0;
  const end = (at: number): void => {
    if (at > start) words.push(name.slice(start, at).toLowerCase());
    start = at;
  };
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    if (!isWordUnit(unit)) {
      end(at);
      start = at + 1;
    } else if (at > start && beginsWord(name, at)) {
      end(at);
    }
  }
  end(name.length);
  return words;
}

/** Between `phone` and `Number`, and between `SSN` and `Text`. */
function beginsWord(name: string, at: number): boolean {
  if (!isUpper(name.charCodeAt(at))) return false;
  return !isUpper(name.charCodeAt(at - 1)) || (at + 1 < name.length && isLower(name.charCodeAt(at + 1)));
}

/** What ends a part of a sentence. */
const PUNCTUATION = new Set(Array.from('.,;:!?()\n'));

/** Signs between a label and its value: `ssn: `, `"ssn":"`, `ssn="`, `ssn => '`. */
const LABEL_SIGNS = new Set(Array.from(' \t"\'`=>\\'));
/** What a label cannot reach across: the fields beside it. */
const FIELD_ENDS = new Set(Array.from(',;{}[]|&\n\t'));

/** The words before a place. */
export interface WordsBefore {
  /** Nearest last, in lower case. */
  readonly words: readonly string[];
  /** How many of them nothing but spaces and quotes divides from the place. */
  readonly near: number;
}

/**
 * Where the place is a value with a label of its own, the words before it are those of the label alone: in a record, what
 * stands before that is about something else.
 */
export function wordsBefore(text: string, start: number): WordsBefore {
  const floor = Math.max(0, start - UNITS_BEFORE_MAX);
  const colon = labelEnd(text, start, floor);
  let from = floor;
  if (colon !== null) {
    for (let at = colon - 1; at >= floor; at--) {
      if (!FIELD_ENDS.has(text.charAt(at))) continue;
      from = at + 1;
      break;
    }
  }
  const end = colon ?? start;
  let near = end;
  while (near > from && !PUNCTUATION.has(text.charAt(near - 1))) near--;
  const words = wordsOf(text.slice(from, end)).slice(-WORDS_BEFORE_MAX);
  return { words, near: Math.min(words.length, wordsOf(text.slice(near, end)).length) };
}

/** Where the label of a value ends; null when it has none. */
function labelEnd(text: string, start: number, floor: number): number | null {
  let at = start - 1;
  while (at >= floor && LABEL_SIGNS.has(text.charAt(at)) && text.charAt(at) !== '=') at--;
  const sign = text.charAt(at);
  return at >= floor && (sign === ':' || sign === '=') ? at : null;
}
