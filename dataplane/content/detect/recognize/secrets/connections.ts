import type { Found } from '../recognizer.ts';
import { looksRandom } from './randomness.ts';

/** RE2 syntax: `scheme://user:password@`, where the user may be missing. */
export const CONNECTION_PATTERN =
  '(?i)\\b[a-z][a-z0-9+.-]{1,20}://[^\\s/?#:@"\'<>\\\\]{0,64}:[^\\s/?#@"\'<>\\\\]{1,128}@';

/** The password of a match of `CONNECTION_PATTERN`. */
export function findConnectionPassword(text: string, start: number, end: number, found: Found): void {
  const authority = text.indexOf('://', start) + 3;
  const from = text.indexOf(':', authority) + 1;
  const to = end - 1;
  if (looksRandom(text.slice(from, to), 'chosen') !== null) {
    found({ entity: 'CONNECTION_PASSWORD', start: from, end: to, score: 0.9 });
  }
}
