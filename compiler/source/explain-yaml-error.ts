import type { YAMLError } from 'yaml';
import type { Fix, Problem } from '../diagnostics/diagnostic.ts';
import type { DiagnosticCode } from '../diagnostics/registry.ts';
import { quote } from '../diagnostics/quote.ts';
import type { TextEdit } from '../edit/text-edit.ts';
import { writeQuoted } from '../fmt/write-text.ts';
import type { Survey, Unclosed } from './refuse-features.ts';
import type { Origin } from './source-tree.ts';

/** A mistake in a document's YAML, with offsets into the document. */
interface Explanation {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly help: string | null;
  /** What mends it, if that needs no decision. */
  readonly edit?: TextEdit;
}

/**
 * One mistake makes a YAML parser stumble several times: what to report is the one that caused the others. Null when
 * the errors are all about features that are refused elsewhere.
 */
export function explainYamlErrors(
  errors: readonly YAMLError[],
  survey: Survey,
  text: string,
  { file, base }: Origin,
): Problem | null {
  const relevant = errors.filter((error) => !isAboutFeature(error));
  const first = relevant.find(({ code }) => code === 'TAB_AS_INDENT') ?? earliest(relevant);
  if (first === null) return null;
  const explained =
    survey.unclosed !== null && first.code !== 'TAB_AS_INDENT'
      ? explainUnclosed(survey.unclosed, text)
      : explain(first, relevant, text, survey);
  const { code, message, start, end, help, edit } = explained;
  const [from, to] = onText(text, start, end);
  const fix = edit === undefined ? null : fixOf(edit, { file, base });
  return { code, message, span: { file, start: base + from, end: base + to }, help, fix };
}

function fixOf({ start, end, insert }: TextEdit, { file, base }: Origin): Fix {
  const title = insert === ' ' ? 'insert a space' : `write ${quote(insert)}`;
  return { title, edits: [{ span: { file, start: base + start, end: base + end }, insert }] };
}

function isAboutFeature({ code }: YAMLError): boolean {
  return [
    'BAD_ALIAS',
    'ALIAS_PROPS',
    'TAG_RESOLVE_FAILED',
    'BAD_DIRECTIVE',
    'MULTIPLE_ANCHORS',
    'MULTIPLE_TAGS',
  ].includes(code);
}

function earliest(errors: readonly YAMLError[]): YAMLError | null {
  return errors.reduce<YAMLError | null>(
    (first, error) => (first === null || error.pos[0] < first.pos[0] ? error : first),
    null,
  );
}

/** Where the text ends, the last character that is no space says more than the empty line after it. */
function onText(text: string, start: number, end: number): readonly [number, number] {
  const last = text.trimEnd().length;
  if (start < last || last === 0) return [start, Math.max(start, Math.min(end, text.length))];
  return [last - 1, last];
}

function explainUnclosed({ sign, offset }: Unclosed, text: string): Explanation {
  const isQuote = sign === '"' || sign === "'";
  const line = text.indexOf('\n', offset);
  const closing = sign === '[' ? ']' : sign === '{' ? '}' : sign;
  return {
    code: 'yaml/syntax',
    message: isQuote ? `the text that begins with ${quote(sign)} does not end` : `${quote(sign)} is not closed`,
    start: offset,
    end: isQuote && line !== -1 ? line : offset + 1,
    help: `add ${quote(closing)} where it ends`,
  };
}

function explain(error: YAMLError, all: readonly YAMLError[], text: string, survey: Survey): Explanation {
  const [start, end] = error.pos;
  const at = { start, end };
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { code: 'yaml/tab', message: 'a tab is used to indent', ...at, help: 'indent with spaces' };
    case 'NON_STRING_KEY':
      return {
        code: 'yaml/bad-key',
        message: 'a mapping or a list stands where a key should be',
        ...at,
        help: 'quote the text if the bracket is part of it',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return explainNested(all, text, start);
    case 'MULTILINE_IMPLICIT_KEY':
      return explainKeyless(text, start);
    case 'BAD_SCALAR_START':
      return {
        code: 'yaml/syntax',
        message: `a text cannot begin with ${quote(text.charAt(start))} unless it is quoted`,
        start,
        end: endOfText(text, start),
        help: `quote it: ${quote(`'${text.slice(start, endOfText(text, start))}'`)}`,
        ...quoteLine(text, start, survey),
      };
    case 'BAD_DQ_ESCAPE':
      return {
        code: 'yaml/syntax',
        message: `${quote(text.slice(start, start + 2))} means nothing between double quotes`,
        start,
        end: start + 2,
        help: 'use single quotes, which keep backslashes as they are',
      };
    case 'BLOCK_IN_FLOW':
      return { code: 'yaml/syntax', message: 'two keys stand here without a comma', ...at, help: 'add a comma' };
    case 'BAD_INDENT':
      return {
        code: 'yaml/syntax',
        message: 'this line is indented neither like the one above nor like one around it',
        start: start + (/^ */.exec(text.slice(start))?.[0].length ?? 0),
        end: endOfText(text, start),
        help: 'give the keys of a mapping the same indentation',
      };
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return explainToken(error, text, survey);
    case 'MULTIPLE_DOCS':
    case 'BAD_COLLECTION_TYPE':
    case 'BAD_PROP_ORDER':
    case 'KEY_OVER_1024_CHARS':
    case 'RESOURCE_EXHAUSTION':
    case 'IMPOSSIBLE':
    case 'DUPLICATE_KEY':
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_DIRECTIVE':
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
      return { code: 'yaml/syntax', message: lowerFirst(error.message), ...at, help: null };
  }
}

