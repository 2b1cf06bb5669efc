import { isUtf8 } from 'node:buffer';
import { BACKSLASH } from '../json/bytes.ts';
import { CONTENT_BINARY_BYTES_MIN } from '../limits.ts';
import { ARRAY, ESCAPED_STRING, NUMBER, OBJECT, STRING, type JsonTape } from '../json/tape.ts';
import { stringText } from '../json/text.ts';
import { isUsualMediaType } from './media-types.ts';
import { MESSAGE, PROGRESS_MESSAGE, type Shape, type Structural } from './shapes.ts';

const SLASH = 0x2f;
/** No word or media type that is structure is longer. */
const WORD_BYTES_MAX = 127;
/** Members that lead to a text: more of them say nothing about it. */
const KEYS_MAX = 3;
const NO_KEYS: readonly string[] = [];

/** Where a text is. */
export interface Place {
  /** On the tape. */
  readonly node: number;
  /** `key`: the name of the member and not its value. */
  readonly kind: 'string' | 'key' | 'number' | 'base64';
  /** Names of the nearest members that lead to it, outermost first. */
  readonly keys: readonly string[];
  /** It is text for every rule, not only for those that ask for keys or numbers. */
  readonly forAll: boolean;
}

/** What is to be looked into besides strings. */
export interface Wanted {
  readonly keys: boolean;
  readonly numbers: boolean;
  /** Somebody wants to know which members lead to a text. */
  readonly paths: boolean;
  /** Keys and numbers are text like all other. */
  readonly open: boolean;
}

/** All texts in the value recorded: every string is one, as in `params.arguments`. */
export function placesOfValue(bytes: Buffer, tape: JsonTape, wanted: Wanted): readonly Place[] {
  const walk: Walk = { bytes, tape, wanted, places: [] };
  pushAll(walk, 0, NO_KEYS, wanted.open);
  return walk.places;
}

/** The texts of a JSON-RPC message (protocol.md, 1.10), in document order. */
export function placesOfMessage(bytes: Buffer, tape: JsonTape, wanted: Wanted): readonly Place[] {
  const walk: Walk = { bytes, tape, wanted, places: [] };
  const isProgress = isMember(bytes, tape, 0, '"method"', '"notifications/progress"');
  pushTexts(walk, 0, isProgress ? PROGRESS_MESSAGE : MESSAGE, NO_KEYS);
  return walk.places;
}

interface Walk {
  readonly bytes: Buffer;
  readonly tape: JsonTape;
  readonly wanted: Wanted;
  readonly places: Place[];
}

function pushTexts(walk: Walk, node: number, shape: Shape, keys: readonly string[]): void {
  const { bytes, tape, wanted } = walk;
  const kind = tape.kind(node);
  const after = tape.next(node);
  if (kind === ARRAY) {
    for (let element = node + 1; element < after; element = tape.next(element)) pushTexts(walk, element, shape, keys);
    return;
  }
  if (kind !== OBJECT) {
    pushAll(walk, node, keys, false);
    return;
  }
  for (let member = node + 1; member < after; member = tape.next(member)) {
    const known = shape.keys.indexOf(bytes, tape.keyStart(member), tape.keyEnd(member));
    const of = shape.members[known];
    if (of === undefined) {
      if (wanted.keys && !isProtocolName(bytes, tape.keyStart(member), tape.keyEnd(member)))
        pushKey(walk, member, keys, false);
      pushAll(walk, member, withKey(walk, keys, member), false);
    } else if (of !== 'shown' && typeof of === 'object' && 'members' in of) {
      pushTexts(walk, member, of, withKey(walk, keys, member));
    } else if (of === 'shown') {
      pushAll(walk, member, NO_KEYS, true);
    } else if (!isStructural(bytes, tape, node, member, of, shape)) {
      pushAll(walk, member, withKey(walk, keys, member), false);
    } else if (of === 'base64' && isString(tape, member)) {
      walk.places.push({ node: member, kind: 'base64', keys: NO_KEYS, forAll: true });
    }
  }
}

