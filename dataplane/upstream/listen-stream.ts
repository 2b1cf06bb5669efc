import type { Header } from '../http/exchange.ts';
import type { UpstreamCall, UpstreamPatience } from '../http/upstream.ts';
import {
  LISTEN_MS_MAX,
  LISTEN_RETRY_FIRST_MS,
  LISTEN_RETRY_MS_MAX,
  LISTEN_RETRY_MS_MIN,
  LISTEN_STALL_MS_MAX,
  UPSTREAM_HEADERS_MS_MAX,
} from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { SseEvent } from './sse.ts';
import { AnswerReader, messageOf, resumableId, type AnswerHead, type AnswerSink } from './answer-reader.ts';
import type { ChannelEvent, CredentialHeaders, CredentialSource } from './channel.ts';
import type { HttpServices } from './http-call.ts';
import { Unasked } from './unasked.ts';

/** A stream of announcements may be silent for long. */
export const LISTENING: UpstreamPatience = {
  headersMs: UPSTREAM_HEADERS_MS_MAX,
  stallMs: LISTEN_STALL_MS_MAX,
  callMs: LISTEN_MS_MAX,
};

export interface ListenPlan {
  readonly url: URL;
  /** Of one attempt, without credentials. */
  readonly headers: (lastEventId: string | null) => readonly Header[];
  readonly credentials: () => CredentialSource;
  /** The server does not know the session; whether there is another one now. */
  readonly sessionLost: () => Promise<boolean>;
  readonly heard: (event: ChannelEvent) => void;
  /** The stream is open again after it was not. */
  readonly reopened: () => void;
}

/**
 * The stream of a legacy session that belongs to no request (2025-11-25 basic/transports, Listening for Messages): open
 * while it is wanted, opened again when it ends, later each time, from the event last seen. A server that offers none is
 * not asked again in this session.
 */
export class ListenStream implements AnswerSink {
  readonly #services: HttpServices;
  readonly #plan: ListenPlan;
  readonly #unasked = new Unasked();
  #wanted = false;
  /** Nothing of an attempt before this one is listened to. */
  #attempt = 0;
  #call: UpstreamCall | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wasOpen = false;
  #lastEventId: string | null = null;
  #retryMs: number | null = null;
  #delayMs = LISTEN_RETRY_FIRST_MS;
  #settled: Promise<void> = Promise.resolve();
  #settle: () => void = () => undefined;

  constructor(services: HttpServices, plan: ListenPlan) {
    this.#services = services;
    this.#plan = plan;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#open();
  }

  /** Resolves when the first attempt came to something, or to nothing. */
  settled(): Promise<void> {
    return this.#settled;
  }

  stop(): void {
    this.#wanted = false;
    this.#settle();
    this.#leave();
    this.#wasOpen = false;
    this.#lastEventId = null;
  }

  /** The session is another one: what was true of the old one's stream is forgotten. */
  restart(): void {
    this.#lastEventId = null;
    this.#leave();
    if (this.#wanted) this.#open();
  }

  head({ status, kind }: AnswerHead): void {
    this.#settle();
    if (status === 200 && kind === 'stream') {
      if (this.#wasOpen) this.#plan.reopened();
      this.#wasOpen = true;
      return;
    }
    this.#leave();
    if (status === 404) void this.#askForSession();
    else if (status === 401 || status === 403 ? this.#plan.credentials().refused() : status === 429 || status >= 500) {
      this.#later();
    }
  }

  body(): void {
    this.#later();
  }

  event(event: SseEvent): void {
    this.#lastEventId = resumableId(event.id) ?? this.#lastEventId;
    this.#retryMs = event.retry ?? this.#retryMs;
    const message = messageOf(event);
    if (message === null) return;
    if (!this.#unasked.take(message.data.length)) {
      this.#later();
      return;
    }
    this.#delayMs = LISTEN_RETRY_FIRST_MS;
    this.#plan.heard(message);
  }

  streamEnd(): void {
    this.#later();
  }

  fail(_reason: CallFailure): void {
    this.#call?.abort();
    this.#later();
  }

  #open(): void {
    const attempt = ++this.#attempt;
    const send = (found: CredentialHeaders): void => {
      if (attempt !== this.#attempt) return;
      if (!found.ok) {
        this.#later();
        return;
      }
      const headers = [...this.#plan.headers(this.#lastEventId), ...found.headers];
      const request = {
        method: 'GET',
        url: this.#plan.url,
        headers,
        body: null,
        patience: LISTENING,
        isStream: true,
      } as const;
      this.#call = this.#services.upstreams.send(request, new AnswerReader(this, this.#services.report));
    };
    Promise.resolve(this.#plan.credentials().headers())
      .then(send)
      .catch((problem: unknown) => this.#services.report(problem));
  }

  async #askForSession(): Promise<void> {
    // A new session restarts this stream by itself.
    if (!(await this.#plan.sessionLost())) this.#later();
  }

  #later(): void {
    this.#settle();
    this.#leave();
    if (!this.#wanted) return;
    const delayMs = this.#retryMs ?? this.#delayMs;
    this.#delayMs = Math.min(this.#delayMs * 2, LISTEN_RETRY_MS_MAX);
    const bounded = Math.min(Math.max(delayMs, LISTEN_RETRY_MS_MIN), LISTEN_RETRY_MS_MAX);
    this.#timer = setTimeout(() => this.#open(), bounded).unref();
  }

  #leave(): void {
    this.#attempt++;
    this.#call?.abort();
    this.#call = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
