import type { Fix, Span } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { didYouMean, suggestOnly } from '../diagnostics/suggest.ts';
import { writeText } from '../fmt/write-text.ts';

/** What to say, and perhaps do, about a word that names nothing: spread into a problem. */
export interface Advice {
  readonly help: string;
  readonly fix: Fix | null;
}

/**
 * "did you mean `x`?", with a fix when no other candidate is near; otherwise the other help.
 *
 * @param span of the word, with its quotes or without.
 */
export function adviseWord(word: string, candidates: Iterable<string>, span: Span, otherwise: string): Advice {
  const known = [...candidates];
  const meant = suggestOnly(word, known);
  return {
    help: didYouMean(word, known) ?? otherwise,
    fix: meant === null ? null : replaceWord(span, word, meant),
  };
}

/** Another word in its place, in the same quotes; null where the span is not just the word. */
export function replaceWord(span: Span, word: string, meant: string): Fix | null {
  const source = span.file.text.slice(span.start, span.end);
  const title = `write ${quote(meant)}`;
  if (source === word && writeText(meant, 'flow') === meant) return { title, edits: [{ span, insert: meant }] };
  const sign = source.charAt(0);
  const isQuoted = /^['"]/.test(sign) && source === sign + word + sign && !/['"\\]/.test(meant);
  return isQuoted ? { title, edits: [{ span, insert: sign + meant + sign }] } : null;
}
