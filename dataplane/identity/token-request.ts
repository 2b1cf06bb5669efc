import type { ClientAuth, ExchangeAuth } from '../../schemas/types/policy.ts';
import { parseJsonTree, plainValue } from '../format/json-tree.ts';
import {
  CREDENTIAL_CHARS_MAX,
  TOKEN_ANSWER_BYTES_MAX,
  TOKEN_FETCH_MS,
  UPSTREAM_TOKEN_AGE_DEFAULT_MS,
  UPSTREAM_TOKEN_AGE_MS_MAX,
} from '../limits.ts';
import { requestBounded } from './bounded-request.ts';
import type { HostPattern } from './egress.ts';
import { failureOfError, type TokenFailure } from './token-failure.ts';

/** Everything that is asked of a token endpoint. */
export interface TokenRequest {
  /** The token endpoint, checked. */
  readonly url: URL;
  readonly auth: ClientAuth | ExchangeAuth;
  /** The client's, not its name. */
  readonly secret: string;
  /** The caller's token, which is to be exchanged; null for client credentials. */
  readonly subject: string | null;
  /** Hosts that may be asked. */
  readonly egress: readonly HostPattern[];
}

export type TokenAnswer =
  | {
      readonly ok: true;
      readonly token: string;
      /** How long it may be used, from when it was asked for. */
      readonly lifetimeMs: number;
    }
  | { readonly ok: false; readonly reason: TokenFailure };

const TYPE = 'urn:ietf:params:oauth:token-type:';
/** What of an exchange can be used as a bearer token (RFC 8693 section 3); others may be refresh or identity tokens. */
const USABLE: ReadonlySet<unknown> = new Set([`${TYPE}access_token`, `${TYPE}jwt`]);
/** Statuses with which a request for a token is refused (RFC 6749 section 5.2; some servers use 403). */
const REFUSED = [400, 401, 403];

/**
 * Asks a token endpoint for a token, once: client credentials (RFC 6749 section 4.4), or an exchange of the caller's
 * token (RFC 8693). Never rejects; a failure holds nothing of the token, the secret or the answer. `timeMs`: for all of it.
 */
export async function requestToken(request: TokenRequest, timeMs: number = TOKEN_FETCH_MS): Promise<TokenAnswer> {
  const answer = await requestBounded(request.url, {
    method: 'POST',
    headers: headersOf(request),
    body: formOf(request).toString(),
    timeMs,
    bytesMax: TOKEN_ANSWER_BYTES_MAX,
    reads: [200, ...REFUSED],
    egress: request.egress,
  });
  if (!answer.ok) return answer;
  const { status, contentType, bytes } = answer;
  if (REFUSED.includes(status)) {
    return { ok: false, reason: failureOfError(readObject(bytes)?.['error']) };
  }
  if (status !== 200) return { ok: false, reason: 'bad-status' };
  const members = isJson(contentType) ? readObject(bytes) : null;
  return members === null ? { ok: false, reason: 'malformed-answer' } : readAnswer(members, request.subject);
}

function headersOf({ auth, secret }: TokenRequest): Readonly<Record<string, string>> {
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  if (auth.auth === 'post') return headers;
  // Both parts are form-encoded first, or a colon in the id would end it (RFC 6749 section 2.3.1).
  const pair = `${formEncode(auth.id)}:${formEncode(secret)}`;
  return { ...headers, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function formOf({ auth, secret, subject }: TokenRequest): URLSearchParams {
  const form = new URLSearchParams();
  switch (auth.kind) {
    case 'client':
      form.set('grant_type', 'client_credentials');
      break;
    case 'exchange':
      form.set('grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange');
      form.set('subject_token', subject ?? '');
      form.set('subject_token_type', `${TYPE}access_token`);
      form.set('requested_token_type', `${TYPE}access_token`);
      break;
  }
  if (auth.audience !== null) form.set('audience', auth.audience);
  if (auth.resource !== null) form.set('resource', auth.resource);
  if (auth.scopes.length > 0) form.set('scope', auth.scopes.join(' '));
  if (auth.auth === 'post') {
    form.set('client_id', auth.id);
    form.set('client_secret', secret);
  }
  return form;
}

/** RFC 6749 section 5.1, and RFC 8693 section 2.2.1 where a token was exchanged. */
function readAnswer(members: Readonly<Record<string, unknown>>, subject: string | null): TokenAnswer {
  const { access_token: token, token_type: type } = members;
  if (typeof token !== 'string' || typeof type !== 'string' || !isToken(token)) {
    return { ok: false, reason: 'malformed-answer' };
  }
  if (type.toLowerCase() !== 'bearer') return { ok: false, reason: 'wrong-token-type' };
  if (subject !== null) {
    if (!USABLE.has(members['issued_token_type'])) return { ok: false, reason: 'wrong-token-type' };
    if (token === subject) return { ok: false, reason: 'same-token' };
  }
  const lifetimeMs = readLifetime(members['expires_in']);
  return lifetimeMs === null ? { ok: false, reason: 'malformed-answer' } : { ok: true, token, lifetimeMs };
}

/** Visible ASCII, which no header can be broken with; wider than `b64token`, since there are tokens with `!` or `|`. */
function isToken(text: string): boolean {
  return text.length <= CREDENTIAL_CHARS_MAX && /^[\x21-\x7e]+$/.test(text);
}

/** Milliseconds; null when what is written is no number of seconds. Some servers write the number as a text. */
function readLifetime(seconds: unknown): number | null {
  if (seconds === undefined || seconds === null) return UPSTREAM_TOKEN_AGE_DEFAULT_MS;
  const isNumber = typeof seconds === 'number' || (typeof seconds === 'string' && /^[0-9]{1,10}$/.test(seconds));
  const value = isNumber ? Number(seconds) : Number.NaN;
  return value >= 0 ? Math.min(value * 1_000, UPSTREAM_TOKEN_AGE_MS_MAX) : null;
}

function isJson(contentType: string): boolean {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase() === 'application/json';
}

/** Strict: whoever else reads the answer must see the same token. */
function readObject(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  const parsed = parseJsonTree(bytes.toString('utf8'));
  const value = parsed.ok ? plainValue(parsed.tree) : null;
  return isRecord(value) ? value : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
