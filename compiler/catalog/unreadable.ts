/** A character that a reader of the text does not see, but a model does. */
export interface UnreadableCharacter {
  /** UTF-16 offset into the text. */
  readonly index: number;
  readonly character: string;
  readonly kind: 'control' | 'invisible';
}

// Stricter than what a policy file may hold (diagnostics/invisible.ts): whoever wrote this text is nobody we know, and
// variation selectors and joiners can spell out a whole hidden message. Tab and line ends are layout. Private use and unassigned code points show as a box, so a reader sees that they are there.
const UNREADABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\u2028\u2029\ufff9-\ufffb]/gu;
const LAYOUT = new Set(['\t', '\n', '\r']);
const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{fe0f}]$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;
const EMOJI_BASE = /[\p{Emoji}\p{Extended_Pictographic}]$/u;

/**
 * Control characters and invisible Unicode: zero-width and bidirectional marks, variation selectors, tag characters.
 * What holds an emoji together (U+200D between two, U+FE0F after one) is left out.
 */
export function unreadableCharacters(text: string): readonly UnreadableCharacter[] {
  const found: UnreadableCharacter[] = [];
  for (const { 0: character, index } of text.matchAll(UNREADABLE)) {
    if (LAYOUT.has(character) || holdsEmoji(text, index, character)) continue;
    found.push({ index, character, kind: /\p{Cc}/u.test(character) ? 'control' : 'invisible' });
  }
  return found;
}

/** The text with every unreadable character as a JSON escape, so that a diff of a lock file shows it. */
export function escapeUnreadable(text: string): string {
  return text.replace(UNREADABLE, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function holdsEmoji(text: string, index: number, character: string): boolean {
  const before = text.slice(Math.max(0, index - 2), index);
  if (character === '\u{fe0f}') return EMOJI_BASE.test(before);
  if (character !== '\u{200d}') return false;
  return EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(text.slice(index + 1, index + 3));
}
