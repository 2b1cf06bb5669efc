/**
 * Why a caller has no identity. Each reason has the HTTP status of the answer and, where RFC 6750 section 3.1 has a code
 * for it, the `error` of the challenge. 401 asks the client for another credential, so whatever another credential of the
 * same kind would not cure has another status. Texts are fixed: nothing of the credential is ever repeated.
 */
export const IDENTITY_FAILURES = {
  'no-credentials': { status: 401, error: null, text: 'authentication is required' },
  'malformed-credentials': { status: 400, error: 'invalid_request', text: 'the Authorization header is malformed' },
  'oversized-credentials': { status: 400, error: 'invalid_request', text: 'the credential is too large' },
  'unrecognised-credentials': { status: 401, error: 'invalid_token', text: 'neither a robot key nor a JWT' },
  'malformed-key': { status: 401, error: 'invalid_token', text: 'the robot key is damaged or incomplete' },
  'unknown-key': { status: 401, error: 'invalid_token', text: 'the robot key is not known here' },
  'expired-key': { status: 401, error: 'invalid_token', text: 'the robot key has expired' },
  'expired-robot': { status: 401, error: 'invalid_token', text: 'the robot has expired' },
  'disabled-robot': { status: 403, error: null, text: 'the team that owns the robot is disabled' },
  'malformed-token': { status: 401, error: 'invalid_token', text: 'the token is malformed' },
  'unsupported-algorithm': { status: 401, error: 'invalid_token', text: 'the signature algorithm is not accepted' },
  'unsupported-type': { status: 401, error: 'invalid_token', text: 'this type of token is not accepted' },
  'critical-header': { status: 401, error: 'invalid_token', text: 'the token has a critical header parameter' },
  'unknown-issuer': { status: 401, error: 'invalid_token', text: 'the issuer of the token is not trusted' },
  'unknown-signing-key': { status: 401, error: 'invalid_token', text: 'the issuer has no such signing key' },
  'bad-signature': { status: 401, error: 'invalid_token', text: 'the signature of the token is wrong' },
  'wrong-audience': { status: 401, error: 'invalid_token', text: 'the token is for another audience' },
  'missing-claim': { status: 401, error: 'invalid_token', text: 'the token lacks a required claim' },
  'expired-token': { status: 401, error: 'invalid_token', text: 'the token has expired' },
  'not-yet-valid': { status: 401, error: 'invalid_token', text: 'the token is not valid yet' },
  'token-too-old': { status: 401, error: 'invalid_token', text: 'the token was issued too long ago' },
  'delegated-token': { status: 401, error: 'invalid_token', text: 'delegated tokens are not accepted' },
  'bound-token': { status: 401, error: 'invalid_token', text: 'the token is bound to a key and is no bearer token' },
  'groups-missing': { status: 403, error: null, text: 'the token does not say which groups its holder is in' },
  'groups-overflow': { status: 403, error: null, text: 'the token leaves out groups because there are too many' },
  'unknown-robot': { status: 401, error: 'invalid_token', text: 'the token matches no robot' },
  'ambiguous-robot': { status: 401, error: 'invalid_token', text: 'the token matches more than one robot' },
  'keys-unavailable': { status: 503, error: null, text: 'the keys of the issuer are not available' },
} as const satisfies Record<string, IdentityFailureInfo>;

interface IdentityFailureInfo {
  readonly status: 400 | 401 | 403 | 503;
  readonly error: 'invalid_request' | 'invalid_token' | null;
  readonly text: string;
}

export type IdentityFailure = keyof typeof IDENTITY_FAILURES;
