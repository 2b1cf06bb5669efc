import type { Header } from '../http/exchange.ts';
import type { UpstreamCall, UpstreamPatience, Upstreams } from '../http/upstream.ts';
import { UPSTREAM_LINGER_MS_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { scanResponse } from '../mcp/scan-response.ts';
import type { SseEvent } from './sse.ts';
import { AnswerReader, messageOf, resumableId, type AnswerHead, type AnswerSink } from './answer-reader.ts';
import type { ChannelCall, ChannelReceiver, CredentialHeaders, CredentialSource } from './channel.ts';
import type { Pass } from './server-gate.ts';

/** What channels over HTTP share. */
export interface HttpServices {
  readonly upstreams: Upstreams;
  /** Hears of what is our own fault. */
  readonly report: (problem: unknown) => void;
}

/** The server refused a request, before it did anything of what was asked. */
export interface HttpRefusal {
  readonly status: number;
  /** Of the JSON-RPC error in the body; null where there is none. */
  readonly code: number | null;
}

/** What to do about a refusal: send the request again, fail, or let it stand as it is. */
export type Remedy = 'again' | 'stands' | CallFailure;

export interface HttpCallPlan {
  readonly method: 'POST' | 'GET';
  readonly url: URL;
  readonly body: Buffer | null;
  /** Asked anew for each attempt: a session may be another one by then. */
  readonly headers: () => readonly Header[];
  readonly credentials: CredentialSource;
  readonly patience: UpstreamPatience | null;
  /** The answer is a stream that stays open. */
  readonly isStream: boolean;
  readonly pass: Pass;
  /** Told of an answer that ended early and can be gone on with from its last event; null where that is not possible. */
  readonly ended: ((eventId: string, retryMs: number | null) => void) | null;
  /** Time to wait before it is sent, for the server asked for that. */
  readonly delayMs: number;
  /** What can be done about a refusal; `again`: it was sent again already. Never asked of an answer that was begun. */
  readonly remedy: (refusal: HttpRefusal, again: boolean) => Promise<Remedy> | Remedy;
  /** The call was cancelled after it was sent. */
  readonly cancelled: () => void;
}

/** One request over HTTP and its answer: with credentials, once more where that helps, each failure with its reason. */
export class HttpCall implements ChannelCall, AnswerSink {
  readonly #services: HttpServices;
  readonly #plan: HttpCallPlan;
  readonly #receiver: ChannelReceiver;
  #transfer: UpstreamCall | null = null;
  #head: AnswerHead | null = null;
  #sent = false;
  #starting = true;
  /** The whole answer is here: there is nothing left to cancel. */
  #complete = false;
  #over = false;
  #paused = false;
  #renewed = false;
  #again = false;
  #lastEventId: string | null = null;
  #retryMs: number | null = null;

  constructor(services: HttpServices, plan: HttpCallPlan, receiver: ChannelReceiver) {
    this.#services = services;
    this.#plan = plan;
    this.#receiver = receiver;
    if (plan.delayMs > 0) setTimeout(() => this.#start(), plan.delayMs);
    else this.#start();
    this.#starting = false;
  }

  pause(): void {
    this.#paused = true;
    this.#transfer?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#transfer?.resume();
  }

  cancel(): void {
    if (this.#over) return;
    this.#end(null);
    this.#transfer?.abort();
    if (this.#sent && !this.#complete) this.#plan.cancelled();
  }

  finish(): void {
    if (this.#over) return;
    this.#end(null);
    this.#transfer?.linger(UPSTREAM_LINGER_MS_MAX);
  }

  head(head: AnswerHead): void {
    if (this.#over) return;
    this.#head = head;
    this.#plan.pass.alive();
    if (this.#paused) this.#transfer?.pause();
    const { status, kind } = head;
    if (status === 200 && kind === 'stream') this.#receiver.open();
    else if (status === 200 && kind === 'json') return;
    else if (status === 401 || status === 403) this.#denied();
    else if ((status === 400 || status === 404) && kind === 'json') return;
    else this.#refused({ status, code: null });
  }

  body(bytes: Buffer): void {
    if (this.#over) return;
    if (this.#head?.status === 200) {
      this.#answer(bytes);
      return;
    }
    const scanned = scanResponse(bytes);
    const status = this.#head?.status ?? 0;
    if (!scanned.ok || scanned.message.kind !== 'error') {
      this.#refused({ status, code: null });
      return;
    }
    const { errorCode, id } = scanned.message;
    const code = errorCode === null ? null : Number(bytes.toString('latin1', errorCode.start, errorCode.end));
    this.#refused({ status, code }, id === null ? null : bytes);
  }

  event(event: SseEvent): void {
    if (this.#over) return;
    this.#lastEventId = resumableId(event.id) ?? this.#lastEventId;
    this.#retryMs = event.retry ?? this.#retryMs;
    const message = messageOf(event);
    if (message !== null) this.#receiver.message(message);
    else if (this.#plan.ended !== null && event.data?.length === 0 && resumableId(event.id) !== null) {
      this.#receiver.message({ data: event.data, eventId: event.id, retryMs: event.retry });
    }
  }

  streamEnd(): void {
    this.#truncated();
  }

  fail(reason: CallFailure): void {
    if (reason === 'upstream-truncated') this.#truncated();
    else this.#fail(reason);
  }

  #start(): void {
    if (this.#over) return;
    const found = this.#plan.credentials.headers();
    if (found instanceof Promise) {
      found.then(
        (headers) => this.#send(headers),
        (problem: unknown) => this.#broken(problem),
      );
    } else this.#send(found);
  }

  #send(credentials: CredentialHeaders): void {
    if (this.#over) return;
    if (!credentials.ok) {
      this.#fail(credentials.reason);
      return;
    }
    const { method, url, body, headers, patience, isStream } = this.#plan;
    const { upstreams, report } = this.#services;
    this.#sent = true;
    const all = [...headers(), ...credentials.headers];
    const request = { method, url, headers: all, body, patience, isStream };
    const transfer = upstreams.send(request, new AnswerReader(this, report));
    this.#transfer = transfer;
    if (this.#over) transfer.abort();
  }

  #denied(): void {
    this.#transfer?.abort();
    if (this.#renewed || !this.#plan.credentials.refused()) {
      this.#fail('upstream-denied');
      return;
    }
    this.#renewed = true;
    this.#start();
  }

  /** `answer`: the refusal is a JSON-RPC answer to the request, for the receiver to read if nothing can be done about it. */
  #refused(refusal: HttpRefusal, answer: Buffer | null = null): void {
    this.#transfer?.abort();
    const remedy = this.#plan.remedy(refusal, this.#again);
    if (!(remedy instanceof Promise)) {
      this.#heal(remedy, refusal, answer);
      return;
    }
    remedy.then(
      (found) => this.#heal(found, refusal, answer),
      (problem: unknown) => this.#broken(problem),
    );
  }

  #heal(remedy: Remedy, refusal: HttpRefusal, answer: Buffer | null): void {
    if (this.#over) return;
    if (remedy === 'again') {
      this.#again = true;
      this.#start();
    } else if (remedy === 'stands') this.#stands(refusal, answer);
    else this.#fail(remedy);
  }

  #stands({ status, code }: HttpRefusal, answer: Buffer | null): void {
    if (answer !== null) this.#answer(answer);
    else if (code !== null) this.#fail('upstream-rejected');
    else this.#fail(status === 200 || status === 202 ? 'upstream-malformed' : 'upstream-status');
  }

  #answer(data: Buffer): void {
    this.#complete = true;
    this.#receiver.message({ data, eventId: null, retryMs: null });
    if (!this.#over) this.#end(null);
  }

  #truncated(): void {
    if (this.#over) return;
    if (this.#plan.ended === null || this.#lastEventId === null) {
      this.#fail('upstream-truncated');
      return;
    }
    this.#end(null);
    this.#plan.ended(this.#lastEventId, this.#retryMs);
    this.#receiver.ended(this.#lastEventId, this.#retryMs);
  }

  #broken(problem: unknown): void {
    this.#services.report(problem);
    this.#fail('internal');
  }

  #fail(reason: CallFailure): void {
    if (this.#over) return;
    if (this.#starting) {
      // The receiver hears nothing before whoever sends holds the call.
      queueMicrotask(() => this.#fail(reason));
      return;
    }
    this.#end(reason);
    this.#transfer?.abort();
    this.#receiver.fail(reason);
  }

  #end(reason: CallFailure | null): void {
    this.#over = true;
    this.#plan.pass.leave(reason);
  }
}
