import type { Literal, Range } from './ast.ts';
import type { ReportCel } from './problem.ts';

/** A literal of a text or of bytes: how it is written, before its escapes are decoded. */
export interface QuotedForm extends Range {
  readonly isBytes: boolean;
  readonly isRaw: boolean;
  /** Of what is between the quotes. */
  readonly body: Range;
}

/** A code point, or a byte written by its number, and where it is written. */
interface Letter extends Range {
  readonly code: number;
  readonly isByte: boolean;
}

/** What may stand before a quote: `r`, `b`, or `b` and then `r`, in both cases. */
const PREFIX = /[bB]?[rR]?/y;
const TRIPLES = ['"""', "'''"];

/** Reads a quoted literal that starts here; null when none does. One that is not closed ends with its line, or the text. */
export function quotedForm(text: string, start: number): (QuotedForm & { readonly isClosed: boolean }) | null {
  PREFIX.lastIndex = start;
  const prefix = PREFIX.exec(text)?.[0] ?? '';
  const open = start + prefix.length;
  const sign = text[open];
  if (sign !== '"' && sign !== "'") return null;
  const triple = TRIPLES.find((quotes) => text.startsWith(quotes, open));
  const quotes = triple ?? sign;
  const isRaw = /r$/i.test(prefix);
  const body = open + quotes.length;
  const end = closingQuotes(text, body, quotes, isRaw);
  return {
    start,
    end: end.isClosed ? end.at + quotes.length : end.at,
    isBytes: /^b/i.test(prefix),
    isRaw,
    body: { start: body, end: end.at },
    isClosed: end.isClosed,
  };
}

function closingQuotes(text: string, from: number, quotes: string, isRaw: boolean) {
  let at = from;
  for (; at < text.length; at++) {
    if (text.startsWith(quotes, at)) return { at, isClosed: true };
    const unit = text[at];
    if (quotes.length === 1 && (unit === '\n' || unit === '\r')) break;
    if (unit === '\\' && !isRaw && text[at + 1] !== '\n' && text[at + 1] !== '\r') at++;
  }
  return { at: Math.min(at, text.length), isClosed: false };
}

/** Decodes a quoted literal (cel-spec, "String and Bytes Values"). Escapes that CEL does not have are reported and left out. */
export function decodeQuoted(text: string, form: QuotedForm, report: ReportCel): Literal {
  const letters = [...lettersOf(text, form, report)];
  if (!form.isBytes) {
    return { type: 'string', value: letters.map(({ code }) => String.fromCodePoint(code)).join('') };
  }
  const encoder = new TextEncoder();
  const bytes = letters.flatMap(({ code, isByte }) =>
    isByte ? [code] : [...encoder.encode(String.fromCodePoint(code))],
  );
  return { type: 'bytes', value: Uint8Array.from(bytes) };
}

/** Where each UTF-16 unit of a text literal's value is written; null when no text literal is there. */
export function unitRanges(text: string, { start }: Range): readonly Range[] | null {
  const form = quotedForm(text, start);
  if (form === null || form.isBytes) return null;
  return [...lettersOf(text, form, () => {})].flatMap(({ code, start, end }) =>
    code > 0xffff
      ? [
          { start, end },
          { start, end },
        ]
      : [{ start, end }],
  );
}

function* lettersOf(text: string, form: QuotedForm, report: ReportCel): Generator<Letter> {
  for (let at = form.body.start; at < form.body.end;) {
    const escape = text[at] === '\\' && !form.isRaw ? readEscape(text, at, form, report) : null;
    if (escape === null) {
      const letter = plainLetter(text, at);
      yield letter;
      at = letter.end;
    } else {
      if (escape.letter !== null) yield escape.letter;
      at = escape.end;
    }
  }
}

/** Line breaks of a literal in triple quotes are one line feed each, however the file ends its lines. */
function plainLetter(text: string, start: number): Letter {
  const code = text.codePointAt(start) ?? 0;
  if (code !== 0x0d) return { code, isByte: false, start, end: start + (code > 0xffff ? 2 : 1) };
  return { code: 0x0a, isByte: false, start, end: start + (text[start + 1] === '\n' ? 2 : 1) };
}

const PUNCTUATION: ReadonlySet<string> = new Set(['\\', '?', '"', "'", '`']);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);
const NUMBERED = /\\(?:[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;

function readEscape(text: string, start: number, form: QuotedForm, report: ReportCel) {
  const kind = text.charAt(start + 1);
  const control = PUNCTUATION.has(kind) ? kind.charCodeAt(0) : CONTROLS.get(kind);
  if (control !== undefined) {
    return { letter: { code: control, isByte: false, start, end: start + 2 }, end: start + 2 };
  }
  NUMBERED.lastIndex = start;
  const written = NUMBERED.exec(text)?.[0] ?? null;
  if (written === null || start + written.length > form.body.end) return unknownEscape(text, start, form, report);
  const range = { start, end: start + written.length };
  const isCodePoint = kind === 'u' || kind === 'U';
  const code = /^[0-7]/.test(kind) ? parseInt(written.slice(1), 8) : parseInt(written.slice(2), 16);
  if (isCodePoint && form.isBytes) {
    report('cel/bad-literal', range, `\`${written}\` is a character, not a byte`, 'write each byte as \\x00 to \\xff');
    return { letter: null, end: range.end };
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    report('cel/bad-literal', range, `\`${written}\` is not a character of Unicode`, 'the last one is `\\U0010ffff`');
    return { letter: null, end: range.end };
  }
  return { letter: { code, isByte: form.isBytes, ...range }, end: range.end };
}

const DIGITS_NEEDED: ReadonlyMap<string, string> = new Map([
  ['x', 'two hexadecimal digits'],
  ['X', 'two hexadecimal digits'],
  ['u', 'four hexadecimal digits'],
  ['U', 'eight hexadecimal digits'],
]);

function unknownEscape(text: string, start: number, form: QuotedForm, report: ReportCel) {
  const kind = String.fromCodePoint(text.codePointAt(start + 1) ?? 0x20);
  const end = Math.min(form.body.end, start + 1 + kind.length);
  const range = { start, end: Math.max(end, start + 1) };
  const digits = DIGITS_NEEDED.get(kind) ?? (/[0-7]/.test(kind) ? 'three octal digits up to 377' : null);
  if (digits !== null)
    report('cel/bad-literal', range, `\`\\${kind}\` needs ${digits}`, 'write all digits, or `\\\\` for a backslash');
  else {
    const help = `for a backslash write \`\\\\\`, or a raw text: \`r"…"\``;
    report('cel/bad-literal', range, `CEL has no escape \`\\${kind}\``, help);
  }
  return { letter: null, end: range.end };
}
