import { BoundedCache } from '../bounded-cache.ts';
import { plainValue, memberOf, parseJsonTree } from '../format/json-tree.ts';
import type { Header } from '../http/exchange.ts';
import type { UpstreamRequest, Upstreams } from '../http/upstream.ts';
import { UPSTREAM_SESSION_ID_CHARS_MAX, UPSTREAM_SESSION_IDLE_MS_MAX, UPSTREAM_SESSIONS_MAX } from '../limits.ts';
import { askUpstream, type Asked } from './ask-upstream.ts';
import { CLIENT_CAPABILITIES, CLIENT_INFO } from './client-profile.ts';
import type { CallFailure } from './refusals.ts';
import { upHeaders } from './up-headers.ts';
import { LEGACY_VERSIONS } from './versions.ts';

/** A legacy server as one identity of ours sees it. */
export interface SessionTarget {
  readonly url: URL;
  readonly credentials: readonly Header[];
  /** Asked for in `initialize`: what the catalog recorded. */
  readonly protocolVersion: string;
}

/** An open session with a legacy server. */
export interface UpstreamSession {
  /** Null: the server keeps none. */
  readonly id: string | null;
  readonly protocolVersion: string;
  readonly target: SessionTarget;
  /** An id or progress token that no other request of this session has. */
  mint(): number;
}

export type SessionResult =
  { readonly ok: true; readonly session: UpstreamSession } | { readonly ok: false; readonly reason: CallFailure };

interface Entry {
  readonly key: string;
  readonly opening: Promise<SessionResult>;
  session: UpstreamSession | null;
  usedMs: number;
}

/**
 * Sessions with legacy servers, opened on first use and kept: per principal, so that nobody meets another's state.
 * Bounded; closed with DELETE when idle, forgotten or at the end (2025-11-25 basic/transports, Session Management).
 */
export class UpstreamSessions {
  readonly #upstreams: Upstreams;
  readonly #report: (problem: unknown) => void;
  readonly #entries = new BoundedCache<string, Entry>(UPSTREAM_SESSIONS_MAX, (entry) => void this.#end(entry));
  readonly #sweep: NodeJS.Timeout;

  constructor(upstreams: Upstreams, report: (problem: unknown) => void) {
    this.#upstreams = upstreams;
    this.#report = report;
    this.#sweep = setInterval(() => this.#endIdle(Date.now()), UPSTREAM_SESSION_IDLE_MS_MAX / 10).unref();
  }

  /** The session of that key; opened now if there is none. A failure is not remembered. */
  async open(key: string, target: SessionTarget): Promise<SessionResult> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.usedMs = Date.now();
      return known.opening;
    }
    const entry: Entry = { key, opening: this.#initialize(target), session: null, usedMs: Date.now() };
    this.#entries.set(key, entry);
    const result = await entry.opening;
    if (result.ok) entry.session = result.session;
    else if (this.#entries.get(key) === entry) this.#entries.delete(key);
    return result;
  }

  /** Forgets a session that the server no longer knows, unless it was replaced meanwhile. */
  forget(key: string, session: UpstreamSession): void {
    if (this.#entries.get(key)?.session === session) this.#entries.delete(key);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#entries.values()].map((entry) => this.#end(entry)));
  }

  async #initialize(target: SessionTarget): Promise<SessionResult> {
    const params = {
      protocolVersion: target.protocolVersion,
      capabilities: CLIENT_CAPABILITIES,
      clientInfo: CLIENT_INFO,
    };
    const asked = await this.#ask({
      method: 'POST',
      url: target.url,
      headers: upHeaders(target.protocolVersion, target.credentials),
      body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params })),
    });
    if (!asked.ok) return asked;
    const { status, header } = asked.head;
    if (status === 401 || status === 403) return { ok: false, reason: 'upstream-denied' };
    if (status !== 200 || asked.message === null) return { ok: false, reason: 'upstream-session' };
    const protocolVersion = negotiatedVersion(asked.message);
    const id = header('mcp-session-id');
    if (protocolVersion === null || !LEGACY_VERSIONS.includes(protocolVersion))
      return { ok: false, reason: 'upstream-session' };
    if (id !== null && !isSessionId(id)) return { ok: false, reason: 'upstream-session' };
    let minted = 0;
    const session = { id, protocolVersion, target, mint: () => ++minted };
    const told = await this.notify(session, 'notifications/initialized', null);
    return told ? { ok: true, session } : { ok: false, reason: 'upstream-session' };
  }

  /** Sends a notification of ours; whether it was accepted. */
  async notify(session: UpstreamSession, method: string, params: object | null): Promise<boolean> {
    const message = params === null ? { jsonrpc: '2.0', method } : { jsonrpc: '2.0', method, params };
    return this.post(session, Buffer.from(JSON.stringify(message)));
  }

  /** Sends a message that has no answer. */
  async post(session: UpstreamSession, body: Buffer): Promise<boolean> {
    const asked = await this.#ask({
      method: 'POST',
      url: session.target.url,
      headers: sessionHeaders(session, session.target.credentials),
      body,
    });
    return asked.ok && asked.head.status >= 200 && asked.head.status < 300;
  }

  async #end(entry: Entry): Promise<void> {
    const opened = await entry.opening;
    if (!opened.ok || opened.session.id === null) return;
    const { session } = opened;
    await this.#ask({
      method: 'DELETE',
      url: session.target.url,
      headers: sessionHeaders(session, session.target.credentials),
      body: null,
    });
  }

  #ask(request: UpstreamRequest): Promise<Asked> {
    return askUpstream(this.#upstreams, request, this.#report);
  }

  #endIdle(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (nowMs - entry.usedMs < UPSTREAM_SESSION_IDLE_MS_MAX) continue;
      this.#entries.delete(entry.key);
      void this.#end(entry);
    }
  }
}

/** Headers of a request within a session. */
export function sessionHeaders(session: UpstreamSession, credentials: readonly Header[]): Header[] {
  const headers = upHeaders(session.protocolVersion, credentials);
  return session.id === null ? headers : [...headers, ['mcp-session-id', session.id]];
}

function negotiatedVersion(message: Buffer): string | null {
  const parsed = parseJsonTree(message.toString('utf8'));
  const result = parsed.ok ? memberOf(parsed.tree, 'result') : null;
  const version = result === null ? null : memberOf(result, 'protocolVersion');
  const value = version === null ? null : plainValue(version);
  return typeof value === 'string' ? value : null;
}

/** Visible ASCII, as the specification demands. */
function isSessionId(id: string): boolean {
  return id.length <= UPSTREAM_SESSION_ID_CHARS_MAX && /^[\x21-\x7e]+$/.test(id);
}
