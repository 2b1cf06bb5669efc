import type { Edit } from '../json/splice.ts';
import { byteOffsets, stringToken } from '../json/text.ts';
import type { Change } from './resolve.ts';

/**
 * The edits that make the changes in the bytes of a message. `tokens`: where the string token of each text starts.
 * Replacements are literal text, escaped for JSON.
 */
export function editsOf(bytes: Buffer, tokens: readonly number[], changes: readonly Change[]): readonly Edit[] {
  const edits: Edit[] = [];
  let first = 0;
  while (first < changes.length) {
    const text = changes[first]?.text ?? 0;
    let after = first + 1;
    while (changes[after]?.text === text) after++;
    const ofText = changes.slice(first, after);
    const places = byteOffsets(
      bytes,
      tokens[text] ?? 0,
      ofText.flatMap(({ start, end }) => [start, end]),
    );
    for (const [index, change] of ofText.entries()) {
      const start = places[index * 2] ?? 0;
      const end = places[index * 2 + 1] ?? 0;
      edits.push({ start, end, bytes: stringToken(change.with).slice(1, -1) });
    }
    first = after;
  }
  return edits;
}

/** One text with its changes made. */
export function changeText(text: string, changes: readonly Change[]): string {
  let changed = '';
  let at = 0;
  for (const change of changes) {
    changed += text.slice(at, change.start) + change.with;
    at = change.end;
  }
  return changed + text.slice(at);
}
