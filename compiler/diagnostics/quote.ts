import { visible } from './invisible.ts';
import { QUOTED_CHARACTERS_MAX } from '../limits.ts';

/** What the user wrote, in backticks, short enough for a message. */
export function quote(text: string): string {
  const characters = Array.from(visible(text));
  if (characters.length <= QUOTED_CHARACTERS_MAX) return `\`${characters.join('')}\``;
  return `\`${characters.slice(0, QUOTED_CHARACTERS_MAX - 1).join('')}…\``;
}

/** "`a`, `b` or `c`". */
export function quoteList(words: readonly string[], conjunction: 'or' | 'and' = 'or'): string {
  const quoted = words.map(quote);
  const last = quoted.at(-1) ?? '';
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
