import { randomBytes } from 'node:crypto';
import { CLIENT_NAME_CHARS_MAX, SESSION_AGE_MS_MAX, SESSION_TOKEN_CHARS_MAX } from '../limits.ts';
import { CLIENT_CAPABILITIES, type ClientCapabilities } from './client-capabilities.ts';
import { open, seal, type KeyRing } from './seal.ts';

/** What a legacy client's session id says, so that nothing of it need be kept here (protocol.md 1.9). */
export interface ClientSession {
  /** What the requests of the session share. */
  readonly id: string;
  /** The process that began it, and has what is not in the token. */
  readonly process: string;
  /** Negotiated in `initialize`. */
  readonly protocolVersion: string;
  /** Self-reported in `initialize`. */
  readonly client: { readonly name: string; readonly version: string };
  /** Declared in `initialize`. */
  readonly capabilities: ClientCapabilities;
}

/** Whose session it is, and on which URL: presented by anybody else or anywhere else it is unknown. */
export interface SessionOwner {
  /** `key` of the identity. */
  readonly principal: string;
  /** The gateway in the URL; '' for the universal one. */
  readonly endpoint: string;
}

const PURPOSE = 'session';

/** A new session for a client that initializes. */
export function newSession(
  process: string,
  protocolVersion: string,
  client: ClientSession['client'] | null,
  capabilities: ClientCapabilities,
): ClientSession {
  const cut = (text: string): string => text.slice(0, CLIENT_NAME_CHARS_MAX).toWellFormed();
  return {
    id: randomBytes(12).toString('base64url'),
    process,
    protocolVersion,
    client: { name: cut(client?.name ?? ''), version: cut(client?.version ?? '') },
    capabilities,
  };
}

/** The session id to hand out: sealed, so it can be neither read, changed, nor used by another principal. */
export function sealSession(ring: KeyRing, owner: SessionOwner, session: ClientSession, nowMs: number): string {
  const { id, process, protocolVersion, client, capabilities } = session;
  const declared = [...capabilities.has].join(' ');
  const payload = JSON.stringify([id, process, protocolVersion, client.name, client.version, declared]);
  const sealed = seal(ring, { purpose: PURPOSE, binding: bindingOf(owner) }, payload, nowMs + SESSION_AGE_MS_MAX);
  if (!sealed.ok) throw new Error('a session of bounded fields is too large to seal');
  return sealed.token;
}

/** The session of an id that a client presents; null when it is not one of ours, not this owner's, or too old. */
export function openSession(ring: KeyRing, owner: SessionOwner, token: string, nowMs: number): ClientSession | null {
  if (token.length > SESSION_TOKEN_CHARS_MAX) return null;
  const opened = open(ring, { purpose: PURPOSE, binding: bindingOf(owner) }, token, nowMs);
  if (!opened.ok) return null;
  const fields: unknown = JSON.parse(opened.payload);
  if (!Array.isArray(fields) || fields.length !== 6) return null;
  const [id = '', process = '', protocolVersion = '', name = '', version = '', declared = ''] = fields.map(String);
  const words = declared.split(' ');
  const has = new Set(CLIENT_CAPABILITIES.filter((capability) => words.includes(capability)));
  return { id, process, protocolVersion, client: { name, version }, capabilities: { has, more: false } };
}

const bindingOf = (owner: SessionOwner): readonly string[] => [owner.principal, owner.endpoint];
