import { REQUEST_BODY_BYTES_MAX, UNREAD_BYTES_MAX } from '../limits.ts';
import { BodyDecoder, MALFORMED, type Framing } from './body-decoder.ts';
import type { BodyResult } from './exchange.ts';
import { joinPieces } from './join-pieces.ts';

/**
 * The body of one request: kept while somebody may still ask for it, dropped once nobody will. Little is kept before it is
 * asked for, since nobody knows yet who sends it.
 */
export class RequestBody {
  readonly #decoder: BodyDecoder;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;
  #state: 'unasked' | 'asked' | 'unwanted' = 'unasked';
  #failed = false;
  #refused = false;
  #bytesMax = REQUEST_BODY_BYTES_MAX;
  #settle: ((result: BodyResult) => void) | null = null;

  constructor(framing: Framing) {
    this.#decoder = new BodyDecoder(framing, false);
  }

  /** Nothing more of it will arrive. */
  get done(): boolean {
    return this.#decoder.done || this.#failed;
  }

  /** Whether what follows on the connection can be told from it, and is worth waiting for. */
  get leavesConnectionUsable(): boolean {
    return !this.#failed && !this.#refused;
  }

  /** Whether nobody asked for it so far. */
  get unasked(): boolean {
    return this.#state === 'unasked';
  }

  /** As much of it is kept as may be kept before somebody asks. */
  get full(): boolean {
    return this.#state === 'unasked' && this.#bytes >= UNREAD_BYTES_MAX && !this.done;
  }

  /** More of it arrived than is worth reading for the sake of the connection. */
  get tedious(): boolean {
    return this.#dropped > REQUEST_BODY_BYTES_MAX;
  }

  /** Takes bytes from `at` on; returns the offset of the first that is not the body's. */
  feed(bytes: Buffer, at: number): number {
    let next = at;
    while (next < bytes.length && !this.done) {
      next = this.#decoder.next(bytes, next);
      if (next === MALFORMED) {
        this.fail();
        return bytes.length;
      }
      const { start, end } = this.#decoder;
      if (end > start) this.#keep(bytes.subarray(start, end));
    }
    if (this.#decoder.done && this.#settle !== null) this.#finish({ ok: true, body: joinPieces(this.#pieces) });
    return next;
  }

  /** The body: at once if it is here, else once it is. `declared`: its length, where the client said it. */
  read(bytesMax: number, declared: Framing): BodyResult | Promise<BodyResult> {
    this.#state = 'asked';
    this.#bytesMax = bytesMax;
    if (typeof declared === 'number' && declared > bytesMax) return this.#tooLarge(declared);
    if (this.#bytes > bytesMax) return this.#tooLarge(this.#bytes);
    if (this.#failed) return { ok: false, reason: 'body-incomplete', bytes: this.#bytes };
    if (this.#decoder.done) return { ok: true, body: joinPieces(this.#pieces) };
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Nobody will ask any more: what still comes is read past. */
  drop(): void {
    this.#state = 'unwanted';
    this.#pieces = [];
  }

  /** The rest will not arrive, or cannot be read. */
  fail(): void {
    if (this.done) return;
    this.#failed = true;
    this.#finish({ ok: false, reason: 'body-incomplete', bytes: this.#bytes });
  }

  #keep(piece: Buffer): void {
    if (this.#state === 'unwanted') {
      this.#dropped += piece.length;
      return;
    }
    this.#bytes += piece.length;
    if (this.#bytes > this.#bytesMax) this.#finish(this.#tooLarge(this.#bytes));
    else this.#pieces.push(piece);
  }

  #tooLarge(bytes: number): BodyResult {
    this.#refused = true;
    this.drop();
    return { ok: false, reason: 'body-too-large', bytes };
  }

  #finish(result: BodyResult): void {
    this.#settle?.(result);
    this.#settle = null;
  }
}
