/**
 * The form in which two keys are compared to see whether some reader could take one for the other: Unicode case folding
 * (language.md, rule 11) after removal of characters that are not seen. Lower case then upper case joins everything that
 * full case folding joins, and the dotless i with i besides.
 */
export function foldKey(key: string): string {
  let seen = key;
  for (let index = 0; index < key.length; index++) {
    if (key.charCodeAt(index) >= 0x20 && key.charCodeAt(index) < 0x7f) continue;
    seen = withoutUnseen(key);
    break;
  }
  return seen.toLowerCase().toUpperCase();
}

function withoutUnseen(key: string): string {
  let seen = '';
  for (const character of key) {
    if (!isUnseen(character.codePointAt(0) ?? 0)) seen += character;
  }
  return seen;
}

/** Control characters (Cc), and what Unicode calls Default_Ignorable_Code_Point or General_Category Cf; as ranges, first and last. */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x890, 0x891],
  [0x8e2, 0x8e2],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

function isUnseen(codePoint: number): boolean {
  return UNSEEN.some(([first, last]) => codePoint >= first && codePoint <= last);
}