/** The rest of a line as one text. Between brackets it may be more than the text. */
function quoteLine(text: string, start: number, survey: Survey): { readonly edit?: TextEdit } {
  if (survey.isInBrackets(start)) return {};
  const end = endOfText(text, start);
  return { edit: { start, end, insert: writeQuoted(text.slice(start, end)) } };
}

/** `reason: see: this`, or a line that is indented below a value. */
function explainNested(all: readonly YAMLError[], text: string, start: number): Explanation {
  const spread = all.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === start);
  if (spread === undefined) {
    return {
      code: 'yaml/syntax',
      message: 'a second key stands in one line',
      start,
      end: endOfText(text, start),
      help: 'quote the whole text if the colon is part of it',
    };
  }
  const line = text.lastIndexOf('\n', spread.pos[1] - 1) + 1;
  return {
    code: 'yaml/syntax',
    message: 'this line is indented below a value',
    start: line + (/^[ \t]*/.exec(text.slice(line))?.[0].length ?? 0),
    end: endOfText(text, line),
    help: 'indent it like the key above',
  };
}

/** `name:a` and `name a`: the line runs on into the next, as one key. */
function explainKeyless(text: string, start: number): Explanation {
  const end = endOfText(text, start);
  const line = text.slice(start, end);
  const glued = /^([\w-]+):(?=\S)/.exec(line)?.[1];
  return {
    code: 'yaml/syntax',
    message: `${quote(line)} is neither a key with a value nor part of one`,
    start,
    end,
    help:
      glued === undefined
        ? 'write it as `key: value`'
        : `put a space after the colon: \`${glued}: ${line.slice(glued.length + 1)}\``,
  };
}

function explainToken(error: YAMLError, text: string, survey: Survey): Explanation {
  const [start, end] = error.pos;
  const sign = text.charAt(start);
  const found = { code: 'yaml/syntax', start, end } as const;
  if (sign === '#') {
    const edit = { start, end: start, insert: ' ' };
    return { ...found, message: 'a comment begins right after a value', help: 'put a space before the `#`', edit };
  }
  if (sign === ',') return { ...found, message: 'a comma stands where a value should be', help: 'remove the comma' };
  if (sign === '-' && /\s/.test(text.charAt(start + 1))) {
    return {
      ...found,
      message: 'a list cannot begin in the line of its key',
      help: 'begin it in the next line, or write it in brackets: `[a, b]`',
    };
  }
  if (/Block scalar header/.test(error.message)) {
    return {
      ...found,
      end: endOfText(text, start),
      message: 'a text in lines cannot begin in the line of `|` or `>`',
      help: 'begin it in the next line, or quote the whole text',
    };
  }
  if (survey.isInBrackets(start)) {
    return { ...found, end: start + 1, message: 'a comma is missing here', help: 'separate the items by commas' };
  }
  if (/at node end/.test(error.message)) {
    return {
      ...found,
      end: endOfText(text, start),
      message: 'more text follows a value that has ended',
      help: 'quote the whole text, or remove the rest',
    };
  }
  return { ...found, message: lowerFirst(error.message), help: null };
}

/** The end of the line's text, a comment left out. */
function endOfText(text: string, start: number): number {
  const lead = /^\s*/.exec(text.slice(start))?.[0].length ?? 0;
  const line = /^[^\r\n]*?(?=\s*(?: #|[\r\n]|$))/.exec(text.slice(start + lead))?.[0] ?? '';
  return start + lead + line.length;
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
