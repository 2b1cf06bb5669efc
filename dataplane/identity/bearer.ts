import { CREDENTIAL_CHARS_MAX } from '../limits.ts';
import type { IdentityFailure } from './failure.ts';

/** A credential with its form, told apart once and for all by its shape; its issuer decides nothing about that. */
type Credential =
  { readonly kind: 'robot-key'; readonly text: string } | { readonly kind: 'jwt'; readonly text: string };

export type CredentialResult =
  { readonly ok: true; readonly credential: Credential } | { readonly ok: false; readonly reason: IdentityFailure };

/**
 * The bearer credential of an Authorization header (RFC 6750 section 2.1; the two other places that it knows, body and
 * query, are never read). An array holds every header of that name: more than one is refused, since which of them counts
 * would depend on who reads them. Robot keys start with `mgw_`, JWTs in compact form have three parts.
 */
export function parseBearer(authorization: string | readonly string[] | undefined): CredentialResult {
  const headers = typeof authorization === 'string' ? [authorization] : (authorization ?? []);
  const header = headers[0];
  if (header === undefined) return { ok: false, reason: 'no-credentials' };
  if (headers.length > 1) return { ok: false, reason: 'malformed-credentials' };
  if (header.length > CREDENTIAL_CHARS_MAX) return { ok: false, reason: 'oversized-credentials' };
  const space = header.indexOf(' ');
  const scheme = space === -1 ? header : header.slice(0, space);
  if (scheme.toLowerCase() !== 'bearer') return { ok: false, reason: 'no-credentials' };
  const text = space === -1 ? '' : header.slice(space).replace(/^ +/, '');
  if (!isToken68(text)) return { ok: false, reason: 'malformed-credentials' };
  if (text.startsWith('mgw_')) return { ok: true, credential: { kind: 'robot-key', text } };
  if (text.split('.').length === 3) return { ok: true, credential: { kind: 'jwt', text } };
  return { ok: false, reason: 'unrecognised-credentials' };
}

/** `b64token` of RFC 6750: no space or comma can hide a second credential in it. */
function isToken68(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}
