import type { AuditRecord } from '../../schemas/types/audit.ts';
import { redactText, type RuleSet } from '../content/index.ts';
import type { Exchange, Header } from '../http/exchange.ts';
import { STREAM_KEEP_ALIVE_MS } from '../limits.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import type { RecordOrigin, RequestRecord } from './request-record.ts';
import { writeSseEvent } from './sse-writer.ts';

/** Takes records; a promise means that the answer waits for it, and is refused when it says false. */
export interface RecordWriter {
  write(record: AuditRecord): Promise<boolean> | null;
}

/** What a refusal says beyond its own message. */
export interface RefusalDetail {
  /** Put before the message: whose fault it is. */
  readonly subject?: string;
  /** Put after the message. */
  readonly detail?: string | null;
  /** `error.data`. */
  readonly data?: unknown;
  /** What the audit record says instead of the refusal's own name. */
  readonly recorded?: string;
  readonly headers?: readonly Header[];
}

const JSON_HEADERS: readonly Header[] = [
  ['content-type', 'application/json'],
  ['cache-control', 'no-store'],
];
const STREAM_HEADERS: readonly Header[] = [
  ['content-type', 'text/event-stream'],
  ['cache-control', 'no-store'],
  ['x-accel-buffering', 'no'],
];

const RESULT_END = Buffer.from('}');

/** A comment, which clients skip. */
const KEEP_ALIVE = ': keep-alive\n\n';
/** What records say where no answer was sent, as web servers' logs do. */
const CLIENT_GONE = 499;

/** One request being answered: whatever happens, it ends once, with one answer and one audit record. */
export class Turn {
  readonly exchange: Exchange;
  /** Whether another process of this proxy had the request first. */
  readonly isHandedOver: boolean;
  readonly record: RequestRecord;
  /** The request's id as JSON text; null when it has none or it could not be read. */
  id: Buffer | null = null;
  readonly #writer: RecordWriter;
  readonly #origin: RecordOrigin;
  readonly #now: () => number;
  readonly #whenOver: () => void;
  #streaming = false;
  #keepAlive: NodeJS.Timeout | null = null;
  #over = false;
  #repeatRules: (() => RuleSet) | null = null;

  /** `now`: milliseconds on the clock that the record's start was taken from. `over`: called once, when it ended. */
  constructor(
    exchange: Exchange,
    record: RequestRecord,
    writer: RecordWriter,
    origin: RecordOrigin,
    now: () => number,
    more: { readonly isHandedOver?: boolean; readonly over?: () => void } = {},
  ) {
    this.exchange = exchange;
    this.isHandedOver = more.isHandedOver ?? false;
    this.record = record;
    this.#writer = writer;
    this.#origin = origin;
    this.#now = now;
    this.#whenOver = more.over ?? (() => undefined);
  }

  get over(): boolean {
    return this.#over;
  }

  /** Another process answers, and records it. */
  leave(): void {
    this.#over = true;
    this.#whenOver();
  }

  /** Ends with an error of the gateway's own. */
  refuse(reason: Refusal, more: RefusalDetail = {}): void {
    const { status, code, message } = REFUSALS[reason];
    const { record } = this;
    record.error = more.recorded ?? reason;
    record.outcome = isFailure(reason) ? 'error' : 'refused';
    if (record.decision !== 'deny' && !isFailure(reason)) record.deny(record.error);
    const text = [more.subject ?? null, message].filter((part) => part !== null).join(' ');
    const detail = this.#repeated(more.detail ?? null);
    this.fail(status, code, detail === null ? text : `${text}: ${detail}`, more.data ?? null, more.headers ?? []);
  }

  /** Rules in force for what refusals repeat of the request: a model reads it as the gateway's own words. */
  repeatWith(rules: () => RuleSet): void {
    this.#repeatRules = rules;
  }

  /** What a refusal may say; null when that is nothing. */
  #repeated(detail: string | null): string | null {
    if (detail === null || this.#repeatRules === null) return detail;
    const redaction = redactText(this.#repeatRules(), detail);
    this.record.addFindings('to-client', redaction.findings);
    return redaction.kind === 'blocked' ? null : redaction.text;
  }

  /** Ends with an error; `record` already says why. */
  fail(status: number, code: number, message: string, data: unknown, headers: readonly Header[]): void {
    this.#conclude(status, errorMessage(this.id, code, message, data), headers);
  }

  /** Ends with a result, given as JSON text; `record` already says how it came out. */
  result(json: Buffer | string, headers: readonly Header[] = []): void {
    const head = Buffer.from(`{"jsonrpc":"2.0","id":${this.id?.toString('utf8') ?? 'null'},"result":`);
    this.#conclude(200, [head, typeof json === 'string' ? Buffer.from(json) : json, RESULT_END], headers);
  }

  /** Ends with a whole JSON-RPC message; `record` already says how it came out. `status`: HTTP's, where no stream is open. */
  message(message: Buffer, status = 200): void {
    this.#conclude(status, message, []);
  }

  /** Ends a stream before its last message: a legacy client comes back for the rest. */
  interrupt(): void {
    this.record.outcome = 'ok';
    this.#finish(200, 0, () => {
      if (this.#streaming) this.exchange.end();
      else this.exchange.answer(200, STREAM_HEADERS, null);
    });
  }

