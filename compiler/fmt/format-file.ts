import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments, Parser } from 'yaml';
import { parseDocuments } from '../source/parse-documents.ts';
import { splitDocuments } from '../source/split-documents.ts';
import { findComments } from './find-comments.ts';
import type { Comment, Entry } from './layout.ts';
import { readLayout } from './read-layout.ts';
import { shapeOf } from './shape.ts';
import { writeLayout } from './write-layout.ts';

/**
 * A policy file in canonical form: the keys of every mapping in the order of its schema, one layout, every comment at the
 * node that it is about. It says what it said before, and formatting it again changes nothing.
 *
 * @param text of a file in which `readDocuments` finds no mistake; line feeds end its lines.
 */
export function formatFile(text: string): string {
  const documents = readLayouts(text).map((layout) => writeLayout(layout, shapeOf(kindOf(layout))));
  const formatted = `${documents.map((lines) => lines.join('\n')).join('\n---\n')}\n`;
  if (formatted === text) return text;
  assert(isDeepStrictEqual(valuesOf(formatted), valuesOf(text)), 'the formatted file would say something else');
  assert.deepEqual(commentsOf(formatted), commentsOf(text), 'the formatted file would lose a comment');
  return formatted;
}

/** Whether a file is in canonical form already; one that cannot be, since it has mistakes in its YAML, is not. */
export function isFormatted(text: string): boolean {
  let mistakes = 0;
  parseDocuments({ path: '', text }, () => (mistakes += 1));
  return mistakes === 0 && formatFile(text) === text;
}

/** The documents of a file. A comment that stands outside all of them goes to the one that follows, or else to the last. */
function readLayouts(text: string): readonly Entry[] {
  const layouts: Entry[] = [];
  let end = 0;
  for (const part of splitDocuments(text)) {
    const layout = readLayout(text.slice(part.start, part.end));
    layouts.push({ ...layout, before: [...strayComments(text.slice(end, part.start)), ...layout.before] });
    end = part.end;
  }
  const stray = strayComments(text.slice(end));
  const last = layouts.at(-1);
  if (last === undefined || last.value.type === 'scalar' || stray.length === 0) return layouts;
  return [...layouts.slice(0, -1), { ...last, value: { ...last.value, end: [...last.value.end, ...stray] } }];
}

function strayComments(text: string): readonly Comment[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const comment = /^\uFEFF?(?:\.\.\.)?[ \t]*(#.*)$/.exec(line)?.[1];
    return comment === undefined ? [] : [{ text: comment.trimEnd(), gap: at > 0 && lines[at - 1]?.trim() === '' }];
  });
}

function kindOf({ value }: Entry): string {
  const kind = value.type === 'mapping' ? value.entries.find(({ key }) => key === 'kind')?.value : undefined;
  return kind?.type === 'scalar' ? (kind.text ?? '') : '';
}

function valuesOf(text: string): readonly unknown[] {
  return parseAllDocuments(text, { schema: 'core', stringKeys: true }).map((document): unknown => document.toJS());
}

function commentsOf(text: string): readonly string[] {
  return findComments([...new Parser().parse(text)])
    .map((comment) => comment.text)
    .sort();
}
