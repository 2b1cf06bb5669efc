import type { Policy, UpstreamAuth } from '../../schemas/types/policy.ts';
import { parseCredentialHeader } from './credential-header.ts';
import { checkUrl, type HostPattern, type UrlFailure } from './egress.ts';
import type { SecretFailure, Secrets } from './secrets.ts';

export type CredentialFailure =
  UrlFailure | SecretFailure | 'no-url' | 'unknown-identity' | 'shared-secret' | 'reserved-header';

export type CredentialResult =
  | {
      readonly ok: true;
      /** Where to send them, and nowhere else: redirects are never followed. */
      readonly url: URL;
      /** Names in lower case, each once. */
      readonly headers: readonly (readonly [name: string, value: string])[];
    }
  | { readonly ok: false; readonly reason: CredentialFailure };

/** What of an identity does not change between two calls. */
type Recipe =
  | { readonly ok: true; readonly url: URL; readonly parts: readonly HeaderPart[] }
  | { readonly ok: false; readonly reason: CredentialFailure };

interface HeaderPart {
  readonly name: string;
  readonly before: string;
  readonly secret: string;
}

/**
 * The credentials with which one policy's servers are called: each identity has its own, and there is no falling back from
 * one to another. A bundle names servers and secrets; whether such a host may be called, whether the secret exists, and
 * whether it may be sent there, the proxy's configuration says (operation.md). A secret that two servers name is used for
 * neither: whoever writes a second server must not get at the credential of the first.
 */
export class Credentials {
  readonly #recipes: readonly (readonly Recipe[])[];
  readonly #secrets: Secrets;

  constructor(policy: Policy, secrets: Secrets, egress: readonly HostPattern[]) {
    const shared = findSharedSecrets(policy);
    this.#secrets = secrets;
    this.#recipes = policy.servers.map((server) => {
      const { target } = server;
      const checked = 'url' in target ? checkUrl(target.url, egress) : ({ ok: false, reason: 'no-url' } as const);
      return server.identities.map((identity) =>
        checked.ok ? buildRecipe(checked.url, identity.auth, shared) : checked,
      );
    });
  }

  /**
   * URL and headers for a call of a server (index into the policy's) as one of its identities (index into the server's),
   * or why it is not available. Secrets are looked up on each call: a rotated one is used at once.
   */
  headersFor(server: number, identity: number): CredentialResult {
    const recipe = this.#recipes[server]?.[identity];
    if (recipe === undefined) return { ok: false, reason: 'unknown-identity' };
    if (!recipe.ok) return recipe;
    const headers: (readonly [string, string])[] = [];
    for (const part of recipe.parts) {
      const secret = this.#secrets.valueFor(part.secret, recipe.url);
      if (!secret.ok) return secret;
      headers.push([part.name, part.before + secret.value]);
    }
    return { ok: true, url: recipe.url, headers };
  }
}

function buildRecipe(url: URL, auth: UpstreamAuth, shared: ReadonlySet<string>): Recipe {
  if (secretsOf(auth).some((secret) => shared.has(secret))) return { ok: false, reason: 'shared-secret' };
  switch (auth.kind) {
    case 'none':
      return { ok: true, url, parts: [] };
    case 'bearer':
      return { ok: true, url, parts: [{ name: 'authorization', before: 'Bearer ', secret: auth.secret }] };
    case 'headers':
      return buildHeaders(url, auth.headers);
  }
}

function buildHeaders(url: URL, headers: Readonly<Record<string, string>>): Recipe {
  const parts = new Map<string, HeaderPart>();
  for (const [written, secret] of Object.entries(headers)) {
    const name = parseCredentialHeader(written);
    // Two spellings of one name would be two values, and the server would choose.
    if (name === null || parts.has(name)) return { ok: false, reason: 'reserved-header' };
    parts.set(name, { name, before: '', secret });
  }
  return { ok: true, url, parts: [...parts.values()] };
}

function findSharedSecrets(policy: Policy): ReadonlySet<string> {
  const ownerOf = new Map<string, number>();
  const shared = new Set<string>();
  policy.servers.forEach((server, at) => {
    for (const secret of server.identities.flatMap((identity) => secretsOf(identity.auth))) {
      const owner = ownerOf.get(secret) ?? at;
      ownerOf.set(secret, owner);
      if (owner !== at) shared.add(secret);
    }
  });
  return shared;
}

function secretsOf(auth: UpstreamAuth): readonly string[] {
  switch (auth.kind) {
    case 'none':
      return [];
    case 'bearer':
      return [auth.secret];
    case 'headers':
      return Object.values(auth.headers);
  }
}
