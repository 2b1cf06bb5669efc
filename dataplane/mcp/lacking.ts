import type { Bundle } from '../bundle/decode.ts';
import type { CredentialFailure, Credentials } from '../identity/credentials.ts';
import type { TokenFailure } from '../identity/token-failure.ts';

/** An identity of a server, and what is wrong with it. */
interface Unusable<Reason> {
  readonly server: string;
  readonly identity: string;
  readonly reason: Reason;
}

/** What a bundle names and the proxy's configuration lacks: those servers are unavailable, all others are served. */
export function findLacking(bundle: Bundle, credentials: Credentials): readonly Unusable<CredentialFailure>[] {
  return findUnusable(bundle, (server, identity) => credentials.lackOf(server, identity));
}

/** Identities for which no token could be fetched the last time that one was needed. */
export function findTokenFailures(bundle: Bundle, credentials: Credentials): readonly Unusable<TokenFailure>[] {
  return findUnusable(bundle, (server, identity) => credentials.tokenFailureOf(server, identity));
}

function findUnusable<Reason>(
  { policy }: Bundle,
  reasonOf: (server: number, identity: number) => Reason | null,
): readonly Unusable<Reason>[] {
  return policy.servers.flatMap((server, at) =>
    server.identities.flatMap((identity, which) => {
      const reason = reasonOf(at, which);
      return reason === null ? [] : [{ server: server.name, identity: identity.name, reason }];
    }),
  );
}
