import type { AnswerBody, BodyResult, Exchange, Header } from '../http/exchange.ts';
import { bytesOf } from '../http/join-pieces.ts';
import type { RequestHeaders } from '../http/request-headers.ts';
import { JsonScanner } from '../json/scanner.ts';
import { ARRAY } from '../json/tape.ts';
import { BATCH_MESSAGES_MAX } from '../limits.ts';
import type { Turn } from './turn.ts';

/** The one revision whose messages may come several in one body (2025-03-26 basic/transports, Sending Messages). */
export const BATCH_VERSION = '2025-03-26';

const scanner = new JsonScanner();
const ARRAY_AND_ELEMENTS = 2;

/** The messages of a batch, as slices of the body; null when it is empty, too long, or none at all. */
export function readBatch(body: Buffer): readonly Buffer[] | null {
  if (scanner.scan(body, ARRAY_AND_ELEMENTS) !== null) return null;
  const { tape } = scanner;
  if (tape.kind(0) !== ARRAY) return null;
  const messages: Buffer[] = [];
  for (let node = 1; node < tape.next(0); node = tape.next(node)) {
    if (messages.length >= BATCH_MESSAGES_MAX) return null;
    messages.push(body.subarray(tape.start(node), tape.end(node)));
  }
  return messages.length === 0 ? null : messages;
}

/** The answers to a batch: one stream, in which each answer is sent as soon as it is there. */
export class BatchAnswer {
  readonly #turn: Turn;
  #left: number;
  #opened = false;

  constructor(turn: Turn, messages: number) {
    this.#turn = turn;
    this.#left = messages;
  }

  /** An answer, whole. */
  message(body: Buffer): void {
    this.open();
    this.#turn.event(body);
  }

  open(): void {
    this.#opened = true;
    this.#turn.stream();
  }

  /** Events that are written already. */
  events(piece: Buffer | string): boolean {
    return this.#turn.exchange.write(piece);
  }

  /** One message has its answer, or wants none; when all have, the stream ends. */
  done(): void {
    this.#left--;
    if (this.#left > 0 || this.#turn.over) return;
    this.#turn.record.outcome = 'ok';
    if (this.#opened) this.#turn.interrupt();
    else this.#turn.answer(202, [], null);
  }
}

/** One message of a batch, as if it had come by itself. */
export class BatchedExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly peer: string;
  readonly #whole: Exchange;
  readonly #answer: BatchAnswer;
  readonly #body: Buffer;
  #over = false;

  constructor(whole: Exchange, answer: BatchAnswer, body: Buffer) {
    this.method = whole.method;
    this.path = whole.path;
    this.query = whole.query;
    this.headers = whole.headers;
    this.peer = whole.peer;
    this.#whole = whole;
    this.#answer = answer;
    this.#body = body;
  }

  readBody(): BodyResult {
    return { ok: true, body: this.#body };
  }

  answer(_status: number, _headers: readonly Header[], body: AnswerBody): void {
    if (this.#over) return;
    if (body !== null) this.#answer.message(bytesOf(body));
    this.end();
  }

  open(): void {
    this.#answer.open();
  }

  write(piece: Buffer | string): boolean {
    return this.#over || this.#answer.events(piece);
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#answer.done();
  }

  cut(): void {
    this.#whole.cut();
  }

  onClose(listener: (complete: boolean) => void): void {
    this.#whole.onClose(listener);
  }

  onDrain(listener: () => void): void {
    this.#whole.onDrain(listener);
  }
}
