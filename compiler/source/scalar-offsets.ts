import type { CST, Scalar } from 'yaml';

/** Where each UTF-16 unit of a decoded scalar is written: offsets into the text that was parsed. */
export interface ScalarOffsets {
  readonly starts: readonly number[];
  /** Exclusive. An escape is as long as it is written; a folded line break is the break. */
  readonly ends: readonly number[];
}

/** A piece of decoded text and where it is written; a piece of one unit unless it comes from an escape. */
interface Letter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Decodes a text scalar of any of YAML's five styles once more, keeping places (YAML 1.2.2, chapters 7.3 and 8.1). Null
 * when the scalar is no text, was not parsed with its tokens, or decodes differently here: no place is better than a
 * wrong one.
 */
export function scalarOffsets(scalar: Scalar): ScalarOffsets | null {
  const token = scalar.srcToken;
  if (token === undefined || typeof scalar.value !== 'string') return null;
  const letters = [...lettersOf(token)];
  if (letters.map(({ text }) => text).join('') !== scalar.value) return null;
  const units = letters.flatMap((letter) => Array.from({ length: letter.text.length }, () => letter));
  return { starts: units.map(({ start }) => start), ends: units.map(({ end }) => end) };
}

function lettersOf(token: CST.Token): Iterable<Letter> {
  if (token.type === 'scalar') return foldedLetters(token.source, token.offset);
  if (token.type === 'single-quoted-scalar') {
    return singleQuotes(foldedLetters(token.source.slice(1, -1), token.offset + 1));
  }
  if (token.type === 'double-quoted-scalar') return doubleQuotedLetters(token.source, token.offset);
  return token.type === 'block-scalar' ? blockLetters(token) : [];
}

interface Line {
  readonly start: number;
  readonly text: string;
  /** Of its line break, `\r\n` being one; at the end of the text there is none. */
  readonly breakStart: number;
  readonly breakEnd: number;
}

function linesOf(source: string, base: number): readonly Line[] {
  let start = base;
  return source.split('\n').map((part) => {
    const text = part.endsWith('\r') ? part.slice(0, -1) : part;
    const line = { start, text, breakStart: start + text.length, breakEnd: start + part.length + 1 };
    start = line.breakEnd;
    return line;
  });
}

function* raw(text: string, start: number): Generator<Letter> {
  for (let at = 0; at < text.length; at++) yield { text: text.charAt(at), start: start + at, end: start + at + 1 };
}

function breakLetter(text: string, line: Line): Letter {
  return { text, start: line.breakStart, end: line.breakEnd };
}

/** Flow folding: spaces around a line break go; one break is a space, of several all but the first remain. */
function* foldedLetters(source: string, base: number): Generator<Letter> {
  const lines = linesOf(source, base);
  let breaks: Line[] = [];
  for (const [at, line] of lines.entries()) {
    const isFirst = at === 0;
    const isLast = at === lines.length - 1;
    const lead = isFirst ? 0 : (/^[ \t]*/.exec(line.text)?.[0].length ?? 0);
    const text = isLast ? line.text.slice(lead) : trimEnd(line.text.slice(lead));
    if (text !== '' || isFirst || isLast) {
      yield* foldedBreaks(breaks);
      yield* raw(text, line.start + lead);
      breaks = [];
    }
    breaks.push(line);
  }
}

function* foldedBreaks(breaks: readonly Line[]): Generator<Letter> {
  const [first, ...others] = breaks;
  if (first !== undefined && others.length === 0) yield breakLetter(' ', first);
  for (const line of others) yield breakLetter('\n', line);
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(0, end);
}

/** `''` is one quote. */
function* singleQuotes(letters: Iterable<Letter>): Generator<Letter> {
  let quote: Letter | null = null;
  for (const letter of letters) {
    if (quote !== null) {
      yield { text: "'", start: quote.start, end: letter.end };
      quote = null;
    } else if (letter.text === "'") quote = letter;
    else yield letter;
  }
}

/** YAML 1.2.2, 5.7. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['\t', '\t'],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** The next part of a double-quoted scalar: an escape, folded breaks, spaces that are kept, or one unit of text. */
const DOUBLE_QUOTED = /\\(?:\r?\n[ \t]*|[xuU][0-9A-Fa-f]+|[^])|[ \t]*\r?\n[ \t\r\n]*|[ \t]+|[^]/y;

function* doubleQuotedLetters(source: string, base: number): Generator<Letter> {
  const end = source.length - 1;
  for (let at = 1; at < end;) {
    DOUBLE_QUOTED.lastIndex = at;
    const part = DOUBLE_QUOTED.exec(source)?.[0] ?? '';
    const kind = part.charAt(1);
    const digits = HEX_DIGITS.get(kind);
    const start = base + at;
    if (part.startsWith('\\') && digits !== undefined) {
      const text = String.fromCodePoint(parseInt(part.slice(2, 2 + digits), 16));
      yield { text, start, end: start + 2 + digits };
      at += 2 + digits;
      continue;
    }
    if (part.startsWith('\\')) {
      if (kind !== '\r' && kind !== '\n') yield { text: ESCAPES.get(kind) ?? part, start, end: start + 2 };
    } else if (part.includes('\n')) yield* foldedBreaks(linesOf(part, start).slice(0, -1));
    else yield* raw(part, start);
    at += part.length;
  }
}

