import { isUtf8 } from 'node:buffer';
import {
  JSON_DEPTH_MAX,
  JSON_KEY_BYTES_MAX,
  JSON_MEMBERS_MAX,
  JSON_NUMBER_BYTES_MAX,
  JSON_STRING_BYTES_MAX,
  JSON_VALUES_MAX,
} from '../limits.ts';
import { COLON, COMMA, END, LEFT_BRACE, LEFT_BRACKET, QUOTE, RIGHT_BRACE, RIGHT_BRACKET } from './bytes.ts';
import { ObjectKeys } from './object-keys.ts';
import { ARRAY, ESCAPED_STRING, FALSE, JsonTape, NONE, NULL, NUMBER, OBJECT, STRING, TRUE } from './tape.ts';
import { endOfEscapedString, endOfNumber, endOfWord, LONE_SURROGATE, skipPlain, skipSpace } from './tokens.ts';

/** Why a text is not JSON that every reader reads alike. */
export const JSON_FAILURES = [
  'bad-utf8',
  'bad-json',
  'too-deep',
  'too-many-members',
  'too-many-values',
  'too-long-key',
  'too-long-string',
  'too-long-number',
  'duplicate-key',
  'lone-surrogate',
] as const;
export type JsonFailure = (typeof JSON_FAILURES)[number];

const FAILED = -1;

/**
 * Reads JSON text strictly (RFC 8259, and what it leaves open is refused: I-JSON, RFC 7493 section 2): no duplicate
 * members once escapes are read, no half surrogate pairs, everything bounded by `limits.ts`. One pass; the values down
 * to a level are recorded on a tape. One scanner serves one reader: its next scan overwrites the tape.
 */
export class JsonScanner {
  readonly tape = new JsonTape();
  readonly #keys = new ObjectKeys();
  /** Of every open container: its node on the tape or `NONE`, where its keys begin, what it is, whether a key has an escape. */
  readonly #nodes = new Int32Array(JSON_DEPTH_MAX);
  readonly #bases = new Int32Array(JSON_DEPTH_MAX);
  readonly #kinds = new Uint8Array(JSON_DEPTH_MAX);
  readonly #escaped = new Uint8Array(JSON_DEPTH_MAX);
  #depth = 0;
  #members = 0;
  #keyStart = NONE;
  #keyEnd = NONE;
  #failure: JsonFailure = 'bad-json';
  #failedAt = 0;

  /** Byte offset of what the last scan refused. */
  get failedAt(): number {
    return this.#failedAt;
  }

  /**
   * HOT PATH. Scans a whole text. `levels`: how deep values are recorded; 1 is the root alone. Allocates nothing but for
   * objects of many or escaped keys. Returns null, with the tape filled, or the reason.
   */
  scan(bytes: Buffer, levels: number): JsonFailure | null {
    if (!isUtf8(bytes)) {
      this.#fail('bad-utf8', 0);
      return this.#failure;
    }
    const end = this.#read(bytes, 0, levels);
    return end === FAILED ? this.#failure : this.#endsAt(skipSpace(bytes, end), bytes.length);
  }

  /** As `scan`, of one value that stands at `start` to `end` in a text that is known to be UTF-8. */
  scanWithin(bytes: Buffer, start: number, end: number, levels: number): JsonFailure | null {
    const at = this.#read(bytes, start, levels);
    return at === FAILED ? this.#failure : this.#endsAt(at, end);
  }

