import { isUtf8 } from 'node:buffer';
import { JsonScanner } from '../json/scanner.ts';
import type { JsonTape } from '../json/tape.ts';
import { stringText } from '../json/text.ts';
import {
  CONTENT_BASE64_CHARACTERS_MIN,
  CONTENT_ESCAPES_MAX,
  CONTENT_NESTED_LEVELS_MAX,
  CONTENT_TEXTS_MAX,
  JSON_DEPTH_MAX,
} from '../limits.ts';
import { placesOfMessage, placesOfValue, type Place, type Wanted } from './carriers.ts';
import type { ContentFailure } from './detect/detection.ts';
import { readingsOf, type Reading } from './readings.ts';

/** JSON whose leaves are looked into: the message, or a text within it. */
export interface Source {
  readonly bytes: Buffer;
  /** Position of the leaf whose text it is; -1 = of none. */
  readonly holder: number;
}

/** One text to look into, and where it is to be written back. */
export interface Leaf {
  readonly kind: Place['kind'];
  /** Position among the sources. */
  readonly source: number;
  /** Where its token is in the bytes of the source. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly keys: readonly string[];
  /** It is text for every rule, not only for those that ask for keys or numbers. */
  readonly forAll: boolean;
  /** Of base64: what the string has before it. */
  readonly before: string;
  /** Which leaf it is another reading of: what is found in it is found there. Null: of none. */
  readonly reads: { readonly leaf: number; readonly reading: Reading } | null;
}

/**
 * The texts of a message. Those of one source stand together, in the order of their places; a string that is base64 is two,
 * one as it stands and the next as it decodes. Readings come last.
 */
export interface Leaves {
  readonly sources: readonly Source[];
  readonly leaves: readonly Leaf[];
  /** Positions of leaves that are JSON themselves: their own leaves are looked into in their place. */
  readonly holders: ReadonlySet<number>;
}

export type LeavesResult =
  { readonly ok: true; readonly leaves: Leaves } | { readonly ok: false; readonly failure: ContentFailure };

const ALL_LEVELS = JSON_DEPTH_MAX + 1;
/** One for the message and one for each level of JSON within texts: what is read from a tape is read before the next scan. */
const scanner = new JsonScanner();

/** The texts below one JSON value of a body that is known to be UTF-8. */
export function leavesOfSpan(
  bytes: Buffer,
  span: { readonly start: number; readonly end: number },
  wanted: Wanted,
): LeavesResult {
  if (scanner.scanWithin(bytes, span.start, span.end, ALL_LEVELS) !== null) return { ok: false, failure: 'not-json' };
  return gather(bytes, placesOfValue(bytes, scanner.tape, wanted), wanted);
}

/** The texts of a JSON-RPC message. */
export function leavesOfMessage(bytes: Buffer, wanted: Wanted): LeavesResult {
  if (scanner.scan(bytes, ALL_LEVELS) !== null) return { ok: false, failure: 'not-json' };
  return gather(bytes, placesOfMessage(bytes, scanner.tape, wanted), wanted);
}

function gather(bytes: Buffer, places: readonly Place[], wanted: Wanted): LeavesResult {
  const sources: Source[] = [{ bytes, holder: -1 }];
  const levels = [0];
  const leaves: Leaf[] = [];
  const holders = new Set<number>();
  if (!pushLeaves(bytes, 0, scanner.tape, places, leaves)) return { ok: false, failure: 'too-many-texts' };
  for (let at = 0; at < leaves.length; at++) {
    const leaf = leaves[at];
    if (leaf === undefined || leaf.kind === 'number' || !mayBeJson(leaf.text)) continue;
    const inner = Buffer.from(leaf.text, 'utf8');
    if (scanner.scan(inner, ALL_LEVELS) !== null) continue;
    const level = (levels[leaf.source] ?? 0) + 1;
    // Behind one more level of escapes anything could hide.
    if (level > CONTENT_NESTED_LEVELS_MAX) return { ok: false, failure: 'too-much-work' };
    holders.add(at);
    levels.push(level);
    sources.push({ bytes: inner, holder: at });
    const innerPlaces = placesOfValue(inner, scanner.tape, { ...wanted, keys: true, numbers: true, open: true });
    if (!pushLeaves(inner, sources.length - 1, scanner.tape, innerPlaces, leaves)) {
      return { ok: false, failure: 'too-many-texts' };
    }
  }
  const failure = pushReadings(leaves, holders);
  if (failure !== null) return { ok: false, failure };
  return { ok: true, leaves: { sources, leaves, holders } };
}

