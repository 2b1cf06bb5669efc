import { REQUEST_BODY_BYTES_MAX } from '../limits.ts';
import type { AnswerBody, BodyResult, Exchange, Header } from './exchange.ts';
import type { Outbox } from './outbox.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import type { RequestHeaders } from './request-headers.ts';
import { renderResponseHead, type AnswerFraming } from './response-head.ts';

/** The connection that an exchange takes place on. */
export interface ExchangeConnection {
  readonly peer: string;
  /** The `Date` field line of now, with its line end. */
  readonly date: string;
  /** Nothing can be sent any more. */
  readonly gone: boolean;
  /** No further request is wanted on it: the proxy is about to stop. */
  readonly isLast: boolean;
  /** Somebody waits for the body, or nobody will: reading goes on. */
  readOn(): void;
  readonly outbox: Outbox;
  cut(): void;
}

const NO_CONTENT: ReadonlySet<number> = new Set([204, 304]);
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const CRLF = '\r\n';

/** One request of a client, and its answer. */
export class ClientExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly body: RequestBody;
  readonly #head: RequestHead;
  readonly #connection: ExchangeConnection;
  #state: 'unanswered' | 'streaming' | 'answered' = 'unanswered';
  #awaitsContinue: boolean;
  #keepAlive: boolean;
  #closeListeners: ((complete: boolean) => void)[] = [];
  /** How it ended; null = it has not. */
  #complete: boolean | null = null;
  #drainListeners: (() => void)[] = [];

  constructor(head: RequestHead, body: RequestBody, connection: ExchangeConnection) {
    const question = head.target.indexOf('?');
    this.method = head.method;
    this.path = question < 0 ? head.target : head.target.slice(0, question);
    this.query = question < 0 ? '' : head.target.slice(question + 1);
    this.headers = head.headers;
    this.body = body;
    this.#head = head;
    this.#awaitsContinue = head.expectsContinue;
    this.#keepAlive = head.keepAlive;
    this.#connection = connection;
  }

  get peer(): string {
    return this.#connection.peer;
  }

  /** Whether the connection may be used again after the answer, as the answer says. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  get answered(): boolean {
    return this.#state === 'answered';
  }

  readBody(bytesMax: number): BodyResult | Promise<BodyResult> {
    const result = this.body.read(bytesMax, this.#head.framing);
    if (this.body.done || !this.body.leavesConnectionUsable) return result;
    if (this.#awaitsContinue) this.#connection.outbox.add(CONTINUE);
    this.#awaitsContinue = false;
    this.#connection.readOn();
    return result;
  }

  answer(status: number, headers: readonly Header[], body: AnswerBody): void {
    if (this.#state !== 'unanswered' || this.#connection.gone) return;
    const content: readonly Buffer[] =
      body === null ? [] : typeof body === 'string' ? [Buffer.from(body)] : Buffer.isBuffer(body) ? [body] : body;
    let length = 0;
    for (const piece of content) length += piece.length;
    const bodyless = NO_CONTENT.has(status);
    const head = this.#start(status, headers, bodyless ? 'none' : length);
    this.#state = 'answered';
    const { outbox } = this.#connection;
    const pieces = bodyless || length === 0 || this.method === 'HEAD' ? [] : content;
    if (pieces.length > 0) outbox.add(head);
    pieces.forEach((piece, at) => (at === pieces.length - 1 ? outbox.addLast(piece) : outbox.add(piece)));
    if (pieces.length === 0) outbox.addLast(head);
  }

  open(status: number, headers: readonly Header[]): void {
    if (this.method === 'HEAD') this.answer(status, headers, null);
    if (this.#state !== 'unanswered' || this.#connection.gone) return;
    const head = this.#start(status, headers, 'chunked');
    this.#state = 'streaming';
    this.#connection.outbox.add(head);
  }

  write(piece: Buffer | string): boolean {
    if (this.#state !== 'streaming' || this.#connection.gone) return true;
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    // An empty chunk would be the last one.
    if (bytes.length === 0) return true;
    const { outbox } = this.#connection;
    outbox.add(`${bytes.length.toString(16)}\r\n`);
    outbox.add(bytes);
    outbox.add(CRLF);
    return outbox.hasRoom;
  }

  end(): void {
    if (this.#state !== 'streaming' || this.#connection.gone) return;
    this.#connection.outbox.addLast(LAST_CHUNK);
    this.#state = 'answered';
  }

  cut(): void {
    this.#connection.cut();
  }

  onClose(listener: (complete: boolean) => void): void {
    // The client may have gone while something was waited for.
    if (this.#complete === null) this.#closeListeners.push(listener);
    else listener(this.#complete);
  }

  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener);
  }

  /** The connection's: there is room again. */
  drained(): void {
    for (const listener of this.#drainListeners) listener();
  }

  /** The connection's: the answer was handed over, or cannot be any more. Listeners are called once. */
  closed(complete: boolean): void {
    this.#complete = complete;
    for (const listener of this.#closeListeners.splice(0)) listener(complete);
  }

  /**
   * Begins the answer. Of a body that nobody waits for, a small rest is read past, so that the client gets to read the
   * answer and keeps its connection; a large rest, or one that may never come, costs the connection.
   */
  #start(status: number, headers: readonly Header[], framing: AnswerFraming): string {
    const { body } = this;
    const { framing: declared } = this.#head;
    if (!body.done) {
      const isLarge = typeof declared === 'number' && declared > REQUEST_BODY_BYTES_MAX;
      if (!body.unasked || isLarge || this.#awaitsContinue) this.#keepAlive = false;
    }
    if (!body.leavesConnectionUsable || this.#connection.isLast) this.#keepAlive = false;
    const head = renderResponseHead(status, headers, framing, this.#keepAlive, this.#connection.date);
    if (!body.done) {
      body.drop();
      this.#connection.readOn();
    }
    return head;
  }
}
