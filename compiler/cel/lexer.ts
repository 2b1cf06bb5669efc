import { quote } from '../diagnostics/quote.ts';
import type { Range } from './ast.ts';
import { readNumber } from './number-literal.ts';
import type { ReportCel } from './problem.ts';
import { decodeQuoted, quotedForm } from './string-literal.ts';
import { SIGNS, type Sign, type Token } from './token.ts';

export interface Lexed {
  /** Ends with a token of kind `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Range[];
}

const SPACE = /[\t\n\f\r ]+/y;
const COMMENT = /\/\/[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_NAME = /`[A-Za-z0-9_./ -]+`/y;
/** A name as other languages have it: what to point at when a letter is none of CEL's. */
const FOREIGN_NAME = /[\p{L}\p{N}_$@]+/uy;

/** Signs of other languages, the longer ones first, and what they are taken for. */
const MISTAKEN: readonly (readonly [written: string, meant: Sign])[] = [
  ['===', '=='],
  ['!==', '!='],
  ['=~', '=='],
  ['=>', '>='],
  ['=<', '<='],
  ['<>', '!='],
  ['=', '=='],
  ['&', '&&'],
  ['|', '||'],
];

/** Splits an expression into tokens (cel-spec, "Syntax"). What is no token is reported, and kept as a token or as `bad`. */
export function lexExpression(text: string, report: ReportCel): Lexed {
  const tokens: Token[] = [];
  const comments: Range[] = [];
  for (let at = 0; at < text.length;) {
    const space = match(SPACE, text, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const comment = match(COMMENT, text, at);
    if (comment !== null) {
      comments.push({ start: at, end: at + comment.length });
      at += comment.length;
      continue;
    }
    const token = readToken(text, at, report);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', start: text.length, end: text.length });
  return { tokens, comments };
}

function readToken(text: string, start: number, report: ReportCel): Token {
  const quoted = quotedForm(text, start);
  if (quoted !== null) {
    if (!quoted.isClosed) {
      report('cel/bad-literal', quoted, 'a text is opened and never closed', 'close it with the quote that opens it');
      return { kind: 'bad', start, end: quoted.end };
    }
    return { kind: 'literal', literal: decodeQuoted(text, quoted, report), start, end: quoted.end };
  }
  const number = readNumber(text, start, report);
  if (number !== null) {
    const { end, literal } = number;
    return literal === null ? { kind: 'bad', start, end } : { kind: 'literal', literal, start, end };
  }
  const name = match(NAME, text, start);
  if (name !== null) return readName(text, start, name, report);
  const member = match(QUOTED_NAME, text, start);
  if (member !== null) return { kind: 'quoted-name', text: member.slice(1, -1), start, end: start + member.length };
  return readSign(text, start, report);
}

function readName(text: string, start: number, name: string, report: ReportCel): Token {
  const foreign = match(FOREIGN_NAME, text, start) ?? name;
  if (foreign !== name) return badName(start, foreign, report);
  const range = { start, end: start + name.length };
  if (name === 'null') return { kind: 'literal', literal: { type: 'null' }, ...range };
  if (name === 'true' || name === 'false') {
    return { kind: 'literal', literal: { type: 'bool', value: name === 'true' }, ...range };
  }
  return { kind: 'name', text: name, ...range };
}

function badName(start: number, name: string, report: ReportCel): Token {
  const range = { start, end: start + name.length };
  const help = 'a member that is no such name is written `args["a-name"]`';
  report('cel/syntax', range, `${quote(name)} is not a name: letters a to z, digits and \`_\``, help);
  return { kind: 'bad', ...range };
}

function readSign(text: string, start: number, report: ReportCel): Token {
  for (const [written, meant] of MISTAKEN) {
    if (!text.startsWith(written, start)) continue;
    // `==` and the like are signs of their own.
    if (written.length === 1 && text[start + 1] === (written === '=' ? '=' : written)) break;
    const range = { start, end: start + written.length };
    const help = written === '=~' ? 'write `text.matches("pattern")`' : `did you mean \`${meant}\`?`;
    report('cel/syntax', range, `${quote(written)} is not an operator`, help);
    return { kind: 'sign', text: meant, ...range };
  }
  const sign = SIGNS.find((each) => text.startsWith(each, start));
  if (sign !== undefined) return { kind: 'sign', text: sign, start, end: start + sign.length };
  const foreign = match(FOREIGN_NAME, text, start);
  if (foreign !== null) return badName(start, foreign, report);
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  const range = { start, end: start + character.length };
  report('cel/syntax', range, `${quote(character)} has no meaning here`, helpFor(character) ?? 'take it away');
  return { kind: 'bad', ...range };
}

function helpFor(character: string): string | null {
  if (/[\u201c\u201d\u201e\u2018\u2019\u201a]/.test(character)) return 'texts stand in straight quotes: `"` or `\'`';
  if (character === '`') return 'a name between backticks has letters, digits and `_ - . /` only';
  if (character === ';') return 'a condition is one expression';
  if (character === '#') return 'a comment begins with `//`';
  if (/\s/.test(character)) return 'write a plain space';
  return null;
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
