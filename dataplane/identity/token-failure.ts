import type { CallFailure } from '../mcp/refusals.ts';

/**
 * Why an authorization server gave no token for an upstream server, and what that makes of the call: what may pass is
 * `server-unavailable`, what somebody has decided is `upstream-denied`. The first eight are ours or the network's, the
 * others are its own words (RFC 6749 section 5.2, RFC 8693 section 2.2.2), of which nothing else is kept.
 */
export const TOKEN_FAILURES = {
  unreachable: 'server-unavailable',
  timeout: 'server-unavailable',
  'too-large': 'server-unavailable',
  'bad-status': 'server-unavailable',
  'malformed-answer': 'server-unavailable',
  /** Another type than Bearer: it would have to be used in a way that we do not know. */
  'wrong-token-type': 'server-unavailable',
  /** It gave back what it got: that is for us, and no server may have it. */
  'same-token': 'upstream-denied',
  /** The request that brought the caller's token is over. */
  'caller-gone': 'server-unavailable',
  'invalid-client': 'upstream-denied',
  'unauthorized-client': 'upstream-denied',
  'unsupported-grant-type': 'upstream-denied',
  'invalid-grant': 'upstream-denied',
  'invalid-request': 'upstream-denied',
  'invalid-scope': 'upstream-denied',
  'invalid-target': 'upstream-denied',
  refused: 'upstream-denied',
} as const satisfies Record<string, CallFailure>;

export type TokenFailure = keyof typeof TOKEN_FAILURES;

const BY_ERROR: ReadonlyMap<unknown, TokenFailure> = new Map<string, TokenFailure>([
  ['invalid_client', 'invalid-client'],
  ['unauthorized_client', 'unauthorized-client'],
  ['unsupported_grant_type', 'unsupported-grant-type'],
  ['invalid_grant', 'invalid-grant'],
  ['invalid_request', 'invalid-request'],
  ['invalid_scope', 'invalid-scope'],
  ['invalid_target', 'invalid-target'],
]);

/** What the `error` of a refusal means. */
export function failureOfError(error: unknown): TokenFailure {
  return BY_ERROR.get(error) ?? 'refused';
}
