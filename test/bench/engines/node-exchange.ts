import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT_STALL_MS_MAX, REQUEST_BODY_BYTES_MAX } from '../../../dataplane/limits.ts';
import type { AnswerBody, BodyResult, Exchange, Header } from '../../../dataplane/http/exchange.ts';
import { bytesOf, joinPieces } from '../../../dataplane/http/join-pieces.ts';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';

/** An exchange over `node:http`. */
export class NodeExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly peer: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #bodyRead = false;
  #stall: NodeJS.Timeout | null = null;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    const target = request.url ?? '';
    const question = target.indexOf('?');
    this.method = request.method ?? '';
    this.path = question < 0 ? target : target.slice(0, question);
    this.query = question < 0 ? '' : target.slice(question + 1);
    this.headers = new RequestHeaders(request.rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text)));
    this.peer = request.socket.remoteAddress ?? '';
    request.on('error', () => undefined);
    response.on('error', () => undefined);
  }

  readBody(bytesMax: number): Promise<BodyResult> {
    this.#bodyRead = true;
    const declared = Number(this.headers.get('content-length') ?? 0);
    if (declared > bytesMax) return Promise.resolve({ ok: false, reason: 'body-too-large', bytes: declared });
    return new Promise((resolve) => {
      const request = this.#request;
      const pieces: Buffer[] = [];
      let bytes = 0;
      request.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > bytesMax) resolve({ ok: false, reason: 'body-too-large', bytes });
        else pieces.push(piece);
      });
      request.on('end', () => resolve({ ok: true, body: joinPieces(pieces) }));
      request.on('close', () => resolve({ ok: false, reason: 'body-incomplete', bytes }));
    });
  }

  answer(status: number, headers: readonly Header[], content: AnswerBody): void {
    if (!this.#mayStart()) return;
    const pieces = content === null ? [] : Array.isArray(content) ? content : [bytesOf(content)];
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const bodyless = status === 204 || status === 304;
    const all: string[] = bodyless ? [] : ['content-length', String(length)];
    for (const [name, value] of headers) all.push(name, value);
    this.#discardBody(all);
    this.#response.writeHead(status, all);
    pieces.forEach((piece, at) => (at < pieces.length - 1 ? this.#response.write(piece) : this.#response.end(piece)));
    if (pieces.length === 0) this.#response.end();
    this.#watchStall();
  }

  open(status: number, headers: readonly Header[]): void {
    if (!this.#mayStart()) return;
    this.#response.writeHead(status, headers.flat());
    this.#response.flushHeaders();
  }

  write(piece: Buffer | string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return true;
    const more = this.#response.write(piece);
    if (!more) this.#watchStall();
    return more;
  }

  end(): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.#response.end();
    this.#watchStall();
  }

  cut(): void {
    this.#request.socket.destroy();
  }

  onClose(listener: (complete: boolean) => void): void {
    this.#response.once('close', () => {
      if (this.#stall !== null) clearTimeout(this.#stall);
      listener(this.#response.writableFinished);
    });
  }

  onDrain(listener: () => void): void {
    this.#response.on('drain', () => {
      if (this.#stall !== null) clearTimeout(this.#stall);
      this.#stall = null;
      listener();
    });
  }

  #mayStart(): boolean {
    return !this.#response.destroyed && !this.#response.headersSent;
  }

  /** A client that takes nothing must not hold the answer, and the upstream behind it, for ever. */
  #watchStall(): void {
    if (this.#response.writableFinished) return;
    this.#stall ??= setTimeout(() => this.cut(), CLIENT_STALL_MS_MAX).unref();
  }

  /**
   * An answer that does not wait for the body lets a small rest of it pass, so that the client gets to read the answer
   * and keeps its connection; a large rest costs the connection.
   */
  #discardBody(headers: string[]): void {
    if (this.#request.complete) return;
    const declared = Number(this.headers.get('content-length') ?? 0);
    if (this.#bodyRead || declared > REQUEST_BODY_BYTES_MAX) headers.push('connection', 'close');
    let bytes = 0;
    this.#request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > REQUEST_BODY_BYTES_MAX) this.cut();
    });
  }
}
