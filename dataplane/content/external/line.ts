import {
  EXTERNAL_ANSWER_BYTES_MAX,
  EXTERNAL_REQUESTS_AT_ONCE_MAX,
  EXTERNAL_REQUESTS_WAITING_MAX,
  EXTERNAL_WAITING_BYTES_MAX,
} from '../../limits.ts';
import { Breaker } from './breaker.ts';
import type { ExternalFailure } from './detector.ts';
import { Gate } from './gate.ts';

interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** A longer answer is not read to its end. */
  readonly bytesMax: number;
}

type PostAnswer =
  | { readonly ok: true; readonly status: number; readonly contentType: string; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'unreachable' | 'timeout' | 'too-large' };

/** Sends one request. Follows no redirect, and never rejects. */
export type Post = (url: URL, request: PostRequest) => Promise<PostAnswer>;

export interface LineParts {
  readonly url: URL;
  readonly post: Post;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
  /** Is told how each question ended; null = well. */
  readonly note: (failure: ExternalFailure | null) => void;
}

export type LineAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: ExternalFailure };

interface Question {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How long an answer is of use. */
export interface Until {
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** The time for it is over, the wait for others included. */
  readonly deadline: AbortSignal;
}

const JSON_TYPE = 'application/json';
const OK = 200;

/** How one detector is asked: so many questions at once, and none while it rests. */
export class Line {
  readonly #parts: LineParts;
  readonly #gate = new Gate({
    atOnceMax: EXTERNAL_REQUESTS_AT_ONCE_MAX,
    waitingMax: EXTERNAL_REQUESTS_WAITING_MAX,
    waitingBytesMax: EXTERNAL_WAITING_BYTES_MAX,
  });
  readonly #breaker: Breaker;

  constructor(parts: LineParts) {
    this.#parts = parts;
    this.#breaker = new Breaker(parts.clock);
  }

  /** Asks once. Never rejects. `read`: the answer's meaning; null = it has none. */
  async ask<T>(question: Question, until: Until, read: (bytes: Buffer) => T | null): Promise<LineAnswer<T>> {
    const answer = await this.#askInTurn(question, until, read);
    this.note(answer.ok ? null : answer.failure);
    return answer;
  }

  /** Remembers for operators how a question ended, one that was not even asked included. */
  note(failure: ExternalFailure | null): void {
    this.#parts.note(failure);
  }

  async #askInTurn<T>(
    question: Question,
    { signal, deadline }: Until,
    read: (bytes: Buffer) => T | null,
  ): Promise<LineAnswer<T>> {
    const leave = this.#breaker.enter();
    if (leave === null) return { ok: false, failure: 'resting' };
    const either = AbortSignal.any([signal, deadline]);
    if (!(await this.#gate.enter(question.body.length, either))) {
      this.#breaker.settle(leave, 'dropped');
      return { ok: false, failure: signal.aborted ? 'aborted' : deadline.aborted ? 'timeout' : 'busy' };
    }
    try {
      const answer = await this.#ask(question, either, read);
      const isDropped = !answer.ok && signal.aborted;
      this.#breaker.settle(leave, isDropped ? 'dropped' : answer.ok ? 'good' : 'failed');
      return isDropped ? { ok: false, failure: 'aborted' } : answer;
    } finally {
      this.#gate.leave();
    }
  }

  async #ask<T>(
    { headers, body }: Question,
    signal: AbortSignal,
    read: (bytes: Buffer) => T | null,
  ): Promise<LineAnswer<T>> {
    const { url, post } = this.#parts;
    const answer = await post(url, {
      headers: { accept: JSON_TYPE, 'content-type': JSON_TYPE, ...headers },
      body,
      signal,
      bytesMax: EXTERNAL_ANSWER_BYTES_MAX,
    });
    if (!answer.ok) return { ok: false, failure: answer.reason };
    if (answer.status !== OK) return { ok: false, failure: 'bad-status' };
    if (answer.contentType.split(';')[0]?.trim().toLowerCase() !== JSON_TYPE)
      return { ok: false, failure: 'bad-answer' };
    const value = meaningOf(answer.bytes, read);
    return value === null ? { ok: false, failure: 'bad-answer' } : { ok: true, value };
  }
}

/** A mistake of ours in reading is one answer that cannot be used, and not the end of asking. */
function meaningOf<T>(bytes: Buffer, read: (bytes: Buffer) => T | null): T | null {
  try {
    return read(bytes);
  } catch {
    return null;
  }
}
