import type { UpstreamPatience } from '../http/upstream.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { CHANNEL_RESTS_MAX, LISTEN_RETRY_MS_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type {
  ChannelCall,
  ChannelListener,
  ChannelReceiver,
  ChannelTarget,
  CredentialSource,
  UpstreamMessage,
} from './channel.ts';
import { buildCancelled } from './handshake.ts';
import { HttpCall, type HttpCallPlan, type HttpRefusal, type HttpServices, type Remedy } from './http-call.ts';
import { patienceFor, refuseCall, type KeptChannel } from './kept-channel.ts';
import { isSessionError, LegacySessions, type Session, type SessionResult } from './legacy-sessions.ts';
import { ListenStream } from './listen-stream.ts';
import { Listeners } from './listeners.ts';
import type { HttpTarget } from './modern-http-channel.ts';
import { sessionHeaders, streamHeaders } from './request-headers.ts';
import type { ServerGate } from './server-gate.ts';

export type LegacyHttpResult =
  | { readonly ok: true; readonly channel: LegacyHttpChannel }
  | { readonly ok: false; readonly reason: CallFailure; readonly refused: boolean };

/**
 * Streamable HTTP of the legacy revisions: a session, opened by `initialize` and ended by DELETE (2025-11-25
 * basic/transports, Session Management). One that the server forgot is opened once more.
 */
export class LegacyHttpChannel implements KeptChannel {
  readonly era = 'legacy';
  readonly multiplexed = false;
  readonly #services: HttpServices;
  readonly #gate: ServerGate;
  readonly #target: HttpTarget;
  readonly #listeners: Listeners;
  readonly #stream: ListenStream;
  #credentials: CredentialSource;
  #patience: UpstreamPatience | null;
  #session: Session;
  /** By event id, when an answer may be gone on with. */
  readonly #rests = new BoundedCache<string, number>(CHANNEL_RESTS_MAX);
  #reopening: Promise<SessionResult> | null = null;
  #minted = 0;
  #calls = 0;
  #closed = false;

  private constructor(services: HttpServices, gate: ServerGate, target: HttpTarget, session: Session) {
    this.#services = services;
    this.#gate = gate;
    this.#target = target;
    this.#session = session;
    this.#credentials = target.transport.credentials;
    this.#patience = patienceFor(target);
    this.#listeners = new Listeners(
      (message) => this.post(message),
      (somebody) => (somebody ? this.#stream.start() : this.#stream.stop()),
    );
    this.#stream = new ListenStream(services, {
      url: target.transport.url,
      headers: (lastEventId) => streamHeaders(this.protocolVersion, this.#session.id, lastEventId),
      credentials: () => this.#credentials,
      sessionLost: async () => (await this.#reopen(this.#session)).ok,
      heard: (event) => this.#listeners.heard(event),
      reopened: () => this.#listeners.reopened(),
    });
  }

  static async open(services: HttpServices, gate: ServerGate, target: HttpTarget): Promise<LegacyHttpResult> {
    const opened = await new LegacySessions(services, target, target.transport.credentials).open();
    return opened.ok ? { ok: true, channel: new LegacyHttpChannel(services, gate, target, opened.session) } : opened;
  }

  get protocolVersion(): string {
    return this.#session.protocolVersion;
  }

  get busy(): boolean {
    return this.#calls > 0 || this.#listeners.size > 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  mint(): number {
    return ++this.#minted;
  }

  send(request: UpstreamMessage, receiver: ChannelReceiver): ChannelCall {
    return this.#call('POST', request, null, receiver);
  }

  resume(eventId: string, receiver: ChannelReceiver): ChannelCall {
    return this.#call('GET', null, eventId, receiver);
  }

  async post(message: Buffer): Promise<boolean> {
    return !this.#closed && this.#sessions().post(this.#session, message);
  }

  listen(listener: ChannelListener): () => void {
    return this.#listeners.add(listener);
  }

  listening(): Promise<void> {
    return this.#stream.settled();
  }

  renew(target: ChannelTarget): void {
    if (target.transport.kind !== 'stdio') this.#credentials = target.transport.credentials;
    this.#patience = patienceFor(target);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.stop();
    await this.#sessions().end(this.#session);
  }

  #call(
    method: 'POST' | 'GET',
    request: UpstreamMessage | null,
    lastEventId: string | null,
    receiver: ChannelReceiver,
  ): ChannelCall {
    if (this.#closed) return refuseCall(receiver, 'upstream-session');
    const entered = this.#gate.enter();
    if (!entered.ok) return refuseCall(receiver, entered.reason);
    const { pass } = entered;
    this.#calls++;
    let used = this.#session;
    const plan: HttpCallPlan = {
      method,
      url: this.#target.transport.url,
      body: request?.body ?? null,
      headers: () => {
        used = this.#session;
        if (request === null) return streamHeaders(used.protocolVersion, used.id, lastEventId);
        return [...sessionHeaders(used.protocolVersion, used.id), ...request.headers];
      },
      credentials: this.#credentials,
      patience: this.#patience,
      isStream: false,
      pass: {
        alive: () => pass.alive(),
        leave: (failure) => {
          this.#calls--;
          pass.leave(failure);
        },
      },
      ended: (eventId, retryMs) => this.#rest(eventId, retryMs),
      delayMs: lastEventId === null ? 0 : this.#restOf(lastEventId),
      // What was resumed is gone with its session: another one knows nothing of the request.
      remedy: (refusal, again) => (request === null ? 'upstream-truncated' : this.#remedy(refusal, again, used)),
      cancelled: () => {
        if (request !== null) void this.post(buildCancelled(request.id));
      },
    };
    return new HttpCall(this.#services, plan, receiver);
  }

  /** The server said when it wants to be asked for the rest of an answer; nobody asks earlier. */
  #rest(eventId: string, retryMs: number | null): void {
    if (retryMs !== null) this.#rests.set(eventId, performance.now() + Math.min(retryMs, LISTEN_RETRY_MS_MAX));
  }

  #restOf(eventId: string): number {
    const untilMs = this.#rests.get(eventId) ?? 0;
    this.#rests.delete(eventId);
    return Math.max(0, untilMs - performance.now());
  }

  /** A session that the server does not know any more is opened anew, since the server read nothing of the request. */
  #remedy(refusal: HttpRefusal, again: boolean, used: Session): Promise<Remedy> | Remedy {
    if (!isSessionError(refusal)) return 'stands';
    if (again) return refusal.status === 404 ? 'upstream-session' : 'upstream-rejected';
    return this.#reopen(used).then((reopened) => (reopened.ok ? 'again' : reopened.reason));
  }

  #reopen(lost: Session): Promise<SessionResult> {
    if (this.#closed) return Promise.resolve({ ok: false, reason: 'upstream-session', refused: false });
    if (this.#session !== lost) return Promise.resolve({ ok: true, session: this.#session });
    this.#reopening ??= this.#openAgain().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #openAgain(): Promise<SessionResult> {
    const opened = await this.#sessions().open();
    if (!opened.ok) {
      if (opened.refused) this.#give();
      return opened;
    }
    if (this.#closed) {
      await this.#sessions().end(opened.session);
      return { ok: false, reason: 'upstream-session', refused: false };
    }
    this.#session = opened.session;
    this.#listeners.reopened();
    this.#stream.restart();
    return opened;
  }

  #sessions(): LegacySessions {
    return new LegacySessions(this.#services, this.#target, this.#credentials);
  }

  /** The server opens no sessions any more: whoever comes next finds out what it does instead. */
  #give(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.stop();
    this.#listeners.gone();
  }
}
