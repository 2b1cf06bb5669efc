import { Composer, Parser, type YAMLError } from 'yaml';
import type { Report, SourceFile, Span } from '../diagnostics/diagnostic.ts';
import { codePointName, INVISIBLE } from '../diagnostics/invisible.ts';
import { DOCUMENT_DEPTH_MAX, DOCUMENT_TOKENS_MAX, DOCUMENTS_PER_FILE_MAX, FILE_UNITS_MAX } from '../limits.ts';
import { aboutCondition } from './explain-condition.ts';
import { explainYamlErrors } from './explain-yaml-error.ts';
import { readNodes, type ReadContent } from './read-nodes.ts';
import { surveyTokens } from './refuse-features.ts';
import type { Origin } from './source-tree.ts';
import { splitDocuments, type DocumentText } from './split-documents.ts';

/** A document as YAML has it, before anything is known about its kind. */
export interface ParsedDocument extends ReadContent {
  readonly origin: Origin;
  /** Whether no mistake in it was reported so far. */
  readonly isSound: boolean;
}

/** A document that is not YAML, which has been reported. */
export interface Unparsed {
  readonly text: string;
}

/** The documents of a file. Each mistake in the YAML is reported; what could not be read at all is left out. */
export function parseDocuments(file: SourceFile, report: Report): readonly (ParsedDocument | Unparsed)[] {
  if (file.text.length > FILE_UNITS_MAX) {
    report({
      code: 'yaml/too-large',
      message: `the file has more than ${FILE_UNITS_MAX} characters`,
      span: { file, start: 0, end: 0 },
      help: 'split it; a policy may have any number of files',
    });
    return [];
  }
  reportInvisible(file, report);
  const texts = splitDocuments(file.text);
  if (texts.length === 0) {
    report({
      code: 'yaml/empty-document',
      message: 'the file has no document',
      span: { file, start: 0, end: 0 },
      help: 'write one that begins with `kind:`, or delete the file',
    });
  }
  const excess = texts[DOCUMENTS_PER_FILE_MAX];
  if (excess !== undefined) {
    report({
      code: 'yaml/too-large',
      message: `the file has more than ${DOCUMENTS_PER_FILE_MAX} documents`,
      span: { file, start: excess.start, end: excess.start },
      help: 'split it; a policy may have any number of files',
    });
  }
  return texts.slice(0, DOCUMENTS_PER_FILE_MAX).flatMap((text) => parseDocument(file, text, report) ?? []);
}

function parseDocument(
  file: SourceFile,
  { start, end, marker }: DocumentText,
  report: Report,
): ParsedDocument | Unparsed | null {
  const text = file.text.slice(start, end);
  const origin = { file, base: start };
  const tokens = [...new Parser().parse(text)];
  const survey = surveyTokens(tokens, origin);
  if (!survey.isBounded) {
    report({
      code: 'yaml/too-large',
      message: `the document is deeper than ${DOCUMENT_DEPTH_MAX} levels or has more than ${DOCUMENT_TOKENS_MAX} parts`,
      span: marker === null ? { file, start, end: start } : { file, ...marker },
      help: 'split it into several documents',
    });
    return { text };
  }
  const composer = new Composer({ schema: 'core', keepSourceTokens: true, stringKeys: true, uniqueKeys: false });
  const [document, ...others] = composer.compose(tokens);
  const errors: readonly YAMLError[] = [document, ...others, composer.streamInfo()].flatMap((part) =>
    part === undefined ? [] : [...part.errors, ...part.warnings],
  );
  const problem = explainYamlErrors(errors, survey, text, origin);
  if (problem !== null) {
    report(aboutCondition(problem));
    return { text };
  }
  survey.reportFeatures((feature) => report(aboutCondition(feature)));
  const root = document?.contents ?? null;
  if (root === null || (root.range[0] === root.range[1] && !('items' in root))) {
    if (marker !== null) reportEmpty({ file, ...marker }, report);
    return null;
  }
  let isSound = true;
  const content = readNodes(root, origin, (mistake) => {
    isSound = false;
    report(aboutCondition(mistake));
  });
  return { ...content, origin, isSound };
}

function reportEmpty(span: Span, report: Report): void {
  report({
    code: 'yaml/empty-document',
    message: 'there is no document after `---`',
    span,
    help: 'remove the `---`',
  });
}

/** What a reviewer cannot see may not take effect, not even in a comment: it could show something that is not there. */
function reportInvisible(file: SourceFile, report: Report): void {
  const every = new RegExp(`(?:${INVISIBLE.source})+`, 'gu');
  const text = file.text.replace(/^\uFEFF/, ' ').replaceAll('\r\n', ' \n');
  for (const { 0: found, index } of text.matchAll(every)) {
    report({
      code: 'yaml/invisible-character',
      message: `${codePointName(found)} stands here, which a reader of the file does not see`,
      span: { file, start: index, end: index + found.length },
      help: `remove it, or write it between double quotes as ${escapeOf(found)}`,
    });
  }
}

function escapeOf(text: string): string {
  const hex = (text.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