  #endsAt(at: number, end: number): JsonFailure | null {
    if (at === end) return null;
    this.#fail('bad-json', at);
    return this.#failure;
  }

  #read(bytes: Buffer, start: number, levels: number): number {
    this.tape.clear();
    this.#keys.clear();
    this.#depth = 0;
    this.#members = 0;
    this.#keyStart = NONE;
    return this.#values(bytes, start, levels);
  }

  /** Reads the root and all that is in it; returns the offset after it, or `FAILED`. */
  #values(bytes: Buffer, start: number, levels: number): number {
    let at = skipSpace(bytes, start);
    let values = 0;
    for (;;) {
      if (++values > JSON_VALUES_MAX) return this.#fail('too-many-values', at);
      const byte = bytes[at] ?? END;
      if (byte === LEFT_BRACE || byte === LEFT_BRACKET) {
        at = this.#open(bytes, at, byte, this.#depth < levels);
        if (at === FAILED) return FAILED;
        if (bytes[at] !== this.#closing()) {
          if (this.#kinds[this.#depth - 1] === OBJECT) at = this.#key(bytes, at);
          if (at === FAILED) return FAILED;
          continue;
        }
      } else {
        at = this.#scalar(bytes, at, byte, this.#depth < levels);
        if (at === FAILED) return FAILED;
      }
      // After a value: close what ends here, then a comma and the next value must follow.
      for (;;) {
        if (this.#depth === 0) return at;
        at = skipSpace(bytes, at);
        if (bytes[at] !== this.#closing()) break;
        if (!this.#close(bytes, at)) return FAILED;
        at++;
      }
      if (bytes[at] !== COMMA) return this.#fail('bad-json', at);
      at = skipSpace(bytes, at + 1);
      if (this.#kinds[this.#depth - 1] === OBJECT) at = this.#key(bytes, at);
      else this.#keyStart = NONE;
      if (at === FAILED) return FAILED;
    }
  }

  /** Enters an object or array; returns the offset of what follows its bracket. */
  #open(bytes: Buffer, at: number, byte: number, recorded: boolean): number {
    if (this.#depth === JSON_DEPTH_MAX) return this.#fail('too-deep', at);
    const kind = byte === LEFT_BRACE ? OBJECT : ARRAY;
    this.#nodes[this.#depth] = recorded ? this.tape.open(kind, this.#keyStart, this.#keyEnd, at) : NONE;
    this.#bases[this.#depth] = this.#keys.length;
    this.#kinds[this.#depth] = kind;
    this.#escaped[this.#depth] = 0;
    this.#depth++;
    this.#keyStart = NONE;
    return skipSpace(bytes, at + 1);
  }

  /** Leaves the innermost container, whose bracket is at `at`. False: two of its keys are equal. */
  #close(bytes: Buffer, at: number): boolean {
    const depth = --this.#depth;
    const node = this.#nodes[depth] ?? NONE;
    if (node !== NONE) this.tape.close(node, at + 1);
    if (this.#kinds[depth] === ARRAY) return true;
    const repeated = this.#keys.pop(bytes, this.#bases[depth] ?? 0, this.#escaped[depth] === 1);
    if (repeated === NONE) return true;
    this.#fail('duplicate-key', repeated);
    return false;
  }

  #closing(): number {
    return this.#kinds[this.#depth - 1] === OBJECT ? RIGHT_BRACE : RIGHT_BRACKET;
  }

  /** Reads a key and its colon; returns the offset of the value. */
  #key(bytes: Buffer, at: number): number {
    if (bytes[at] !== QUOTE) return this.#fail('bad-json', at);
    if (++this.#members > JSON_MEMBERS_MAX) return this.#fail('too-many-members', at);
    let end = skipPlain(bytes, at + 1);
    if (bytes[end] === QUOTE) end++;
    else {
      end = endOfEscapedString(bytes, end);
      if (end < 0) return this.#fail(end === LONE_SURROGATE ? 'lone-surrogate' : 'bad-json', at);
      this.#escaped[this.#depth - 1] = 1;
    }
    if (end - at > JSON_KEY_BYTES_MAX) return this.#fail('too-long-key', at);
    this.#keys.push(at, end);
    this.#keyStart = at;
    this.#keyEnd = end;
    const colon = skipSpace(bytes, end);
    if (bytes[colon] !== COLON) return this.#fail('bad-json', colon);
    return skipSpace(bytes, colon + 1);
  }

  /** Reads a string, number, true, false or null; returns the offset after it. */
  #scalar(bytes: Buffer, at: number, byte: number, recorded: boolean): number {
    let kind: number;
    let end: number;
    if (byte === QUOTE) {
      kind = STRING;
      end = skipPlain(bytes, at + 1);
      if (bytes[end] === QUOTE) end++;
      else {
        kind = ESCAPED_STRING;
        end = endOfEscapedString(bytes, end);
      }
      if (end - at > JSON_STRING_BYTES_MAX) return this.#fail('too-long-string', at);
    } else if (byte === 0x74) {
      kind = TRUE;
      end = endOfWord(bytes, at, 'true');
    } else if (byte === 0x66) {
      kind = FALSE;
      end = endOfWord(bytes, at, 'false');
    } else if (byte === 0x6e) {
      kind = NULL;
      end = endOfWord(bytes, at, 'null');
    } else {
      kind = NUMBER;
      end = endOfNumber(bytes, at);
      if (end - at > JSON_NUMBER_BYTES_MAX) return this.#fail('too-long-number', at);
    }
    if (end < 0) return this.#fail(end === LONE_SURROGATE ? 'lone-surrogate' : 'bad-json', at);
    if (recorded) this.tape.close(this.tape.open(kind, this.#keyStart, this.#keyEnd, at), end);
    return end;
  }

  #fail(reason: JsonFailure, at: number): typeof FAILED {
    this.#failure = reason;
    this.#failedAt = at;
    return FAILED;
  }
}
