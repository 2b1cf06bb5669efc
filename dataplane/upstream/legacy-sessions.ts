import { SESSIONS_CLOSE_MS_MAX, UPSTREAM_HANDSHAKE_MS_MAX, UPSTREAM_SESSION_ID_CHARS_MAX } from '../limits.ts';
import type { UpstreamPatience } from '../http/upstream.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { scanResponse } from '../mcp/scan-response.ts';
import { LEGACY_VERSIONS } from '../mcp/versions.ts';
import { askServer, type Asked, type Question } from './ask-server.ts';
import type { CredentialSource } from './channel.ts';
import { buildInitialize, INITIALIZED, negotiatedVersion } from './handshake.ts';
import type { HttpRefusal, HttpServices } from './http-call.ts';
import type { HttpTarget } from './modern-http-channel.ts';
import { postHeaders, sessionHeaders } from './request-headers.ts';

/** An open session with a legacy server. */
export interface Session {
  /** Null: the server keeps none. */
  readonly id: string | null;
  readonly protocolVersion: string;
}

export type SessionResult =
  | { readonly ok: true; readonly session: Session }
  /** `refused`: the server is there, and opens no such session. */
  | { readonly ok: false; readonly reason: CallFailure; readonly refused: boolean };

const HANDSHAKE = patienceOf(UPSTREAM_HANDSHAKE_MS_MAX);
const GOODBYE = patienceOf(SESSIONS_CLOSE_MS_MAX);

/** Statuses of a place where POST, or `initialize`, is not served (2025-11-25 basic/transports, Backwards Compatibility). */
const NO_SESSIONS: ReadonlySet<number> = new Set([400, 404, 405, 406, 415]);
const TRANSPORT_ERROR = -32_000;

/** The sessions of one legacy server, as one identity of ours: our own messages, which nobody else waits for. */
export class LegacySessions {
  readonly #services: HttpServices;
  readonly #target: HttpTarget;
  readonly #credentials: CredentialSource;

  constructor(services: HttpServices, target: HttpTarget, credentials: CredentialSource) {
    this.#services = services;
    this.#target = target;
    this.#credentials = credentials;
  }

  async open(): Promise<SessionResult> {
    const { protocolVersion: recorded, capabilities } = this.#target;
    const [newest = ''] = LEGACY_VERSIONS;
    // The recorded revision may be of the other era.
    const wanted = LEGACY_VERSIONS.includes(recorded) ? recorded : newest;
    const body = buildInitialize('0', wanted, capabilities);
    const asked = await this.#ask({ method: 'POST', headers: postHeaders(wanted), body, patience: HANDSHAKE });
    if (!asked.ok) return { ...asked, refused: false };
    const { status, header } = asked.head;
    if (status === 401 || status === 403) return { ok: false, reason: 'upstream-denied', refused: false };
    const { message } = asked;
    const protocolVersion = status === 200 && message !== null ? negotiatedVersion(message) : null;
    if (protocolVersion === null) {
      return { ok: false, reason: 'upstream-session', refused: isRefusal(status, message) };
    }
    const id = header('mcp-session-id');
    if (id !== null && !isSessionId(id)) return { ok: false, reason: 'upstream-session', refused: false };
    const session: Session = { id, protocolVersion };
    const told = await this.post(session, INITIALIZED);
    return told ? { ok: true, session } : { ok: false, reason: 'upstream-session', refused: false };
  }

  /** Sends a message that has no answer; whether it was accepted. */
  async post({ id, protocolVersion }: Session, body: Buffer): Promise<boolean> {
    const headers = sessionHeaders(protocolVersion, id);
    const asked = await this.#ask({ method: 'POST', headers, body, patience: HANDSHAKE });
    return asked.ok && asked.head.status >= 200 && asked.head.status < 300;
  }

  /** Tells the server that a session is over (2025-11-25 basic/transports, Session Management). */
  async end({ id, protocolVersion }: Session): Promise<void> {
    if (id === null) return;
    const headers = sessionHeaders(protocolVersion, id);
    await this.#ask({ method: 'DELETE', headers, body: null, patience: GOODBYE });
  }

  #ask(question: Omit<Question, 'url' | 'credentials'>): Promise<Asked> {
    const { url } = this.#target.transport;
    return askServer(this.#services, { ...question, url, credentials: this.#credentials });
  }
}

/**
 * A server answers 404 for a session that it does not know; some answer 400, told from other refusals by the code that the
 * transports of the official SDK give their own errors.
 */
export function isSessionError({ status, code }: HttpRefusal): boolean {
  return status === 404 || (status === 400 && code === TRANSPORT_ERROR);
}

/** What a server answers to `initialize` that is no legacy server at that place; garbage with status 200 is none. */
function isRefusal(status: number, message: Buffer | null): boolean {
  if (status !== 200) return NO_SESSIONS.has(status);
  const scanned = message === null ? null : scanResponse(message);
  return scanned?.ok === true && scanned.message.kind === 'error';
}

/** Visible ASCII, as the specification demands. */
function isSessionId(id: string): boolean {
  return id.length <= UPSTREAM_SESSION_ID_CHARS_MAX && /^[\x21-\x7e]+$/.test(id);
}

function patienceOf(ms: number): UpstreamPatience {
  return { headersMs: ms, stallMs: ms, callMs: ms };
}
