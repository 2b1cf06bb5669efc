import { INVISIBLE } from '../diagnostics/invisible.ts';

/** A text in the literal or the folded style: lines without their indentation, and the header that announces them. */
export interface BlockText {
  readonly header: '|' | '|-' | '>' | '>-';
  readonly lines: readonly string[];
}

/** Where a text stands: between brackets a comma or a bracket ends it. */
export type TextPlace = 'block' | 'flow';

/**
 * A text in one line of YAML, so that it is read as the same text: plain where nothing can mistake it for something else,
 * else in single quotes, and in double quotes where an apostrophe or an escape asks for them.
 */
export function writeText(text: string, place: TextPlace): string {
  return isPlain(text, place) ? text : writeQuoted(text);
}

/** The same, in quotes whatever the text is: for code, of which a `#` or a comma must never cut off a part. */
export function writeQuoted(text: string): string {
  if (needsEscapes(text)) return doubleQuoted(text);
  if (text.includes("'") && !/["\\]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text line by line. Null where that would lose something, or hide a space at the end of a line. */
export function writeLiteral(text: string): BlockText | null {
  const header = text.endsWith('\n') ? '|' : '|-';
  const lines = (header === '|' ? text.slice(0, -1) : text).split('\n');
  const isFaithful = lines.at(-1) !== '' && lines.every((line) => !/[ \t\r]$/.test(line) && !INVISIBLE.test(line));
  const first = lines.find((line) => line !== '') ?? ' ';
  return isFaithful && !/^[ \t]/.test(first) ? { header, lines } : null;
}

/**
 * A long text folded at its spaces, no line wider than `columnsMax` unless a word is. Null where the lines would not give
 * the same text back: a fold stands for a single space.
 */
export function writeFolded(text: string, columnsMax: number): BlockText | null {
  const header = text.endsWith('\n') ? '>' : '>-';
  const body = header === '>' ? text.slice(0, -1) : text;
  if (!/^\S+(?: \S+)*$/.test(body) || INVISIBLE.test(body)) return null;
  const lines: string[] = [];
  let line = '';
  for (const word of body.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > columnsMax) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return { header, lines: [...lines, line] };
}

/** Columns of a text, one for each character. */
export function columnsOf(text: string): number {
  return Array.from(text).length;
}

/** YAML 1.2.2, 7.3.3, and stricter: what other readers of YAML could take for something else is not plain either. */
function isPlain(text: string, place: TextPlace): boolean {
  if (text === '' || text.trim() !== text || needsEscapes(text)) return false;
  if (/^[-?:,[\]{}#&*!|>'"%@`=.~<]/.test(text) && !/^\.[\w/]/.test(text)) return false;
  if (/: |:$| #/.test(text) || text.includes('\t')) return false;
  // Between brackets, some readers take every colon for the end of a key.
  if (place === 'flow' && /[,[\]{}]|:(?!\/\/)/.test(text)) return false;
  return !looksLikeOther(text);
}

/** Null, booleans and numbers of YAML 1.2 and, since editors and linters may still read it, of YAML 1.1. */
function looksLikeOther(text: string): boolean {
  if (/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text)) return true;
  if (/^[-+]?(?:0o[0-7_]+|0x[0-9a-f_]+|0b[01_]+)$/i.test(text)) return true;
  if (/^[-+]?(?:\.\d|\d)[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?$/i.test(text)) return true;
  return /^[-+]?(?:\.inf|\.nan)$/i.test(text) || /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text);
}

function needsEscapes(text: string): boolean {
  return /[\t\n]/.test(text) || INVISIBLE.test(text);
}

/** YAML 1.2.2, 5.7. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\b', '\\b'],
  ['\0', '\\0'],
]);

function doubleQuoted(text: string): string {
  const letters = Array.from(text, (letter) => {
    const escaped = ESCAPES.get(letter);
    if (escaped !== undefined) return escaped;
    return INVISIBLE.test(letter) ? escapeOf(letter) : letter;
  });
  return `"${letters.join('')}"`;
}

function escapeOf(letter: string): string {
  const hex = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
