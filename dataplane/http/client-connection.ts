import type { Socket } from 'node:net';
import {
  CLIENT_IDLE_MS_MAX,
  CLIENT_STALL_MS_MAX,
  CLOSE_LINGER_MS_MAX,
  REQUEST_BODY_BYTES_MAX,
  REQUEST_HEADER_BYTES_MAX,
  REQUEST_HEADERS_MS_MAX,
  REQUEST_MS_MAX,
  UNREAD_BYTES_MAX,
} from '../limits.ts';
import { ClientExchange, type ExchangeConnection } from './client-exchange.ts';
import type { Exchange } from './exchange.ts';
import { canBecomeHead } from './fields.ts';
import { Outbox, type OutboxOwner } from './outbox.ts';
import { RequestBody } from './request-body.ts';
import { parseRequestHead } from './request-head.ts';
import { renderResponseHead } from './response-head.ts';

/** What the connections of one listener share. */
export interface Listener {
  /** Milliseconds, as of the last sweep. */
  readonly nowMs: number;
  readonly date: string;
  /** The proxy is about to stop. */
  readonly isClosing: boolean;
  handle(exchange: Exchange): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NEVER = Number.POSITIVE_INFINITY;
const NO_BYTES = Buffer.alloc(0);
const TOO_LARGE = { ok: false, status: 431 } as const;

/**
 * One connection of a client: requests are read from it one by one, each after the one before it was answered. What is not
 * exactly a request ends the connection, since nobody can say where the next one would begin.
 */
export class ClientConnection implements ExchangeConnection, OutboxOwner {
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly outbox: Outbox;
  /** Received, and not yet read: the beginning of a head, or what came after a request that is still being answered. */
  #waiting: Buffer = NO_BYTES;
  #exchange: ClientExchange | null = null;
  #isClosing = false;
  #closingBytes = 0;
  #isPaused = false;
  #sent = false;
  #deadlineMs: number;

