import type { ClientCredentials, Server as ServerDocument, TokenExchange } from '../../schemas/types/documents.ts';
import type { ClientAuth, Server, UpstreamIdentity } from '../../schemas/types/policy.ts';
import type { Document } from '../source/document.ts';

/** Identities sorted by name: what an assignment's index refers to. */
export function lowerServer(document: Document<ServerDocument>): Server {
  const { url, stdio, identities } = document.value;
  return {
    name: document.name,
    target: stdio === undefined ? { url: url ?? '' } : { stdio },
    identities: Object.keys(identities)
      .sort()
      .map((name) => lowerIdentity(name, identities[name] ?? 'none')),
    openArguments: document.value.arguments === 'open',
    opaqueUris: document.value.uris === 'opaque',
    strictDrift: document.value.drift === 'strict',
    timeoutSeconds: document.value.timeoutSeconds ?? null,
  };
}

/** One identity as the proxy reads it. */
export function lowerIdentity(name: string, identity: ServerDocument['identities'][string]): UpstreamIdentity {
  if (identity === 'none') return { name, auth: { kind: 'none' } };
  if ('bearer' in identity) return { name, auth: { kind: 'bearer', secret: identity.bearer } };
  if ('client' in identity) return { name, auth: { kind: 'client', ...lowerTokenRequest(identity.client) } };
  if ('exchange' in identity) return { name, auth: { kind: 'exchange', ...lowerTokenRequest(identity.exchange) } };
  const headers = Object.entries(identity.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return { name, auth: { kind: 'headers', headers: Object.fromEntries(headers) } };
}

function lowerTokenRequest(written: ClientCredentials | TokenExchange): Omit<ClientAuth, 'kind'> {
  const { tokenUrl, id, secret, auth, audience, resource, scopes } = written;
  return {
    tokenUrl,
    id,
    secret,
    auth: auth ?? 'basic',
    audience: audience ?? null,
    resource: resource ?? null,
    scopes: [...(scopes ?? [])].sort(),
  };
}
