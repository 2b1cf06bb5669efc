/** Escapes that stand for white space, by their letter, and those that stand for what follows the backslash. */
const SPACES = new Set(['n', 'r', 't', 'b', 'f']);
const THEMSELVES = new Set(['"', "'", '/']);

/**
 * A text of the same length in which the escapes of JSON and of most languages are spaces: the letter of `\n` is no part of
 * the word behind it. Tools often answer with JSON within a text.
 */
export function maskEscapes(text: string): string {
  let slash = text.indexOf('\\');
  if (slash === -1) return text;
  const pieces: string[] = [];
  let done = 0;
  for (; slash !== -1; slash = text.indexOf('\\', slash + 2)) {
    const escaped = text.charAt(slash + 1);
    const isSpace = SPACES.has(escaped);
    if (!isSpace && !THEMSELVES.has(escaped)) continue;
    pieces.push(text.slice(done, slash), isSpace ? '  ' : ` ${escaped}`);
    done = slash + 2;
  }
  pieces.push(text.slice(done));
  return pieces.join('');
}
