import { BACKSLASH } from '../json/bytes.ts';
import { ARRAY, ESCAPED_STRING, OBJECT, STRING, type JsonTape } from '../json/tape.ts';
import { MESSAGE, type Shape, type Structural } from './shapes.ts';

const SLASH = 0x2f;
const WORD_BYTES_MAX = 127;

/** The tape nodes of all strings in the values recorded: every one is text, as in `params.arguments`. */
export function textsOfValue(tape: JsonTape): readonly number[] {
  const texts: number[] = [];
  for (let node = 0; node < tape.length; node++) pushText(tape, node, texts);
  return texts;
}

/** The tape nodes of the strings of a JSON-RPC message that are text (protocol.md, 1.10), in document order. */
export function textsOfMessage(bytes: Buffer, tape: JsonTape): readonly number[] {
  const texts: number[] = [];
  pushTexts(bytes, tape, 0, MESSAGE, texts);
  return texts;
}

function pushTexts(bytes: Buffer, tape: JsonTape, node: number, shape: Shape, texts: number[]): void {
  const kind = tape.kind(node);
  const after = tape.next(node);
  if (kind === ARRAY) {
    for (let element = node + 1; element < after; element = tape.next(element)) {
      pushTexts(bytes, tape, element, shape, texts);
    }
  } else if (kind === OBJECT) {
    for (let member = node + 1; member < after; member = tape.next(member)) {
      const known = shape.keys.indexOf(bytes, tape.keyStart(member), tape.keyEnd(member));
      const of = shape.members[known];
      if (of === undefined) pushAll(tape, member, texts);
      else if (typeof of === 'object') pushTexts(bytes, tape, member, of, texts);
      else if (!isStructural(bytes, tape, node, member, of, shape)) pushAll(tape, member, texts);
    }
  } else {
    pushText(tape, node, texts);
  }
}

function pushAll(tape: JsonTape, value: number, texts: number[]): void {
  for (let node = value; node < tape.next(value); node++) pushText(tape, node, texts);
}

function pushText(tape: JsonTape, node: number, texts: number[]): void {
  if (isString(tape, node)) texts.push(node);
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
  if (!isString(tape, member)) return tape.next(member) === member + 1;
  const start = tape.start(member) + 1;
  const end = tape.end(member) - 1;
  switch (expected) {
    case 'word':
      return end - start <= WORD_BYTES_MAX && all(bytes, start, end, isWordByte);
    case 'token':
      return true;
    case 'base64':
      return isBinary(bytes, tape, object, shape) && all(bytes, start, end, isBase64Byte);
  }
}

/** A resource's `blob` is always binary; the `data` of content only in an image or in audio. */
function isBinary(bytes: Buffer, tape: JsonTape, object: number, shape: Shape): boolean {
  if (shape.binaryTypes.length === 0) return true;
  const after = tape.next(object);
  for (let member = object + 1; member < after; member = tape.next(member)) {
    if (bytes.toString('latin1', tape.keyStart(member), tape.keyEnd(member)) !== '"type"') continue;
    return shape.binaryTypes.includes(bytes.toString('latin1', tape.start(member) + 1, tape.end(member) - 1));
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

/** What media types, their parameters and the protocol's own words are made of. */
function isWordByte(byte: number): boolean {
  return isLetterOrDigit(byte) || ' !#$&*+-./;=^_'.includes(String.fromCharCode(byte));
}

/** Both alphabets of RFC 4648. */
function isBase64Byte(byte: number): boolean {
  return isLetterOrDigit(byte) || byte === 0x2b || byte === 0x2f || byte === 0x3d || byte === 0x2d || byte === 0x5f;
}
