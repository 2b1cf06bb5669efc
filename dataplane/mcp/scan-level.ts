import type { KnownKeys } from '../json/known-keys.ts';
import { NONE, type JsonTape } from '../json/tape.ts';
import { stringText } from '../json/text.ts';

/** A place in a body: byte offsets, the end exclusive. Of a string value, quotes included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A string value: what it says, and where its token is. */
export interface TextSpan {
  readonly text: string;
  readonly span: Span;
}

/**
 * The members of one scanned object that have known keys, by the position of the key. Filled anew for each message, so
 * nothing is allocated per message.
 */
export class Level {
  readonly #keys: KnownKeys;
  readonly #nodes: Int32Array;

  constructor(keys: KnownKeys) {
    this.#keys = keys;
    this.#nodes = new Int32Array(keys.names.length);
  }

  clear(): void {
    // For so few, `fill` costs more.
    for (let position = 0; position < this.#nodes.length; position++) this.#nodes[position] = NONE;
  }

  /** HOT PATH. Reads the members of an object; returns one whose key resembles a known one, or `NONE`. */
  read(bytes: Buffer, tape: JsonTape, object: number): number {
    this.clear();
    const after = tape.next(object);
    for (let member = object + 1; member < after; member = tape.next(member)) {
      const start = tape.keyStart(member);
      const end = tape.keyEnd(member);
      const known = this.#keys.indexOf(bytes, start, end);
      if (known >= 0) this.#nodes[known] = member;
      else if (this.#keys.resembled(bytes, start, end) !== null) return member;
    }
    return NONE;
  }

  /** The tape's node of the member whose key has that position, or `NONE`. */
  node(position: number): number {
    return this.#nodes[position] ?? NONE;
  }
}

export function spanOf(tape: JsonTape, node: number): Span {
  return { start: tape.start(node), end: tape.end(node) };
}

export function textOf(bytes: Buffer, tape: JsonTape, node: number): string {
  return stringText(bytes, tape.start(node), tape.end(node));
}
