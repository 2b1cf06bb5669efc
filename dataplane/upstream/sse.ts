import { CARRIAGE_RETURN, COLON, LINE_FEED, SPACE } from '../json/bytes.ts';
import { SSE_EVENT_BYTES_MAX } from '../limits.ts';
import { GrowingBytes } from './sse-bytes.ts';

/** One event of a stream. `null`: the event had no such field. */
export interface SseEvent {
  /** The lines of data, joined by line feeds; empty for a priming event, null for one that only sets `id` or `retry`. */
  readonly data: Buffer | null;
  readonly event: string | null;
  readonly id: string | null;
  /** Milliseconds. */
  readonly retry: number | null;
}

export type SseResult =
  | { readonly ok: true; readonly events: readonly SseEvent[] }
  | { readonly ok: false; readonly reason: 'event-too-large' };

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const RETRY_DIGITS_MAX = 9;
const LINE_BREAK = Buffer.from('\n');

/**
 * Reads an event stream as the HTML standard says (section 9.2.6), from chunks cut anywhere. Holds at most one event, of at
 * most `SSE_EVENT_BYTES_MAX` bytes; an event that the stream's end cuts off is dropped.
 */
export class SseParser {
  readonly #eventBytesMax: number;
  /** The line that is not complete yet. */
  readonly #line = new GrowingBytes();
  /** The first line of data, as it lies in its chunk; all lines, once there is a second. */
  #data: Buffer | null = null;
  readonly #lines = new GrowingBytes();
  #event: string | null = null;
  #id: string | null = null;
  #retry: number | null = null;
  /** Bytes of the event that is not complete yet. */
  #bytes = 0;
  #isFirstLine = true;
  /** The last byte was a carriage return: a line feed that follows belongs to it. */
  #afterReturn = false;
  #failed = false;

  constructor(eventBytesMax: number = SSE_EVENT_BYTES_MAX) {
    this.#eventBytesMax = eventBytesMax;
  }

  /** Takes the next chunk, which must not change afterwards; returns the events that it completes. After a failure nothing is read any more. */
  push(chunk: Buffer): SseResult {
    const events: SseEvent[] = [];
    let at = 0;
    while (at < chunk.length && !this.#failed) {
      if (this.#afterReturn && chunk[at] === LINE_FEED) at++;
      this.#afterReturn = false;
      const end = endOfLine(chunk, at);
      this.#bytes += end - at;
      if (this.#bytes > this.#eventBytesMax) this.#failed = true;
      else if (end === chunk.length) this.#line.append(chunk.subarray(at));
      else {
        this.#afterReturn = chunk[end] === CARRIAGE_RETURN;
        const event = this.#takeLine(chunk.subarray(at, end));
        if (event !== null) events.push(event);
      }
      at = end + 1;
    }
    return this.#failed ? { ok: false, reason: 'event-too-large' } : { ok: true, events };
  }

  /** Takes the rest of a line; an empty line ends the event. */
  #takeLine(rest: Buffer): SseEvent | null {
    let line = rest;
    if (this.#line.length > 0) {
      this.#line.append(rest);
      line = this.#line.take();
    }
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      if (line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK))
        line = line.subarray(BYTE_ORDER_MARK.length);
    }
    if (line.length === 0) return this.#takeEvent();
    const colon = line.indexOf(COLON);
    if (colon === 0) {
      this.#bytes -= line.length;
      return null;
    }
    const name = line.toString('latin1', 0, colon < 0 ? line.length : Math.min(colon, 'retry'.length + 1));
    const valueAt = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    this.#takeField(name, line.subarray(valueAt));
    return null;
  }

  #takeField(name: string, value: Buffer): void {
    if (name === 'data') this.#takeData(value);
    else if (name === 'event') this.#event = value.toString('utf8');
    else if (name === 'id' && !value.includes(0)) this.#id = value.toString('utf8');
    else if (name === 'retry') this.#retry = milliseconds(value) ?? this.#retry;
  }

  #takeData(line: Buffer): void {
    if (this.#data === null) {
      this.#data = line;
      return;
    }
    if (this.#lines.length === 0) this.#lines.append(this.#data);
    this.#lines.append(LINE_BREAK);
    this.#lines.append(line);
  }

  #takeEvent(): SseEvent | null {
    const data = this.#lines.length > 0 ? this.#lines.take() : this.#data;
    const event = { data, event: this.#event, id: this.#id, retry: this.#retry };
    this.#data = null;
    this.#event = null;
    this.#id = null;
    this.#retry = null;
    this.#bytes = 0;
    return event.data === null && event.id === null && event.retry === null ? null : event;
  }
}

/** HOT PATH. The offset of the first line break at or after `at`, or the chunk's length. */
function endOfLine(chunk: Buffer, at: number): number {
  for (let end = at; end < chunk.length; end++) {
    const byte = chunk[end];
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return end;
  }
  return chunk.length;
}

function milliseconds(value: Buffer): number | null {
  if (value.length === 0 || value.length > RETRY_DIGITS_MAX) return null;
  for (const byte of value) {
    if (byte < 0x30 || byte > 0x39) return null;
  }
  return Number(value.toString('latin1'));
}
