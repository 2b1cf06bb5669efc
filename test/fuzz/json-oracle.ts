import { isUtf8 } from 'node:buffer';
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_NUMBER_BYTES_MAX } from '../../dataplane/limits.ts';
import type { JsonFailure } from '../../dataplane/json/scanner.ts';
import {
  ARRAY,
  ESCAPED_STRING,
  FALSE,
  NULL,
  NUMBER,
  OBJECT,
  STRING,
  TRUE,
  type JsonTape,
} from '../../dataplane/json/tape.ts';
import { stringText } from '../../dataplane/json/text.ts';

/** What `JSON.parse` makes of some bytes, and every reason for which the scanner may be stricter. */
export type Reference =
  /** No JSON: the scanner must refuse it, whatever it says. */
  | { readonly kind: 'refused' }
  /** The scanner must accept it exactly when `stricter` is empty, and else refuse it for one of these reasons. */
  | { readonly kind: 'parsed'; readonly value: unknown; readonly stricter: readonly JsonFailure[] };

const REFUSED: Reference = { kind: 'refused' };

/** Written with nothing of the data plane but its bounds: by regular expressions, over text that is JSON by then. */
export function referenceOf(bytes: Buffer): Reference {
  if (!isUtf8(bytes)) return REFUSED;
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return REFUSED;
  }
  return { kind: 'parsed', value, stricter: stricterReasons(text, value) };
}

const STRING_TOKEN = /"(?:[^"\\]|\\.)*"/gs;
const NUMBER_TOKEN = /-?\d[\d.eE+-]*/g;

function stricterReasons(text: string, value: unknown): readonly JsonFailure[] {
  const reasons: JsonFailure[] = [];
  const outside = text.replaceAll(STRING_TOKEN, '"');
  const colons = countOf(outside, ':');
  // A member that was overwritten is missing from the value, and with it all that was inside.
  if (colons > 0 && membersIn(value) < colons) reasons.push('duplicate-key');
  if (text.includes('\\u') && hasLoneSurrogate(text)) reasons.push('lone-surrogate');
  if (text.length > JSON_DEPTH_MAX && depthOf(outside) > JSON_DEPTH_MAX) reasons.push('too-deep');
  if (text.length > JSON_NUMBER_BYTES_MAX) {
    if (outside.match(NUMBER_TOKEN)?.some((token) => token.length > JSON_NUMBER_BYTES_MAX) === true)
      reasons.push('too-long-number');
    if (text.length > JSON_KEY_BYTES_MAX && longestKey(text) > JSON_KEY_BYTES_MAX) reasons.push('too-long-key');
  }
  return reasons;
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function membersIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + membersIn(item), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + membersIn(item), 0);
}

function hasLoneSurrogate(text: string): boolean {
  return (text.match(STRING_TOKEN) ?? []).some((token) => !(JSON.parse(token) as string).isWellFormed());
}

function depthOf(outside: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of outside) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}

function longestKey(text: string): number {
  const keys = text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"/gs);
  return Math.max(0, ...[...keys].map(([, key]) => (key === undefined ? 0 : Buffer.byteLength(key))));
}

/** Whether a recorded value is what `JSON.parse` read. */
export function isSameValue(bytes: Buffer, tape: JsonTape, node: number, value: unknown): boolean {
  switch (tape.kind(node)) {
    case OBJECT:
      return isSameObject(bytes, tape, node, value);
    case ARRAY:
      return isSameArray(bytes, tape, node, value);
    case STRING:
    case ESCAPED_STRING:
      return stringText(bytes, tape.start(node), tape.end(node)) === value;
    case NUMBER:
      return Object.is(Number(bytes.toString('latin1', tape.start(node), tape.end(node))), value);
    case TRUE:
      return value === true;
    case FALSE:
      return value === false;
    case NULL:
      return value === null;
    default:
      return false;
  }
}

function isSameObject(bytes: Buffer, tape: JsonTape, node: number, value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  if (!isBetween(bytes, tape, node, '{', '}')) return false;
  let members = 0;
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
    const key = stringText(bytes, tape.keyStart(child), tape.keyEnd(child));
    if (!Object.hasOwn(value, key)) return false;
    if (!isSameValue(bytes, tape, child, (value as Record<string, unknown>)[key])) return false;
    members++;
  }
  return members === Object.keys(value).length;
}

function isSameArray(bytes: Buffer, tape: JsonTape, node: number, value: unknown): boolean {
  if (!Array.isArray(value) || !isBetween(bytes, tape, node, '[', ']')) return false;
  let items = 0;
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
    if (!isSameValue(bytes, tape, child, value[items])) return false;
    items++;
  }
  return items === value.length;
}

function isBetween(bytes: Buffer, tape: JsonTape, node: number, first: string, last: string): boolean {
  return bytes[tape.start(node)] === first.charCodeAt(0) && bytes[tape.end(node) - 1] === last.charCodeAt(0);
}
