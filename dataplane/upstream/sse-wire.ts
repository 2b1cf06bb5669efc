import { SSE_SESSION_MS_MAX, UPSTREAM_HANDSHAKE_MS_MAX, UPSTREAM_SESSION_IDLE_MS_MAX } from '../limits.ts';
import type { UpstreamCall, UpstreamPatience } from '../http/upstream.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { SseEvent } from './sse.ts';
import { AnswerReader, messageOf, type AnswerHead, type AnswerSink } from './answer-reader.ts';
import { askServer } from './ask-server.ts';
import type { ChannelTarget, CredentialSource } from './channel.ts';
import type { HttpServices } from './http-call.ts';
import type { HttpTarget } from './modern-http-channel.ts';
import type { Wire, WireSink } from './shared-channel.ts';

export type SseResult =
  | { readonly ok: true; readonly wire: SseWire }
  /** `refused`: the server is there and offers no such stream. */
  | { readonly ok: false; readonly reason: CallFailure; readonly refused: boolean };

const PATIENCE: UpstreamPatience = {
  headersMs: UPSTREAM_HANDSHAKE_MS_MAX,
  stallMs: UPSTREAM_SESSION_IDLE_MS_MAX,
  callMs: SSE_SESSION_MS_MAX,
};
const HANDSHAKE: UpstreamPatience = {
  headersMs: UPSTREAM_HANDSHAKE_MS_MAX,
  stallMs: UPSTREAM_HANDSHAKE_MS_MAX,
  callMs: UPSTREAM_HANDSHAKE_MS_MAX,
};

/**
 * HTTP+SSE of 2024-11-05: one stream on which everything comes, which first says where messages are to be posted. That
 * place must be of the same origin as the server's URL, or whoever sends the stream could have our credentials sent on.
 */
export class SseWire implements Wire, AnswerSink {
  readonly #services: HttpServices;
  readonly #url: URL;
  readonly #sink: WireSink;
  readonly #timer: NodeJS.Timeout;
  #credentials: CredentialSource;
  #call: UpstreamCall | null = null;
  #endpoint: URL | null = null;
  #opened: ((result: SseResult) => void) | null;
  #renewed = false;
  #over = false;

  private constructor(
    services: HttpServices,
    { transport }: HttpTarget,
    sink: WireSink,
    opened: (result: SseResult) => void,
  ) {
    this.#services = services;
    this.#url = transport.url;
    this.#credentials = transport.credentials;
    this.#sink = sink;
    this.#opened = opened;
    this.#timer = setTimeout(() => this.fail('upstream-timeout'), UPSTREAM_HANDSHAKE_MS_MAX).unref();
    this.#open();
  }

  /** Opens the stream; resolves when it said where to post, or why there is none. Never rejects. */
  static open(services: HttpServices, target: HttpTarget, sink: WireSink): Promise<SseResult> {
    return new Promise((resolve) => {
      // Held by the call that it makes.
      void new SseWire(services, target, sink, resolve);
    });
  }

  async send(message: Buffer): Promise<CallFailure | null> {
    const endpoint = this.#endpoint;
    if (endpoint === null || this.#over) return 'upstream-session';
    const asked = await askServer(this.#services, {
      method: 'POST',
      url: endpoint,
      headers: [
        ['accept', 'application/json, text/event-stream'],
        ['content-type', 'application/json'],
      ],
      body: message,
      credentials: this.#credentials,
      patience: HANDSHAKE,
    });
    if (!asked.ok) return asked.reason;
    const { status } = asked.head;
    if (status >= 200 && status < 300) return null;
    if (status === 401 || status === 403) return 'upstream-denied';
    if (status !== 404) return status === 400 ? 'upstream-rejected' : 'upstream-status';
    // The server has forgotten what this stream belongs to.
    this.fail('upstream-session');
    return 'upstream-session';
  }

  renew({ transport }: ChannelTarget): void {
    if (transport.kind !== 'stdio') this.#credentials = transport.credentials;
  }

  close(): Promise<void> {
    this.#end();
    this.#settle({ ok: false, reason: 'upstream-session', refused: false });
    return Promise.resolve();
  }

  head({ status, kind }: AnswerHead): void {
    if (status === 200 && kind === 'stream') return;
    this.#call?.abort();
    if (status !== 401 && status !== 403) {
      this.#refuse(status >= 500 || status === 429 ? 'upstream-status' : 'upstream-session', status < 500);
    } else if (this.#renewed || !this.#credentials.refused()) this.#refuse('upstream-denied', false);
    else {
      this.#renewed = true;
      this.#open();
    }
  }

  body(): void {
    this.#refuse('upstream-session', true);
  }

  event(event: SseEvent): void {
    if (this.#over) return;
    if (event.event === 'endpoint') this.#point(event.data?.toString('utf8') ?? '');
    else if (this.#endpoint !== null) {
      const message = messageOf(event);
      if (message !== null) this.#sink.message(message);
    }
  }

  streamEnd(): void {
    this.fail('upstream-truncated');
  }

  fail(reason: CallFailure): void {
    if (this.#over) return;
    this.#end();
    if (this.#opened === null) this.#sink.down(reason);
    else this.#settle({ ok: false, reason, refused: false });
  }

  #open(): void {
    Promise.resolve(this.#credentials.headers())
      .then((found) => {
        if (this.#over) return null;
        if (!found.ok) return this.fail(found.reason);
        const headers = [['accept', 'text/event-stream'] as const, ...found.headers];
        const request = {
          method: 'GET',
          url: this.#url,
          headers,
          body: null,
          patience: PATIENCE,
          isStream: true,
        } as const;
        // Bounded by the event, and in time: all messages of a session come on it.
        this.#call = this.#services.upstreams.send(request, new AnswerReader(this, this.#services.report, Infinity));
        if (this.#over) this.#call.abort();
        return null;
      })
      .catch((problem: unknown) => {
        this.#services.report(problem);
        this.fail('internal');
      });
  }

  /** The first place that the stream names is the one; what it says later is not believed. */
  #point(text: string): void {
    if (this.#endpoint !== null) return;
    const endpoint = URL.parse(text, this.#url.href);
    if (
      endpoint === null ||
      endpoint.origin !== this.#url.origin ||
      endpoint.username !== '' ||
      endpoint.password !== ''
    ) {
      this.fail('upstream-malformed');
      return;
    }
    endpoint.hash = '';
    this.#endpoint = endpoint;
    clearTimeout(this.#timer);
    this.#settle({ ok: true, wire: this });
  }

  #refuse(reason: CallFailure, refused: boolean): void {
    if (this.#over) return;
    this.#end();
    this.#settle({ ok: false, reason, refused });
  }

  #settle(result: SseResult): void {
    const opened = this.#opened;
    this.#opened = null;
    opened?.(result);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#call?.abort();
  }
}
