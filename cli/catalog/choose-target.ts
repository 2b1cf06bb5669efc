import { lowerIdentity } from '../../compiler/lower/servers.ts';
import type { Document } from '../../compiler/source/document.ts';
import { checkUrl, isSecure, type HostPattern, type UrlFailure } from '../../dataplane/identity/egress.ts';
import { guardedLookup } from '../../dataplane/upstream/guarded-lookup.ts';
import type { Program } from '../../dataplane/upstream/stdio/program.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { failure } from '../failure.ts';
import { identityHeaders, type Reach } from './identity-headers.ts';
import type { SyncTarget } from './open-connection.ts';

export type ChosenTarget = SyncTarget & { readonly identity: string };

const URL_FAILURES: Readonly<Record<UrlFailure, string>> = {
  'malformed-url': 'has a URL that is none',
  'insecure-url': 'has a URL that leaves this machine without TLS',
  'host-not-allowed': 'has a host that `egress` of the configuration does not allow',
};

/**
 * Where and as whom a Server is asked: by the identity named, or else the first one of its document. The proxy's own rules
 * hold: hosts and secrets only as its configuration allows.
 * @throws Failure
 */
export async function chooseTarget(
  server: Document<Server>,
  identityNamed: string | null,
  reach: Reach,
): Promise<ChosenTarget> {
  const { url: text, stdio, identities } = server.value;
  const names = Object.keys(identities);
  const identity = identityNamed ?? names[0] ?? '';
  const written = identities[identity];
  if (written === undefined)
    throw failure('--identity', `\`${server.name}\` has no identity \`${identity}\``, `it has ${names.join(', ')}`);
  const { auth } = lowerIdentity(identity, written);
  if (stdio !== undefined) {
    const { programs = null, environment = {} } = reach;
    return { identity, program: programOf(stdio, programs), environment };
  }
  const url = allowedUrl(server.name, text ?? '', reach.egress);
  const headers = await identityHeaders(server.name, auth, url, reach);
  if (reach.egress === null) return { identity, url, headers };
  const { egress } = reach;
  return { identity, url, headers, lookup: guardedLookup(egress, () => undefined) };
}

function programOf(name: string, programs: ReadonlyMap<string, Program> | null): Program {
  if (programs === null) {
    throw failure(
      '--config',
      `is required: it says which program \`${name}\` is`,
      'or give the program and its arguments behind --',
    );
  }
  const program = programs.get(name);
  if (program !== undefined) return program;
  throw failure(`the program \`${name}\``, 'is not in the configuration', 'name it under `stdio`');
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
