import { CLOCK_SKEW_MS } from '../limits.ts';
import { parseJsonTree, plainValue } from '../format/json-tree.ts';
import type { TokenClaims } from './claims.ts';
import type { IdentityFailure } from './failure.ts';

/** Signature algorithms that are accepted (operation.md, Identity): asymmetric ones only, so no public key is a secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface ParsedToken {
  readonly algorithm: Algorithm;
  /** Which key of the issuer signed it, as it says; null when it does not say. */
  readonly keyId: string | null;
  /** Unverified `iss`: good for finding the issuer whose keys are asked, and for nothing else. */
  readonly issuer: string;
  readonly claims: TokenClaims;
}

export type TokenResult =
  { readonly ok: true; readonly token: ParsedToken } | { readonly ok: false; readonly reason: IdentityFailure };

/**
 * Reads a JWT in compact form without verifying it. Strict, so that whoever else reads it sees the same: canonical
 * base64url, UTF-8, no duplicate member. `jku`, `jwk`, `x5u` and `x5c` are never looked at: keys come from the issuer.
 */
export function parseToken(text: string): TokenResult {
  const [headerText = '', claimsText = '', signatureText = ''] = text.split('.');
  const header = decodeObject(headerText);
  const claims = decodeObject(claimsText);
  if (header === null || claims === null || decode(signatureText) === null)
    return { ok: false, reason: 'malformed-token' };
  const algorithm = ALGORITHMS.find((name) => name === header['alg']);
  if (algorithm === undefined) return { ok: false, reason: 'unsupported-algorithm' };
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return { ok: false, reason: 'critical-header' };
  if (!isAccessTokenType(header['typ'])) return { ok: false, reason: 'unsupported-type' };
  const keyId = header['kid'] ?? null;
  if (keyId !== null && typeof keyId !== 'string') return { ok: false, reason: 'malformed-token' };
  const issuer = claims['iss'];
  if (typeof issuer !== 'string') return { ok: false, reason: 'unknown-issuer' };
  return { ok: true, token: { algorithm, keyId, issuer, claims } };
}

/**
 * Other JWTs of the same issuer and key (logout, DPoP proof, event) are no access tokens: RFC 8725 section 3.11. `JWT`
 * and no type at all are what most issuers send, `at+jwt` is RFC 9068.
 */
function isAccessTokenType(type: unknown): boolean {
  if (type === undefined) return true;
  if (typeof type !== 'string') return false;
  const short = type.toLowerCase().replace(/^application\//, '');
  return short === 'jwt' || short === 'at+jwt';
}

function decodeObject(part: string): TokenClaims | null {
  const bytes = decode(part);
  const text = bytes === null ? null : decodeUtf8(bytes);
  const parsed = text === null ? null : parseJsonTree(text);
  if (parsed === null || !parsed.ok || parsed.tree.kind !== 'object') return null;
  const value = plainValue(parsed.tree);
  return isRecord(value) ? value : null;
}

function decode(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}

function decodeUtf8(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return Buffer.byteLength(text) === bytes.length && Buffer.from(text).equals(bytes) ? text : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type LifetimeResult =
  | { readonly ok: true; /** Unix milliseconds from which on the token is refused. */ readonly endMs: number }
  | { readonly ok: false; readonly reason: IdentityFailure };

/**
 * Whether a token is for us and in force at `nowMs`: `aud` names one of `audience`; `exp` and `iat` are there; it is
 * neither expired, nor of the future, nor older than `ageMaxMs`, each with `CLOCK_SKEW_MS` of tolerance (operation.md,
 * Identity). A token with `cnf` is of use to the holder of a key only (RFC 7800): taken as a bearer token it would be of
 * use to a thief as well.
 */
export function checkClaims(
  claims: TokenClaims,
  audience: readonly string[],
  ageMaxMs: number,
  nowMs: number,
): LifetimeResult {
  if (!isFor(claims['aud'], audience)) return { ok: false, reason: 'wrong-audience' };
  const { exp, iat, nbf } = claims;
  if (!isTime(exp) || !isTime(iat) || (nbf !== undefined && !isTime(nbf)))
    return { ok: false, reason: 'missing-claim' };
  if (nowMs >= exp * 1000 + CLOCK_SKEW_MS) return { ok: false, reason: 'expired-token' };
  if (Math.max(iat, nbf ?? iat) * 1000 > nowMs + CLOCK_SKEW_MS) return { ok: false, reason: 'not-yet-valid' };
  const oldMs = iat * 1000 + ageMaxMs + CLOCK_SKEW_MS;
  if (nowMs >= oldMs) return { ok: false, reason: 'token-too-old' };
  if (Object.hasOwn(claims, 'cnf')) return { ok: false, reason: 'bound-token' };
  return { ok: true, endMs: Math.min(exp * 1000 + CLOCK_SKEW_MS, oldMs) };
}

function isFor(aud: unknown, audience: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.some((name) => typeof name === 'string' && audience.includes(name));
}

/** Seconds since 1970 (RFC 7519 section 2, NumericDate), fractions allowed. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
