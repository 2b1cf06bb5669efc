import { joinPieces } from '../http/join-pieces.ts';
import type { UpstreamFailure, UpstreamReceiver } from '../http/upstream.ts';
import { UPSTREAM_BODY_BYTES_MAX, UPSTREAM_EVENT_ID_CHARS_MAX, UPSTREAM_STREAM_BYTES_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { SseParser, type SseEvent } from './sse.ts';
import type { ChannelEvent } from './channel.ts';

/** How an upstream answered, before its content is read. */
export interface AnswerHead {
  readonly status: number;
  readonly kind: 'json' | 'stream' | 'other';
  readonly header: (name: string) => string | null;
}

/** Told of one answer of an upstream: `head`, then `body` once, or `event` any number of times and `streamEnd`; or `fail`. */
export interface AnswerSink {
  head(head: AnswerHead): void;
  /** The whole body of what is no stream. */
  body(bytes: Buffer): void;
  event(event: SseEvent): void;
  streamEnd(): void;
  fail(reason: CallFailure): void;
}

/** Turns the bytes of an answer into a body or events, within bounds. Stops at the first failure. */
export class AnswerReader implements UpstreamReceiver {
  readonly #sink: AnswerSink;
  readonly #report: (problem: unknown) => void;
  readonly #streamBytesMax: number;
  readonly #pieces: Buffer[] = [];
  #parser: SseParser | null = null;
  #bytes = 0;
  #over = false;

  /**
   * `report` hears of what is our own fault: the sink fails then, and nothing else. `streamBytesMax`: of all events
   * together; a stream that belongs to no single call is bounded by the event alone.
   */
  constructor(sink: AnswerSink, report: (problem: unknown) => void, streamBytesMax = UPSTREAM_STREAM_BYTES_MAX) {
    this.#sink = sink;
    this.#report = report;
    this.#streamBytesMax = streamBytesMax;
  }

  head(status: number, header: (name: string) => string | null): void {
    this.#guard(() => {
      const encoding = header('content-encoding');
      if (encoding !== null && encoding.toLowerCase() !== 'identity') {
        this.#fail('upstream-malformed');
        return;
      }
      const kind = kindOf(header('content-type'));
      if (kind === 'stream') this.#parser = new SseParser();
      this.#sink.head({ status, kind, header });
    });
  }

  data(piece: Buffer): void {
    if (this.#over) return;
    this.#bytes += piece.length;
    if (this.#bytes > (this.#parser === null ? UPSTREAM_BODY_BYTES_MAX : this.#streamBytesMax)) {
      this.#fail('upstream-too-large');
      return;
    }
    const parser = this.#parser;
    if (parser === null) this.#pieces.push(piece);
    else this.#guard(() => this.#readEvents(parser, piece));
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#guard(() => {
      if (this.#parser === null) this.#sink.body(joinPieces(this.#pieces));
      else this.#sink.streamEnd();
    });
  }

  fail(reason: UpstreamFailure): void {
    if (!this.#over) this.#fail(FAILURES[reason]);
  }

  #readEvents(parser: SseParser, piece: Buffer): void {
    const parsed = parser.push(piece);
    if (!parsed.ok) {
      this.#fail('upstream-too-large');
      return;
    }
    for (const event of parsed.events) this.#sink.event(event);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (problem) {
      this.#report(problem);
      this.#fail('internal');
    }
  }

  #fail(reason: CallFailure): void {
    this.#over = true;
    this.#sink.fail(reason);
  }
}

/** The message of an event; null where it carries none (a priming event, a comment with a `retry`, an event of another name). */
export function messageOf(event: SseEvent): ChannelEvent | null {
  const isMessage = event.event === null || event.event === 'message';
  if (!isMessage || event.data === null || event.data.length === 0) return null;
  return { data: event.data, eventId: resumableId(event.id), retryMs: event.retry };
}

/** The id if `Last-Event-ID` can carry it: what is no header value cannot be asked for again. */
export function resumableId(id: string | null): string | null {
  if (id === null || id.length > UPSTREAM_EVENT_ID_CHARS_MAX) return null;
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(id) ? id : null;
}

const FAILURES: Readonly<Record<UpstreamFailure, CallFailure>> = {
  unreachable: 'upstream-unreachable',
  timeout: 'upstream-timeout',
  truncated: 'upstream-truncated',
  malformed: 'upstream-malformed',
};

function kindOf(contentType: string | null): AnswerHead['kind'] {
  const type = (contentType?.split(';')[0] ?? '').trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'text/event-stream' ? 'stream' : 'other';
}