  constructor(socket: Socket, listener: Listener) {
    this.#socket = socket;
    this.#listener = listener;
    this.outbox = new Outbox(socket, this);
    this.#deadlineMs = listener.nowMs + REQUEST_HEADERS_MS_MAX;
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('drain', () => this.#drained());
    socket.on('timeout', () => this.cut());
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
  }

  get peer(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get date(): string {
    return this.#listener.date;
  }

  get gone(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  get isLast(): boolean {
    return this.#listener.isClosing;
  }

  readOn(): void {
    this.#steerReading();
  }

  /** A client that takes nothing must not hold the answer, and the upstream behind it, for ever. */
  slow(): void {
    this.#socket.setTimeout(CLIENT_STALL_MS_MAX);
  }

  cut(): void {
    this.#socket.destroy();
  }

  /** Ends the connection if its time is up; called now and then. */
  sweep(passedMs: number): void {
    if (passedMs < this.#deadlineMs) return;
    const exchange = this.#exchange;
    if (exchange !== null && !exchange.answered) {
      exchange.body.fail();
      this.#deadlineMs = NEVER;
    } else if (exchange === null && !this.#isClosing && this.#waiting.length > 0) this.#refuse(408);
    else this.cut();
  }

  /** Ends the connection unless a request is under way on it; after that one it ends as well. */
  endWhenIdle(): void {
    if (this.#exchange === null) this.cut();
  }

  #receive(piece: Buffer): void {
    if (this.#isClosing) {
      this.#closingBytes += piece.length;
      if (this.#closingBytes > REQUEST_BODY_BYTES_MAX) this.cut();
      return;
    }
    const waited = this.#waiting.length;
    const bytes = waited === 0 ? piece : Buffer.concat([this.#waiting, piece]);
    this.#waiting = NO_BYTES;
    this.#advance(bytes, waited);
  }

  /** Reads on. `searched`: so many of the bytes are known not to end a head. */
  #advance(bytes: Buffer, searched: number): void {
    const exchange = this.#exchange;
    const read = exchange === null ? this.#readHead(bytes, searched) : this.#readBody(exchange, bytes);
    if (this.#isClosing) return;
    if (read < bytes.length) this.#waiting = bytes.subarray(read);
    this.#steerReading();
  }

  /** Begins a request, if its head is complete. Returns the offset of what was not read. */
  #readHead(bytes: Buffer, searched: number): number {
    const found = bytes.indexOf(HEAD_END, Math.max(0, searched - HEAD_END.length + 1));
    const end = found + HEAD_END.length;
    if (found < 0) {
      if (bytes.length > REQUEST_HEADER_BYTES_MAX) this.#refuse(431);
      else if (!canBecomeHead(bytes, searched)) this.#refuse(400);
      else if (searched === 0) {
        this.#deadlineMs = Math.min(this.#deadlineMs, this.#listener.nowMs + REQUEST_HEADERS_MS_MAX);
      }
      return 0;
    }
    const head = end > REQUEST_HEADER_BYTES_MAX ? TOO_LARGE : parseRequestHead(bytes, end);
    if (!head.ok) {
      this.#refuse(head.status);
      return 0;
    }
    const body = new RequestBody(head.framing);
    const exchange = new ClientExchange(head, body, this);
    const after = body.feed(bytes, end);
    this.#exchange = exchange;
    this.#sent = false;
    this.#deadlineMs = body.done ? NEVER : this.#listener.nowMs + REQUEST_MS_MAX;
    this.#listener.handle(exchange);
    return after;
  }

  #readBody(exchange: ClientExchange, bytes: Buffer): number {
    const { body } = exchange;
    if (body.done) return 0;
    const after = body.feed(bytes, 0);
    if (body.tedious) this.cut();
    if (!body.done) return after;
    this.#deadlineMs = NEVER;
    // The answer did not wait for it.
    if (this.#sent) setImmediate(() => this.#next());
    return after;
  }

  /** The whole answer left this process. */
  lastSent(): void {
    const exchange = this.#exchange;
    if (exchange === null || this.#sent || this.#socket.destroyed) return;
    this.#sent = true;
    this.#socket.setTimeout(0);
    exchange.closed(true);
    if (!exchange.keepAlive || this.#listener.isClosing) this.#endSoon();
    else if (exchange.body.done) this.#next();
  }

  /** Goes on to the next request. */
  #next(): void {
    if (this.#isClosing) return;
    this.#exchange = null;
    this.#deadlineMs = this.#listener.nowMs + CLIENT_IDLE_MS_MAX;
    const bytes = this.#waiting;
    if (bytes.length === 0) return;
    this.#waiting = NO_BYTES;
    this.#advance(bytes, 0);
  }

  /** Answers what is no request, or never became one. No handler hears of it. */
  #refuse(status: number): void {
    this.outbox.add(renderResponseHead(status, [], 0, false, this.date));
    this.outbox.send();
    this.#endSoon();
  }

  /**
   * Closes this side, and reads past what the client is still sending for a moment: closing at once would make the
   * operating system drop the answer before the client read it (RFC 9112 section 9.6).
   */
  #endSoon(): void {
    this.#isClosing = true;
    this.#waiting = NO_BYTES;
    this.#deadlineMs = this.#listener.nowMs + CLOSE_LINGER_MS_MAX;
    this.#socket.end();
    this.#steerReading();
  }

  #steerReading(): void {
    const full = this.#waiting.length > UNREAD_BYTES_MAX || this.#exchange?.body.full === true;
    if (full && !this.#isClosing && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    } else if ((!full || this.#isClosing) && this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  #drained(): void {
    this.#socket.setTimeout(0);
    this.#exchange?.drained();
  }

  #closed(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    exchange.body.fail();
    if (!this.#sent) exchange.closed(false);
    this.#exchange = null;
  }
}
