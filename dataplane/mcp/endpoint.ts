import type { Policy } from '../../schemas/types/policy.ts';

/** What a request's URL asks for. `gateway` null: the one that the caller may reach. */
export type Endpoint =
  { readonly kind: 'mcp'; readonly gateway: string | null } | { readonly kind: 'metadata' } | { readonly kind: 'none' };

const METADATA = '/.well-known/oauth-protected-resource';
const GATEWAY = /^[a-z][a-z0-9-]{0,39}$/;
const NONE: Endpoint = { kind: 'none' };

/**
 * `{url}/mcp/{gateway}`, `{url}/mcp?gateway={gateway}` or `{url}/mcp` (operation.md), below the path of the workspace's
 * URL; the protected-resource metadata under every path. Nothing is decoded: a name needs no escapes.
 */
export function readEndpoint(policy: Policy, path: string, query: string): Endpoint {
  if (path === METADATA || path.startsWith(`${METADATA}/`)) return { kind: 'metadata' };
  const base = baseOf(policy);
  if (path !== base && !path.startsWith(`${base}/`)) return NONE;
  const named = path.slice(base.length).replace(/^\//, '');
  const chosen = query === '' ? [] : new URLSearchParams(query).getAll('gateway');
  const gateway = named === '' ? (chosen[0] ?? null) : named;
  if (chosen.some((name) => name !== gateway)) return NONE;
  return gateway === null || GATEWAY.test(gateway) ? { kind: 'mcp', gateway } : NONE;
}

const bases = new WeakMap<Policy, string>();

function baseOf(policy: Policy): string {
  const known = bases.get(policy);
  if (known !== undefined) return known;
  const base = `${new URL(policy.url).pathname.replace(/\/+$/, '')}/mcp`;
  bases.set(policy, base);
  return base;
}

/** Where a gateway answers. */
export function gatewayUrl(policy: Policy, gateway: string): string {
  return `${policy.url.replace(/\/+$/, '')}/mcp/${gateway}`;
}
