/**
 * Characters that a reader does not see, or that change what a reader sees elsewhere in the line: controls, bidirectional
 * overrides, zero-width spaces, tag characters, blank letters, lone surrogates and noncharacters. A policy is enforced as
 * it was reviewed, so none of them may stand in a file (Unicode TR 36 and TR 39; CVE-2021-42574).
 *
 * Tab and line feed are no part of this, and neither are the joiners of U+200C and U+200D, which scripts and emoji need.
 */
export const INVISIBLE =
  /(?![\t\n])\p{Cc}|\p{Cs}|[\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\uFFFE\uFFFF\u{E0000}-\u{E0FFF}]/u;

/** `U+202E`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Text that a terminal cannot be tricked with: what is invisible is shown as `<U+202E>`, line breaks and tabs as spaces. */
export function visible(text: string): string {
  return text.replace(/[\t\n]/g, ' ').replace(EVERY_INVISIBLE, (character) => `<${codePointName(character)}>`);
}
