import type { Bundle } from '../bundle/decode.ts';
import type { CredentialFailure, Credentials } from '../identity/credentials.ts';

/** An identity of a server that cannot be called from here. */
export interface Lacking {
  readonly server: string;
  readonly identity: string;
  readonly reason: CredentialFailure;
}

/** What a bundle names and the proxy's configuration lacks: those servers are unavailable, all others are served. */
export function findLacking(bundle: Bundle, credentials: Credentials): readonly Lacking[] {
  return bundle.policy.servers.flatMap((server, at) =>
    server.identities.flatMap((identity, which) => {
      const reason = credentials.lackOf(at, which);
      return reason === null ? [] : [{ server: server.name, identity: identity.name, reason }];
    }),
  );
}
