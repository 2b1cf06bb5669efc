import type { Fix, Span } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { writeQuoted } from '../fmt/write-text.ts';
import type { Path } from '../source/document.ts';
import { nodeAt, type SourceNode } from '../source/source-tree.ts';
import { replaceWord } from './replace-word.ts';

/**
 * How a mistake of form can be mended without asking anybody.
 *
 * - `word`: another word, the only one that is near.
 * - `quote`: a number or boolean where only a text can stand.
 * - `unquote`: a text that is a number, where only a number can stand.
 * - `bracket`: a single text where only a list can stand.
 * - `take`: an item that stands in its list a second time.
 */
export type Repair =
  | { readonly kind: 'word'; readonly word: string; readonly meant: string }
  | { readonly kind: 'quote' | 'unquote' | 'bracket' | 'take' };

/** @param span of what is wrong, which the path leads to. */
export function fixOf(repair: Repair, root: SourceNode, path: Path, span: Span): Fix | null {
  const source = span.file.text.slice(span.start, span.end);
  const isOneLine = source !== '' && !source.includes('\n');
  switch (repair.kind) {
    case 'word':
      return replaceWord(span, repair.word, repair.meant);
    case 'quote':
      return isOneLine ? replace(span, writeQuoted(source)) : null;
    case 'unquote':
      return /^(['"])(?:0|[1-9]\d{0,14})\1$/.test(source) ? replace(span, source.slice(1, -1)) : null;
    case 'bracket':
      return isOneLine && !/^[|>]|[[\]{},#]/.test(source) ? replace(span, `[${source}]`) : null;
    case 'take':
      return takeItem(root, path);
  }
}

function replace(span: Span, insert: string): Fix {
  return { title: `write ${quote(insert)}`, edits: [{ span, insert }] };
}

/** Between brackets with the comma before it, else with its line; null where a comment would go too. */
function takeItem(root: SourceNode, path: Path): Fix | null {
  const index = path.at(-1);
  if (typeof index !== 'number') return null;
  const item = nodeAt(root, path)?.value;
  const previous = nodeAt(root, [...path.slice(0, -1), index - 1])?.value;
  if (item === undefined || previous === undefined) return null;
  const { file } = item;
  const title = `remove the second ${quote(file.text.slice(item.start, item.end))}`;
  const between = file.text.slice(previous.end, item.start);
  if (/^\s*,\s*$/.test(between)) {
    return { title, edits: [{ span: { file, start: previous.end, end: item.end }, insert: '' }] };
  }
  const start = file.text.lastIndexOf('\n', item.start) + 1;
  const lineEnd = file.text.indexOf('\n', item.end);
  const end = lineEnd === -1 ? file.text.length : lineEnd + 1;
  const isAlone =
    /^[ \t]*-[ \t]+$/.test(file.text.slice(start, item.start)) && file.text.slice(item.end, end).trim() === '';
  return isAlone ? { title, edits: [{ span: { file, start, end }, insert: '' }] } : null;
}
