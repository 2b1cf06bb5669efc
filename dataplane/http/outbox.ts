import type { Writable } from 'node:stream';
import { JOINED_BYTES_MAX } from '../limits.ts';

/** Bytes, or text that is Latin-1. */
export type Piece = Buffer | string;

/** Whose owner is told how sending goes. */
export interface OutboxOwner {
  /** What was given as the last of something has left this process. */
  lastSent(): void;
  /** The other end is slow: the socket will say `drain`. */
  slow(): void;
}

/** Those with something to send, in the order in which they got it. */
let due: Outbox[] = [];

function sendDue(): void {
  const now = due;
  due = [];
  for (const outbox of now) outbox.send();
}

/**
 * HOT PATH. What one socket is to send. It leaves once all events that arrived together were handled, in one call of the
 * operating system for each socket, and the calls right after each other: a call that wakes a sleeping process costs several
 * times one that finds it awake, and these calls are most of what a proxied request costs.
 */
export class Outbox {
  readonly #socket: Writable;
  readonly #owner: OutboxOwner | null;
  readonly #onFlushed = (problem?: Error | null): void => {
    if (problem === undefined || problem === null) this.#owner?.lastSent();
  };
  #pieces: Piece[] = [];
  #bytes = 0;
  #isLast = false;

  constructor(socket: Writable, owner: OutboxOwner | null) {
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Bytes that have not left this process. */
  get bytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Whether more may be added without waiting for the socket's `drain`. */
  get hasRoom(): boolean {
    return this.bytes < this.#socket.writableHighWaterMark;
  }

  /** Adds a piece. */
  add(piece: Piece): void {
    if (this.#pieces.length === 0) {
      if (due.length === 0) setImmediate(sendDue);
      due.push(this);
    }
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** The owner is told when all that was added so far has left this process. */
  addLast(piece: Piece): void {
    this.add(piece);
    this.#isLast = true;
  }

  /** Sends now. */
  send(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    const bytes = this.#bytes;
    const flushed = this.#isLast ? this.#onFlushed : undefined;
    this.#pieces = [];
    this.#bytes = 0;
    this.#isLast = false;
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    const flows = this.#write(pieces, bytes, flushed);
    if (!flows || (flushed !== undefined && this.#socket.writableLength > 0)) this.#owner?.slow();
  }

  #write(pieces: readonly Piece[], bytes: number, flushed: ((problem?: Error | null) => void) | undefined): boolean {
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) return this.#socket.write(first, 'latin1', flushed);
    if (bytes <= JOINED_BYTES_MAX) return this.#socket.write(join(pieces, bytes), 'latin1', flushed);
    this.#socket.cork();
    let flows = true;
    pieces.forEach((piece, at) => {
      flows = this.#socket.write(piece, 'latin1', at === pieces.length - 1 ? flushed : undefined);
    });
    this.#socket.uncork();
    return flows;
  }
}

/** One buffer of small pieces: a list of buffers has a price too. */
function join(pieces: readonly Piece[], bytes: number): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const piece of pieces) {
    at += typeof piece === 'string' ? joined.write(piece, at, 'latin1') : piece.copy(joined, at);
  }
  return joined;
}
