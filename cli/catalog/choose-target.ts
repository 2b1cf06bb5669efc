import type { Document } from '../../compiler/source/document.ts';
import { parseCredentialHeader } from '../../dataplane/identity/credential-header.ts';
import { checkUrl, isSecure, type HostPattern, type UrlFailure } from '../../dataplane/identity/egress.ts';
import type { SecretFailure, Secrets } from '../../dataplane/identity/secrets.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { failure } from '../failure.ts';
import type { UpstreamTarget } from './upstream-client.ts';

/** What the proxy's configuration allows; null where none was given. */
export interface Reach {
  readonly secrets: Secrets | null;
  readonly egress: readonly HostPattern[] | null;
}

export interface ChosenTarget extends UpstreamTarget {
  readonly identity: string;
}

const URL_FAILURES: Readonly<Record<UrlFailure, string>> = {
  'malformed-url': 'has a URL that is none',
  'insecure-url': 'has a URL that leaves this machine without TLS',
  'host-not-allowed': 'has a host that `egress` of the configuration does not allow',
};

const SECRET_FAILURES: Readonly<Record<SecretFailure, string>> = {
  'unknown-secret': 'is not in the configuration',
  'secret-missing': 'has no value where the configuration says it is',
  'secret-malformed': 'has a value that no HTTP header can carry',
  'secret-not-for-host': 'may not be sent to this host: look at its `to`',
  'secret-over-plain-http': 'is only sent over TLS, or to this machine',
};

/**
 * Where and as whom a Server is asked: by the identity named, or else the first one of its document. The proxy's own rules
 * hold: hosts and secrets only as its configuration allows.
 * @throws Failure
 */
export function chooseTarget(server: Document<Server>, identityNamed: string | null, reach: Reach): ChosenTarget {
  const { url: text, identities } = server.value;
  if (text === undefined) throw failure(server.name, 'is a program; only servers with a URL can be asked');
  const url = allowedUrl(server.name, text, reach.egress);
  const names = Object.keys(identities);
  const identity = identityNamed ?? names[0] ?? '';
  const auth = identities[identity];
  if (auth === undefined)
    throw failure('--identity', `\`${server.name}\` has no identity \`${identity}\``, `it has ${names.join(', ')}`);
  if (auth === 'none') return { identity, url, headers: [] };
  const parts: readonly (readonly [header: string, before: string, secret: string])[] =
    'bearer' in auth
      ? [['authorization', 'Bearer ', auth.bearer]]
      : Object.entries(auth.headers).map(([header, secret]) => [headerName(server.name, header), '', secret]);
  const headers = parts.map(([header, before, secret]): readonly [string, string] => [
    header,
    before + valueOf(secret, url, reach.secrets),
  ]);
  return { identity, url, headers };
}

function allowedUrl(server: string, text: string, egress: readonly HostPattern[] | null): URL {
  if (egress !== null) {
    const checked = checkUrl(text, egress);
    if (!checked.ok) throw failure(server, URL_FAILURES[checked.reason]);
    return checked.url;
  }
  const url = new URL(text);
  if (!isSecure(url)) throw failure(server, URL_FAILURES['insecure-url']);
  return url;
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
