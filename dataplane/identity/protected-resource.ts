import type { Policy } from '../../schemas/types/policy.ts';
import { IDENTITY_FAILURES, type IdentityFailure } from './failure.ts';

/** OAuth 2.0 Protected Resource Metadata (RFC 9728 section 2), as far as we have something to say. */
export interface ProtectedResource {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly resource_name: string;
}

/** The one resource identifier of a workspace: `{url}/mcp`, whatever gateway was asked for (operation.md). */
function resourceOf(policy: Policy): string {
  return `${policy.url.replace(/\/$/, '')}/mcp`;
}

/**
 * The metadata that tell a client where people sign in; null when nobody can, since every caller then is a robot with a key
 * or a token it already has. Issuers for robots are left out: their tokens are not for clients to fetch.
 */
export function protectedResource(policy: Policy): ProtectedResource | null {
  const servers = policy.issuers.filter((issuer) => issuer.for === 'people').map((issuer) => issuer.url);
  if (servers.length === 0) return null;
  return {
    resource: resourceOf(policy),
    authorization_servers: servers,
    bearer_methods_supported: ['header'],
    resource_name: policy.workspace,
  };
}

/** Where the metadata are: the well-known path goes between host and path of the resource (RFC 9728 section 3.1). */
export function protectedResourceUrl(policy: Policy): string {
  const { origin, pathname } = new URL(resourceOf(policy));
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}

/**
 * The WWW-Authenticate header for a caller without identity (RFC 6750 section 3, RFC 9728 section 5.1), or null where none
 * belongs: 403 and 503 are not cured by signing in again, and a challenge makes clients try that for ever.
 */
export function renderChallenge(policy: Policy, failure: IdentityFailure): string | null {
  const { status, error, text } = IDENTITY_FAILURES[failure];
  if (status === 403 || status === 503) return null;
  const parameters: string[] = [];
  if (protectedResource(policy) !== null) parameters.push(`resource_metadata="${protectedResourceUrl(policy)}"`);
  if (error !== null) parameters.push(`error="${error}"`, `error_description="${text}"`);
  return parameters.length === 0 ? 'Bearer' : `Bearer ${parameters.join(', ')}`;
}