  /** Ends without a JSON-RPC answer: 202 to a notification, or what is not MCP. */
  answer(status: number, headers: readonly Header[], body: Buffer | null): void {
    this.#finish(status, body?.length ?? 0, () => this.exchange.answer(status, headers, body));
  }

  /** Ends because the client does not want an answer any more. `gone`: it closed the connection, so none is sent. */
  cancel(gone: boolean): void {
    this.record.outcome = 'cancelled';
    this.#finish(gone ? CLIENT_GONE : 200, 0, () => {
      if (this.#streaming) this.exchange.end();
      else this.exchange.answer(200, STREAM_HEADERS, null);
    });
  }

  /** From now on the answer is a stream of events; its headers go out at once. */
  stream(): void {
    if (this.#over || this.#streaming) return;
    this.#streaming = true;
    this.record.status = 200;
    this.exchange.open(200, STREAM_HEADERS);
    this.#keepAlive = setInterval(() => this.exchange.write(KEEP_ALIVE), STREAM_KEEP_ALIVE_MS).unref();
  }

  /** Cuts the connection of a client that does not take its answer. */
  cut(): void {
    this.exchange.cut();
  }

  /**
   * Sends a message before the last one; an empty one carries only what `resume` says. False: wait for the exchange's
   * `onDrain`.
   *
   * @param resume With which id a lost stream is gone on with, and when.
   */
  event(
    message: Buffer,
    resume: { readonly id: string | null; readonly retryMs: number | null } | null = null,
  ): boolean {
    if (this.#over) return true;
    const bytes = writeSseEvent({ data: message, event: null, id: resume?.id ?? null, retry: resume?.retryMs ?? null });
    this.record.responseBytes += bytes.length;
    return this.exchange.write(bytes);
  }

  /** `message`: in one piece or in several, which are not copied. */
  #conclude(status: number, message: Buffer | readonly Buffer[], headers: readonly Header[]): void {
    if (this.#streaming) {
      const bytes = eventOf(Buffer.isBuffer(message) ? message : Buffer.concat(message));
      this.#finish(200, bytes.length, () => {
        this.exchange.write(bytes);
        this.exchange.end();
      });
      return;
    }
    const all = headers.length === 0 ? JSON_HEADERS : [...JSON_HEADERS, ...headers];
    const bytes = Buffer.isBuffer(message) ? message.length : message.reduce((sum, piece) => sum + piece.length, 0);
    this.#finish(status, bytes, () => this.exchange.answer(status, all, message));
  }

  #finish(status: number, bytes: number, send: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#whenOver();
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    const { record } = this;
    record.status = status;
    record.responseBytes += bytes;
    const recorded = this.#writer.write(record.finish(this.#origin, this.#now()));
    if (recorded === null) send();
    else void this.#sendOnceRecorded(recorded, send);
  }

  /** What cannot be recorded does not happen, as far as that is still in our hands (`audit.onFull: block`). */
  async #sendOnceRecorded(recorded: Promise<boolean>, send: () => void): Promise<void> {
    if (await recorded) {
      send();
      return;
    }
    const { status, code, message } = REFUSALS['audit-full'];
    const body = errorMessage(this.id, code, message, null);
    if (!this.#streaming) {
      this.exchange.answer(status, JSON_HEADERS, body);
      return;
    }
    this.exchange.write(eventOf(body));
    this.exchange.end();
  }
}

/** A JSON-RPC error; without an id where none could be read (2026-07-28 basic/index, Error Responses). */
function errorMessage(id: Buffer | null, code: number, message: string, data: unknown): Buffer {
  const error = data === null ? { code, message } : { code, message, data };
  const head = id === null ? '{"jsonrpc":"2.0"' : `{"jsonrpc":"2.0","id":${id.toString('utf8')}`;
  return Buffer.from(`${head},"error":${JSON.stringify(error)}}`);
}

const eventOf = (data: Buffer): Buffer => writeSseEvent({ data, event: null, id: null, retry: null });

/** Whether the request was let through and came to nothing afterwards, rather than being refused. */
const isFailure = (reason: Refusal): boolean =>
  reason.startsWith('upstream-') || reason === 'server-unavailable' || reason === 'internal';