/** A line of a block scalar: its indentation apart from its text. */
interface BlockLine extends Line {
  readonly indent: number;
}

function* blockLetters(token: CST.BlockScalar): Generator<Letter> {
  const header = token.props.reduce((sum, prop) => sum + ('source' in prop ? prop.source.length : 0), 0);
  const mark = token.props.find((prop) => prop.type === 'block-scalar-header');
  const sign = mark !== undefined && 'source' in mark ? mark.source : '';
  const explicit = Number(/[1-9]/.exec(sign)?.[0] ?? 0);
  const lines = blockLines(token.source, token.offset + header);
  const filled = lines.findLastIndex(({ text }) => text !== '') + 1;
  if (filled === 0) {
    if (sign.includes('+')) yield* keptBreaks(lines.slice(0, Math.max(1, lines.length - 1)));
    return;
  }
  const first = lines.findIndex(({ text }) => text !== '');
  const trim = trimmedIndent(lines, first, token.indent + explicit, explicit > 0);
  const end = Math.max(filled, lines.findLastIndex(({ indent }) => indent > trim) + 1);
  yield* lines.slice(0, first).flatMap((line) => [...indentLetters(line, trim), breakLetter('\n', line)]);
  yield* sign.startsWith('>') ? foldedBlock(lines, first, end, trim) : literalBlock(lines, first, end, trim);
  yield* chomped(sign, lines, end, trim);
}

function blockLines(source: string, base: number): readonly BlockLine[] {
  return linesOf(source, base).map((line) => {
    const indent = /^ */.exec(line.text)?.[0].length ?? 0;
    return { ...line, indent, text: line.text.slice(indent) };
  });
}

/** The indentation that is no part of the text: as announced, or that of the first line with text. */
function trimmedIndent(lines: readonly BlockLine[], first: number, announced: number, isExplicit: boolean): number {
  return isExplicit ? announced : (lines[first]?.indent ?? announced);
}

/** Spaces beyond the indentation are text. */
function* indentLetters(line: BlockLine, trim: number): Generator<Letter> {
  if (line.indent > trim) yield* raw(' '.repeat(line.indent - trim), line.start + trim);
}

function* lineLetters(line: BlockLine, trim: number): Generator<Letter> {
  yield* indentLetters(line, trim);
  yield* raw(line.text, line.start + line.indent);
}

function* literalBlock(lines: readonly BlockLine[], first: number, end: number, trim: number): Generator<Letter> {
  for (const [at, line] of lines.entries()) {
    if (at < first || at >= end) continue;
    const before = lines[at - 1];
    if (at > first && before !== undefined) yield breakLetter('\n', before);
    yield* lineLetters(line, trim);
  }
}

/** Block folding: a break between two lines is a space, unless one of them is empty or indented further. */
function* foldedBlock(lines: readonly BlockLine[], first: number, end: number, trim: number): Generator<Letter> {
  let separator = '';
  let wasIndented = false;
  for (let at = first; at < end; at++) {
    const line = lines[at];
    const before = lines[at - 1] ?? line;
    if (line === undefined || before === undefined) continue;
    if (line.indent > trim || line.text.startsWith('\t')) {
      if (separator === ' ') separator = '\n';
      else if (!wasIndented && separator === '\n') separator = '\n\n';
      wasIndented = true;
      if (separator !== '') yield breakLetter(separator, before);
      yield* lineLetters(line, trim);
      separator = '\n';
    } else if (line.text === '') {
      if (separator === '\n') yield breakLetter('\n', before);
      separator = '\n';
    } else {
      wasIndented = false;
      if (separator !== '') yield breakLetter(separator, before);
      yield* lineLetters(line, trim);
      separator = ' ';
    }
  }
}

/** What remains of the breaks at the end: none with `-`, all with `+`, else one. */
function* chomped(sign: string, lines: readonly BlockLine[], end: number, trim: number): Generator<Letter> {
  const last = lines[end - 1];
  if (sign.includes('-') || last === undefined) return;
  yield breakLetter('\n', last);
  if (!sign.includes('+')) return;
  for (const [at, line] of lines.entries()) {
    if (at < end) continue;
    yield* indentLetters(line, trim);
    if (at < lines.length - 1) yield breakLetter('\n', line);
  }
}

function* keptBreaks(lines: readonly Line[]): Generator<Letter> {
  for (const line of lines) yield breakLetter('\n', line);
}