function pushAll(walk: Walk, node: number, keys: readonly string[], open: boolean): void {
  const { tape, wanted, places } = walk;
  const kind = tape.kind(node);
  if (kind === STRING || kind === ESCAPED_STRING) {
    places.push({ node, kind: 'string', keys, forAll: true });
  } else if (kind === NUMBER) {
    if (open || wanted.numbers) places.push({ node, kind: 'number', keys, forAll: open });
  } else if (kind === ARRAY || kind === OBJECT) {
    const after = tape.next(node);
    for (let child = node + 1; child < after; child = tape.next(child)) {
      if (kind === OBJECT && (open || wanted.keys)) pushKey(walk, child, keys, open);
      pushAll(walk, child, kind === OBJECT ? withKey(walk, keys, child) : keys, open);
    }
  }
}

function pushKey({ places }: Walk, node: number, keys: readonly string[], open: boolean): void {
  places.push({ node, kind: 'key', keys, forAll: open });
}

function withKey({ bytes, tape, wanted }: Walk, keys: readonly string[], member: number): readonly string[] {
  if (!wanted.paths) return NO_KEYS;
  return [...keys.slice(1 - KEYS_MAX), stringText(bytes, tape.keyStart(member), tape.keyEnd(member))];
}

/**
 * Whether the name of a member is one that the protocol could have given it: renaming those would break messages. `start`
 * and `end` are of its token, quotes included.
 */
export function isProtocolName(bytes: Buffer, start: number, end: number): boolean {
  return end - start - 2 <= PROTOCOL_NAME_BYTES_MAX && all(bytes, start + 1, end - 1, isLetterOrUnderscore);
}

const PROTOCOL_NAME_BYTES_MAX = 32;

function isLetterOrUnderscore(byte: number): boolean {
  return byte === 0x5f || (isLetterOrDigit(byte) && byte > 0x39);
}

function isString(tape: JsonTape, node: number): boolean {
  const kind = tape.kind(node);
  return kind === STRING || kind === ESCAPED_STRING;
}

/** Whether a member where structure is expected looks like it, so that nothing readable hides there. */
function isStructural(
  bytes: Buffer,
  tape: JsonTape,
  object: number,
  member: number,
  expected: Structural,
  shape: Shape,
): boolean {
  if (!isString(tape, member)) return expected === 'id' && tape.next(member) === member + 1;
  const start = tape.start(member) + 1;
  const end = tape.end(member) - 1;
  if (expected === 'id') return true;
  if (expected === 'state') return isMember(bytes, tape, object, '"resultType"', '"input_required"');
  if (expected === 'base64') {
    if (!isBinary(bytes, tape, object, shape) || !all(bytes, start, end, isBase64Byte)) return false;
    return (
      end - start >= CONTENT_BINARY_BYTES_MIN || isUtf8(Buffer.from(bytes.toString('latin1', start, end), 'base64'))
    );
  }
  if (end - start > WORD_BYTES_MAX) return false;
  const text = bytes.toString('latin1', start, end);
  return expected === 'media-type' ? isUsualMediaType(text.replace('\\/', '/')) : expected.has(text);
}

/** A resource's `blob` is always binary; the `data` of content only in an image or in audio. */
function isBinary(bytes: Buffer, tape: JsonTape, object: number, shape: Shape): boolean {
  if (shape.binaryTypes.length === 0) return true;
  return shape.binaryTypes.some((type) => isMember(bytes, tape, object, '"type"', `"${type}"`));
}

/** Whether an object has a member that is this string, neither written with escapes. */
function isMember(bytes: Buffer, tape: JsonTape, object: number, key: string, value: string): boolean {
  if (tape.kind(object) !== OBJECT) return false;
  const after = tape.next(object);
  for (let member = object + 1; member < after; member = tape.next(member)) {
    if (bytes.toString('latin1', tape.keyStart(member), tape.keyEnd(member)) !== key) continue;
    return bytes.toString('latin1', tape.start(member), tape.end(member)) === value;
  }
  return false;
}

/** Whether a string is of such bytes only; its one allowed escape is the slash that some writers escape (PHP). */
function all(bytes: Buffer, start: number, end: number, accepts: (byte: number) => boolean): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (!accepts(byte) && !(byte === BACKSLASH && bytes[at + 1] === SLASH)) return false;
  }
  return true;
}

function isLetterOrDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

/** Both alphabets of RFC 4648. */
function isBase64Byte(byte: number): boolean {
  return isLetterOrDigit(byte) || byte === 0x2b || byte === 0x2f || byte === 0x3d || byte === 0x2d || byte === 0x5f;
}
