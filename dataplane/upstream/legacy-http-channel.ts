import { BoundedCache } from '../bounded-cache.ts';
import {
  CHANNEL_RESTS_MAX,
  LISTEN_RETRY_MS_MAX,
  SESSIONS_CLOSE_MS_MAX,
  UPSTREAM_HANDSHAKE_MS_MAX,
  UPSTREAM_SESSION_ID_CHARS_MAX,
} from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { askServer } from './ask-server.ts';
import type {
  ChannelCall,
  ChannelListener,
  ChannelReceiver,
  ChannelTarget,
  CredentialSource,
  UpstreamMessage,
} from './channel.ts';
import { buildCancelled, buildInitialize, INITIALIZED, negotiatedVersion } from './handshake.ts';
import { HttpCall, type HttpCallPlan, type HttpRefusal, type HttpServices, type Remedy } from './http-call.ts';
import { refuseCall, type KeptChannel } from './kept-channel.ts';
import { ListenStream } from './listen-stream.ts';
import { Listeners } from './listeners.ts';
import type { HttpTarget } from './modern-http-channel.ts';
import { postHeaders, sessionHeaders, streamHeaders } from './request-headers.ts';
import type { ServerGate } from './server-gate.ts';

const HANDSHAKE = patience(UPSTREAM_HANDSHAKE_MS_MAX);
const GOODBYE = patience(SESSIONS_CLOSE_MS_MAX);

/** An open session with a legacy server. */
interface Session {
  /** Null: the server keeps none. */
  readonly id: string | null;
  readonly protocolVersion: string;
}

type SessionResult =
  { readonly ok: true; readonly session: Session } | { readonly ok: false; readonly reason: CallFailure };

export type LegacyHttpResult =
  { readonly ok: true; readonly channel: LegacyHttpChannel } | { readonly ok: false; readonly reason: CallFailure };

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
    const opened = await openSession(services, target, target.transport.credentials);
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
    return !this.#closed && this.#post(this.#session, message);
  }

  listen(listener: ChannelListener): () => void {
    return this.#listeners.add(listener);
  }

  renew(target: ChannelTarget): void {
    if (target.transport.kind !== 'stdio') this.#credentials = target.transport.credentials;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.stop();
    await this.#delete(this.#session);
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
      patience: null,
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
    if (this.#closed) return Promise.resolve({ ok: false, reason: 'upstream-session' });
    if (this.#session !== lost) return Promise.resolve({ ok: true, session: this.#session });
    this.#reopening ??= this.#openAgain().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #openAgain(): Promise<SessionResult> {
    const opened = await openSession(this.#services, this.#target, this.#credentials);
    if (!opened.ok) return opened;
    if (this.#closed) {
      await this.#delete(opened.session);
      return { ok: false, reason: 'upstream-session' };
    }
    this.#session = opened.session;
    this.#listeners.reopened();
    this.#stream.restart();
    return opened;
  }

  #post(session: Session, message: Buffer): Promise<boolean> {
    return postIn(this.#services, this.#target, this.#credentials, session, message);
  }

  async #delete(session: Session): Promise<void> {
    if (session.id === null) return;
    await askServer(this.#services, {
      method: 'DELETE',
      url: this.#target.transport.url,
      headers: sessionHeaders(session.protocolVersion, session.id),
      body: null,
      credentials: this.#credentials,
      patience: GOODBYE,
    });
  }
}

async function openSession(
  services: HttpServices,
  { transport, protocolVersion: wanted, capabilities }: HttpTarget,
  credentials: CredentialSource,
): Promise<SessionResult> {
  const asked = await askServer(services, {
    method: 'POST',
    url: transport.url,
    headers: postHeaders(wanted),
    body: buildInitialize('0', wanted, capabilities),
    credentials,
    patience: HANDSHAKE,
  });
  if (!asked.ok) return asked;
  const { status, header } = asked.head;
  if (status === 401 || status === 403) return { ok: false, reason: 'upstream-denied' };
  if (status !== 200 || asked.message === null) return { ok: false, reason: 'upstream-session' };
  const protocolVersion = negotiatedVersion(asked.message);
  const id = header('mcp-session-id');
  if (protocolVersion === null || (id !== null && !isSessionId(id))) return { ok: false, reason: 'upstream-session' };
  const session: Session = { id, protocolVersion };
  const told = await postIn(services, { transport }, credentials, session, INITIALIZED);
  return told ? { ok: true, session } : { ok: false, reason: 'upstream-session' };
}

/** Sends a message that has no answer; whether it was accepted. */
async function postIn(
  services: HttpServices,
  { transport }: Pick<HttpTarget, 'transport'>,
  credentials: CredentialSource,
  session: Session,
  body: Buffer,
): Promise<boolean> {
  const headers = sessionHeaders(session.protocolVersion, session.id);
  const { url } = transport;
  const asked = await askServer(services, { method: 'POST', url, headers, body, credentials, patience: HANDSHAKE });
  return asked.ok && asked.head.status >= 200 && asked.head.status < 300;
}

const TRANSPORT_ERROR = -32_000;

/**
 * A server answers 404 for a session that it does not know; some answer 400, told from other refusals by the code that the
 * transports of the official SDK give their own errors.
 */
function isSessionError({ status, code }: HttpRefusal): boolean {
  return status === 404 || (status === 400 && code === TRANSPORT_ERROR);
}

/** Visible ASCII, as the specification demands. */
function isSessionId(id: string): boolean {
  return id.length <= UPSTREAM_SESSION_ID_CHARS_MAX && /^[\x21-\x7e]+$/.test(id);
}

function patience(ms: number): { readonly headersMs: number; readonly stallMs: number; readonly callMs: number } {
  return { headersMs: ms, stallMs: ms, callMs: ms };
}