function pushReadings(leaves: Leaf[], holders: ReadonlySet<number>): ContentFailure | null {
  let escapes = 0;
  const count = leaves.length;
  for (let at = 0; at < count; at++) {
    const leaf = leaves[at];
    if (leaf === undefined || leaf.kind === 'number' || holders.has(at)) continue;
    const readings = readingsOf(leaf.text, CONTENT_ESCAPES_MAX - escapes);
    if (readings === null) return 'too-much-work';
    for (const reading of readings) {
      if (leaves.length === CONTENT_TEXTS_MAX) return 'too-many-texts';
      escapes += reading.after.length;
      leaves.push({ ...leaf, text: reading.text, reads: { leaf: at, reading } });
    }
  }
  return null;
}

function pushLeaves(bytes: Buffer, source: number, tape: JsonTape, places: readonly Place[], leaves: Leaf[]): boolean {
  if (leaves.length + places.length > CONTENT_TEXTS_MAX) return false;
  for (const { node, kind, keys, forAll } of places) {
    const isKey = kind === 'key';
    const start = isKey ? tape.keyStart(node) : tape.start(node);
    const end = isKey ? tape.keyEnd(node) : tape.end(node);
    const text = textOf(bytes, kind, start, end);
    if (text === null) continue;
    leaves.push({ kind, source, start, end, text, keys, forAll, before: '', reads: null });
    if (kind !== 'string') continue;
    const before = beforeBase64(text);
    const decoded = mayBeBase64(text, before.length) ? decodedText(text.slice(before.length)) : null;
    if (decoded === null || !isPlain(decoded)) continue;
    leaves.push({ kind: 'base64', source, start, end, text: decoded, keys, forAll, before, reads: null });
  }
  return leaves.length <= CONTENT_TEXTS_MAX;
}

function textOf(bytes: Buffer, kind: Place['kind'], start: number, end: number): string | null {
  switch (kind) {
    case 'string':
    case 'key':
      return stringText(bytes, start, end);
    case 'number':
      return numberText(bytes.toString('latin1', start, end));
    case 'base64':
      return decodedText(stringText(bytes, start, end));
  }
}

/** The digits of a number, however it is written. */
function numberText(token: string): string {
  const value = Number(token);
  return Number.isSafeInteger(value) ? String(value) : token;
}

/** Bytes that are UTF-8 without NUL are text, whatever type they are said to be of. */
function decodedText(base64: string): string | null {
  const decoded = Buffer.from(base64, 'base64');
  return isUtf8(decoded) && !decoded.includes(0) ? decoded.toString('utf8') : null;
}

/** The head of a `data:` URL (RFC 2397) whose data are base64; empty where a text is none. */
function beforeBase64(text: string): string {
  if (!text.startsWith('data:')) return '';
  const comma = text.indexOf(',');
  return comma > 0 && text.slice(0, comma).endsWith(';base64') ? text.slice(0, comma + 1) : '';
}

/**
 * Whether a text is of the letters of one of the alphabets of RFC 4648 from an offset on, and of as many as bytes are
 * written with; there may be line breaks between them (RFC 2045).
 */
function mayBeBase64(text: string, from: number): boolean {
  let letters = 0;
  let padding = 0;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a || unit === 0x0d) continue;
    if (unit === 0x3d) padding++;
    else if (padding > 0 || !isBase64Unit(unit)) return false;
    else letters++;
  }
  if (letters + padding < CONTENT_BASE64_CHARACTERS_MIN || padding > 2) return false;
  return padding > 0 ? (letters + padding) % 4 === 0 : letters % 4 !== 1;
}

function isBase64Unit(unit: number): boolean {
  const lower = unit | 0x20;
  const isWord = (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
  return isWord || unit === 0x2b || unit === 0x2f || unit === 0x2d || unit === 0x5f;
}

/** Whether bytes that are text by chance are none: those have control characters sooner or later. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return false;
  }
  return true;
}

function mayBeJson(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') return true;
    if (!' \n\r\t'.includes(character)) return false;
  }
  return false;
}
