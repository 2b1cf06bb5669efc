import { CHUNK_EXTENSION_BYTES_MAX, CHUNK_SIZE_DIGITS_MAX, TRAILER_BYTES_MAX } from '../limits.ts';

/** How a body ends (RFC 9112 section 6): after so many bytes, after its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const TAB = 0x09;

type State =
  | 'counted'
  | 'to-the-end'
  | 'size-first'
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'chunk'
  | 'chunk-cr'
  | 'chunk-lf'
  | 'trailer-first'
  | 'trailer'
  | 'trailer-lf'
  | 'last-lf';

/** Returned by `next` for bytes that are no such body. */
export const MALFORMED = -1;

/**
 * Finds the content of one message in the bytes of a connection. `lenient`: chunk extensions and trailers are skipped, as
 * every recipient must, within bounds; otherwise they are malformed, since nobody who calls an MCP server sends any, and
 * they are known for being read in different ways.
 */
export class BodyDecoder {
  /** The content that the last `next` found; empty where the two are equal. */
  start = 0;
  end = 0;
  #state: State;
  #rest: number;
  #digits = 0;
  #skipped = 0;
  #done: boolean;
  readonly #lenient: boolean;

  constructor(framing: Framing, lenient: boolean) {
    this.#lenient = lenient;
    this.#state = framing === 'chunked' ? 'size-first' : framing === 'close' ? 'to-the-end' : 'counted';
    this.#rest = typeof framing === 'number' ? framing : 0;
    this.#done = framing === 0;
  }

  /** All of the body was read. One that goes to the end of the connection never is. */
  get done(): boolean {
    return this.#done;
  }

  /** Whether the body ends with its connection. */
  get endsWithConnection(): boolean {
    return this.#state === 'to-the-end';
  }

  /**
   * HOT PATH. Reads on from `at`, up to the end of the next piece of content, of the body, or of the bytes. Returns the
   * offset of what was not read, or `MALFORMED`.
   */
  next(bytes: Buffer, at: number): number {
    this.start = 0;
    this.end = 0;
    while (at < bytes.length && !this.#done) {
      if (this.#state === 'chunk' || this.#state === 'counted' || this.#state === 'to-the-end') {
        return this.#content(bytes, at);
      }
      if (!this.#framing(bytes[at] ?? 0)) return MALFORMED;
      at++;
    }
    return at;
  }

  #content(bytes: Buffer, at: number): number {
    const left = bytes.length - at;
    const length = this.#state === 'to-the-end' || left < this.#rest ? left : this.#rest;
    this.start = at;
    this.end = at + length;
    if (this.#state === 'to-the-end') return this.end;
    this.#rest -= length;
    if (this.#rest === 0) {
      if (this.#state === 'chunk') this.#state = 'chunk-cr';
      else this.#done = true;
    }
    return this.end;
  }

  /** Reads one byte between pieces of content; false: it may not stand there. */
  #framing(byte: number): boolean {
    switch (this.#state) {
      case 'size-first':
      case 'size':
        return this.#size(byte);
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        return byte === CR || this.#skip(byte, CHUNK_EXTENSION_BYTES_MAX);
      case 'size-lf':
        this.#state = this.#rest === 0 ? 'trailer-first' : 'chunk';
        this.#skipped = 0;
        return byte === LF;
      case 'chunk-cr':
        this.#state = 'chunk-lf';
        return byte === CR;
      case 'chunk-lf':
        this.#state = 'size-first';
        return byte === LF;
      case 'trailer-first':
        this.#state = byte === CR ? 'last-lf' : 'trailer';
        return byte === CR || this.#skip(byte, TRAILER_BYTES_MAX);
      case 'trailer':
        if (byte === CR) this.#state = 'trailer-lf';
        return byte === CR || this.#skip(byte, TRAILER_BYTES_MAX);
      case 'trailer-lf':
        this.#state = 'trailer-first';
        return byte === LF;
      case 'last-lf':
        this.#done = byte === LF;
        return this.#done;
      case 'chunk':
      case 'counted':
      case 'to-the-end':
        return false;
    }
  }

  #size(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#rest = this.#state === 'size-first' ? digit : this.#rest * 16 + digit;
      this.#digits = this.#state === 'size-first' ? 1 : this.#digits + 1;
      this.#state = 'size';
      return this.#digits <= CHUNK_SIZE_DIGITS_MAX;
    }
    if (this.#state === 'size-first') return false;
    this.#skipped = 0;
    if (byte === CR) {
      this.#state = 'size-lf';
      return true;
    }
    this.#state = 'extension';
    return this.#lenient && byte === SEMICOLON;
  }

  #skip(byte: number, bytesMax: number): boolean {
    if (!this.#lenient || byte === 0x7f || (byte < 0x20 && byte !== TAB)) return false;
    return ++this.#skipped <= bytesMax;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
