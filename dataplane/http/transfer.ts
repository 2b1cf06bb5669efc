import { HTTP_SWEEP_MS } from '../limits.ts';
import { fieldOf, type AnswerLines } from './answer-head.ts';
import { renderFields } from './fields.ts';
import type { Target } from './target.ts';
import type { UpstreamCall, UpstreamFailure, UpstreamPatience, UpstreamReceiver, UpstreamRequest } from './upstream.ts';

/** What carries a transfer: a pool while it waits for a connection, then that connection. */
export interface Carrier {
  /** As of the last sweep. */
  readonly nowMs: number;
  /** Drops the transfer, which nobody waits for any more. */
  drop(transfer: Transfer): void;
  /** The transfer may go on. */
  wake(transfer: Transfer): void;
}

const NOBODY: UpstreamReceiver = {
  head: () => undefined,
  data: () => undefined,
  end: () => undefined,
  fail: () => undefined,
};

/** One call under way: what it sends, whom it tells, and how long it may take. */
export class Transfer implements UpstreamCall {
  /** The first lines of the request; null where a field cannot be sent. */
  readonly requestHead: string | null;
  readonly body: Buffer | null;
  carrier: Carrier | null = null;
  #receiver: UpstreamReceiver;
  readonly #patience: UpstreamPatience;
  readonly #isIdempotent: boolean;
  #endsMs: number;
  #waitsMs: number;
  #paused = false;
  #over = false;
  #hadSecondChance = false;

  /** `nowMs`: of the sweeper that will look at it. */
  constructor(
    request: UpstreamRequest,
    target: Target,
    receiver: UpstreamReceiver,
    patience: UpstreamPatience,
    nowMs: number,
  ) {
    this.requestHead = renderRequestHead(request, target);
    this.body = request.body;
    this.#receiver = receiver;
    this.#patience = patience;
    this.#isIdempotent = request.method !== 'POST';
    this.#endsMs = nowMs + patience.callMs;
    this.#waitsMs = nowMs + patience.headersMs;
  }

  get isSendable(): boolean {
    return this.requestHead !== null;
  }

  get over(): boolean {
    return this.#over;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.carrier?.wake(this);
  }

  abort(): void {
    if (!this.#over) this.#leave();
  }

  linger(lingerMs: number): void {
    if (this.#over) return;
    this.#receiver = NOBODY;
    this.#endsMs = Math.min(this.#endsMs, (this.carrier?.nowMs ?? 0) + lingerMs);
    this.resume();
  }

  /** The carrier's: the request goes out now, and the answer's time begins. */
  sent(nowMs: number): void {
    this.#waitsMs = nowMs + this.#patience.headersMs;
  }

  /** The carrier's: the answer begins. */
  begin({ status, fields }: AnswerLines, nowMs: number): void {
    this.#waitsMs = nowMs + this.#patience.stallMs;
    this.#receiver.head(status, (name) => fieldOf(fields, name));
  }

  /** The carrier's: more of the answer. */
  data(piece: Buffer, nowMs: number): void {
    this.#waitsMs = nowMs + this.#patience.stallMs;
    this.#receiver.data(piece);
  }

  /** The carrier's, which is free again: the answer is complete. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.carrier = null;
    this.#receiver.end();
  }

  fail(reason: UpstreamFailure): void {
    if (this.#over) return;
    this.#leave();
    this.#receiver.fail(reason);
  }

  /** Fails if its time is up. */
  sweep(passedMs: number): void {
    if (this.#paused) this.#waitsMs = passedMs + HTTP_SWEEP_MS + this.#patience.stallMs;
    if (passedMs >= this.#endsMs || passedMs >= this.#waitsMs) this.fail('timeout');
  }

  /**
   * Whether it may go out once more, after a connection that had been idle was closed without a byte of an answer: once, and
   * only where sending twice is the same as sending once (RFC 9110 section 9.2.2).
   */
  takeSecondChance(): boolean {
    const may = this.#isIdempotent && !this.#hadSecondChance && !this.#over;
    this.#hadSecondChance = true;
    return may;
  }

  #leave(): void {
    this.#over = true;
    const { carrier } = this;
    this.carrier = null;
    carrier?.drop(this);
  }
}

function renderRequestHead({ method, headers, body }: UpstreamRequest, { path, host }: Target): string | null {
  const length =
    body === null ? (method === 'POST' ? 'content-length: 0\r\n' : '') : `content-length: ${body.length}\r\n`;
  const fields = renderFields(headers);
  if (fields === null) return null;
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${fields}${length}\r\n`;
}
