import { LOWER_E, POINT, UPPER_E } from '../json/bytes.ts';
import { ESCAPED_STRING, NONE, NULL, NUMBER, OBJECT, STRING, type JsonTape } from '../json/tape.ts';
import { spanOf, textOf, type Level, type Span, type TextSpan } from './scan-level.ts';

/**
 * Reads members of known type from scanned levels. A member of another type is no member: it is remembered in `wrong`,
 * and the message refused, since the bytes are forwarded and whoever reads them next might accept that type.
 */
export class Fields {
  readonly #body: Buffer;
  readonly #tape: JsonTape;
  /** Byte offset of a value of a wrong type, or `NONE`. */
  wrong: number = NONE;

  constructor(body: Buffer, tape: JsonTape) {
    this.#body = body;
    this.#tape = tape;
  }

  /** The node of an object, or `NONE`. */
  objectNode(level: Level, position: number): number {
    const node = level.node(position);
    if (node === NONE || this.#tape.kind(node) === OBJECT) return node;
    return this.#refuse(node);
  }

  object(level: Level, position: number): Span | null {
    const node = this.objectNode(level, position);
    return node === NONE ? null : spanOf(this.#tape, node);
  }

  text(level: Level, position: number): string | null {
    const node = this.#stringNode(level, position);
    return node === NONE ? null : textOf(this.#body, this.#tape, node);
  }

  textSpan(level: Level, position: number): TextSpan | null {
    const node = this.#stringNode(level, position);
    if (node === NONE) return null;
    return { text: textOf(this.#body, this.#tape, node), span: spanOf(this.#tape, node) };
  }

  /** As `textSpan`, of a member that some servers write as null where they have none. */
  textSpanOrNull(level: Level, position: number): TextSpan | null {
    const node = level.node(position);
    return node !== NONE && this.#tape.kind(node) === NULL ? null : this.textSpan(level, position);
  }

  /** An id or progress token: a string, or a number written without point and exponent. */
  id(level: Level, position: number): Span | null {
    const node = level.node(position);
    if (node === NONE) return null;
    const kind = this.#tape.kind(node);
    if (kind === STRING || kind === ESCAPED_STRING || (kind === NUMBER && this.#isInteger(node))) {
      return spanOf(this.#tape, node);
    }
    this.#refuse(node);
    return null;
  }

  #stringNode(level: Level, position: number): number {
    const node = level.node(position);
    if (node === NONE) return NONE;
    const kind = this.#tape.kind(node);
    return kind === STRING || kind === ESCAPED_STRING ? node : this.#refuse(node);
  }

  #isInteger(node: number): boolean {
    for (let at = this.#tape.start(node); at < this.#tape.end(node); at++) {
      const byte = this.#body[at];
      if (byte === POINT || byte === LOWER_E || byte === UPPER_E) return false;
    }
    return true;
  }

  #refuse(node: number): typeof NONE {
    this.wrong = this.#tape.start(node);
    return NONE;
  }
}
