import { checkUrl, type HostPattern } from '../../dataplane/identity/egress.ts';
import { parseCredentialHeader } from '../../dataplane/identity/credential-header.ts';
import type { SecretFailure, Secrets } from '../../dataplane/identity/secrets.ts';
import type { TokenFailure } from '../../dataplane/identity/token-failure.ts';
import { requestToken } from '../../dataplane/identity/token-request.ts';
import type { Environment } from '../../dataplane/identity/reference.ts';
import type { Program } from '../../dataplane/upstream/stdio/program.ts';
import type { ClientAuth, UpstreamAuth } from '../../schemas/types/policy.ts';
import { failure } from '../failure.ts';

/** What the proxy's configuration allows; null where none was given. */
export interface Reach {
  readonly secrets: Secrets | null;
  readonly egress: readonly HostPattern[] | null;
  /** The programs that a Server may name. */
  readonly programs?: ReadonlyMap<string, Program> | null;
  /** What `env:NAME` of a program's secrets is looked up in. */
  readonly environment?: Environment;
}

export type Headers = readonly (readonly [name: string, value: string])[];

const SECRET_FAILURES: Readonly<Record<SecretFailure, string>> = {
  'unknown-secret': 'is not in the configuration',
  'secret-missing': 'has no value where the configuration says it is',
  'secret-malformed': 'has a value that no HTTP header can carry',
  'secret-not-for-host': 'may not be sent to this host: look at its `to`',
  'secret-over-plain-http': 'is only sent over TLS, or to this machine',
};

const TOKEN_FAILURES: Readonly<Record<TokenFailure, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'did not answer in time',
  'too-large': 'sent an answer that is too large',
  'bad-status': 'failed',
  'malformed-answer': 'sent an answer that is no token',
  'wrong-token-type': 'gave a token that is no bearer token',
  'same-token': 'gave back the token it was sent',
  'caller-gone': 'was not asked',
  'invalid-client': 'does not accept the client id or its secret (invalid_client)',
  'unauthorized-client': 'does not let this client ask for tokens (unauthorized_client)',
  'unsupported-grant-type': 'does not know client credentials (unsupported_grant_type)',
  'invalid-grant': 'refused the request (invalid_grant)',
  'invalid-request': 'refused the request (invalid_request)',
  'invalid-scope': 'does not give these scopes (invalid_scope)',
  'invalid-target': 'does not know this audience or resource (invalid_target)',
  refused: 'refused the request',
};

/**
 * The headers with which a server at `url` is called as one of its identities. The proxy's own rules hold: secrets and
 * hosts only as its configuration allows.
 * @throws Failure
 */
export async function identityHeaders(server: string, auth: UpstreamAuth, url: URL, reach: Reach): Promise<Headers> {
  switch (auth.kind) {
    case 'none':
      return [];
    case 'bearer':
      return [['authorization', `Bearer ${valueOf(auth.secret, url, reach.secrets)}`]];
    case 'headers':
      return Object.entries(auth.headers).map(([header, secret]) => [
        headerName(server, header),
        valueOf(secret, url, reach.secrets),
      ]);
    case 'client':
      return [['authorization', `Bearer ${await fetchToken(server, auth, reach)}`]];
    case 'exchange':
      throw failure(
        server,
        "has an identity that exchanges a caller's token, and nobody calls here",
        'choose an identity of another sort with --identity',
      );
  }
}

async function fetchToken(server: string, auth: ClientAuth, { secrets, egress }: Reach): Promise<string> {
  const checked = checkUrl(auth.tokenUrl, egress ?? []);
  const url = new URL(auth.tokenUrl);
  const secret = valueOf(auth.secret, url, secrets);
  if (!checked.ok) throw failure(server, `has a token endpoint on ${url.host}, which the configuration does not allow`);
  const answer = await requestToken({ url, auth, secret, subject: null, egress: egress ?? [] });
  if (!answer.ok) throw failure(auth.tokenUrl, TOKEN_FAILURES[answer.reason]);
  return answer.token;
}

function headerName(server: string, header: string): string {
  const name = parseCredentialHeader(header);
  if (name === null)
    throw failure(server, `has an identity with the header \`${header}\`, which the proxy writes itself`);
  return name;
}

function valueOf(secret: string, url: URL, secrets: Secrets | null): string {
  if (secrets === null) {
    throw failure(
      '--config',
      `is required: it says where the secret \`${secret}\` is`,
      'or choose an identity without one with --identity',
    );
  }
  const value = secrets.valueFor(secret, url);
  if (!value.ok) throw failure(`the secret \`${secret}\``, SECRET_FAILURES[value.reason]);
  return value.value;
}
