import type { ClientAuth, ExchangeAuth, Policy, UpstreamAuth } from '../../schemas/types/policy.ts';
import type { CredentialSource, Transport } from '../upstream/channel.ts';
import type { CallerToken } from './caller-token.ts';
import { parseCredentialHeader } from './credential-header.ts';
import { headersOf, SecretSource, TokenSource, type HeaderPart } from './credential-sources.ts';
import { checkUrl, type HostPattern, type UrlFailure } from './egress.ts';
import type { SecretFailure, Secrets } from './secrets.ts';
import type { TokenFailure } from './token-failure.ts';
import type { UpstreamTokens } from './upstream-tokens.ts';

export type CredentialFailure =
  | UrlFailure
  | SecretFailure
  | `token-${UrlFailure}`
  | `token-${SecretFailure}`
  | 'no-url'
  /** The server is a program that proxy.yaml does not have. */
  | 'unknown-program'
  /** The server is a program, to which no credentials are sent. */
  | 'credentials-for-program'
  | 'unknown-identity'
  | 'shared-secret'
  | 'reserved-header'
  /** The identity exchanges the caller's token, and the caller came with a key. */
  | 'no-caller-token';

export type SourceResult =
  | {
      readonly ok: true;
      /** Where the server is, and what authenticates calls of it there and nowhere else: redirects are never followed. */
      readonly transport: Transport;
    }
  | { readonly ok: false; readonly reason: CredentialFailure };

/** What of an identity does not change between two calls. */
type Recipe =
  | { readonly kind: 'secrets'; readonly url: URL; readonly parts: readonly HeaderPart[] }
  | {
      readonly kind: 'token';
      readonly url: URL;
      readonly tokenUrl: URL;
      readonly auth: ClientAuth | ExchangeAuth;
      /** `server/identity`. */
      readonly identity: string;
    }
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'lacking'; readonly reason: CredentialFailure };

/**
 * The credentials with which one policy's servers are called: each identity has its own, and there is no falling back from
 * one to another. A bundle names servers and secrets; whether such a host may be called, whether the secret exists, and
 * whether it may be sent there, the proxy's configuration says (operation.md). A secret that two servers name is used for
 * neither: whoever writes a second server must not get at the credential of the first.
 */
export class Credentials {
  readonly #recipes: readonly (readonly Recipe[])[];
  readonly #secrets: Secrets;
  readonly #tokens: UpstreamTokens;
  readonly #egress: readonly HostPattern[];

  /** `programs`: those of proxy.yaml, by name. */
  constructor(
    policy: Policy,
    secrets: Secrets,
    egress: readonly HostPattern[],
    tokens: UpstreamTokens,
    programs: ReadonlySet<string> = new Set(),
  ) {
    const shared = findSharedSecrets(policy);
    this.#secrets = secrets;
    this.#tokens = tokens;
    this.#egress = egress;
    this.#recipes = policy.servers.map((server) => {
      const { target } = server;
      if ('stdio' in target) return server.identities.map(({ auth }) => buildProgram(target.stdio, auth, programs));
      const checked = checkUrl(target.url, egress);
      return server.identities.map(({ name, auth }): Recipe => {
        if (!checked.ok) return lacking(checked.reason);
        if (secretsOf(auth).some((secret) => shared.has(secret))) return lacking('shared-secret');
        return buildRecipe(checked.url, auth, `${server.name}/${name}`, egress);
      });
    });
  }

  /**
   * Where a server (index into the policy's) is called as one of its identities (index into the server's), and what
   * authenticates the calls; or why it is not available. Secrets are looked up on each call: a rotated one is used at once.
   * `caller` is asked for the token of whoever calls, where that is exchanged, and nowhere else; null = nobody calls. It
   * goes to the identity's token endpoint alone. Whoever keeps the source must use that of the latest request, since only
   * the token of a caller who still waits can be exchanged.
   */
  sourceFor(server: number, identity: number, caller: (() => CallerToken) | null): SourceResult {
    const recipe = this.#recipeOf(server, identity);
    const reason = this.#lackOf(recipe);
    if (reason !== null) return { ok: false, reason };
    switch (recipe.kind) {
      case 'secrets':
        return over(recipe.url, new SecretSource(recipe.parts, this.#secrets, recipe.url));
      case 'token':
        return this.#tokenSource(recipe, recipe.auth.kind === 'exchange' && caller !== null ? caller() : null);
      case 'program':
        return { ok: true, transport: { kind: 'stdio', program: recipe.program } };
      case 'lacking':
        return { ok: false, reason: recipe.reason };
    }
  }

  /** Why an identity cannot be used from here, whoever calls: what the proxy's configuration lacks. Null when it can. */
  lackOf(server: number, identity: number): CredentialFailure | null {
    return this.#lackOf(this.#recipeOf(server, identity));
  }

  /** Why the last request for a token of an identity failed; null when it did not, or none was made. */
  tokenFailureOf(server: number, identity: number): TokenFailure | null {
    const recipe = this.#recipeOf(server, identity);
    return recipe.kind === 'token' ? this.#tokens.failureOf(recipe.identity) : null;
  }

  #recipeOf(server: number, identity: number): Recipe {
    return this.#recipes[server]?.[identity] ?? lacking('unknown-identity');
  }

  #lackOf(recipe: Recipe): CredentialFailure | null {
    switch (recipe.kind) {
      case 'secrets': {
        const found = headersOf(recipe.parts, this.#secrets, recipe.url);
        return found.ok ? null : found.reason;
      }
      case 'token': {
        const secret = this.#secrets.valueFor(recipe.auth.secret, recipe.tokenUrl);
        return secret.ok ? null : `token-${secret.reason}`;
      }
      case 'program':
        return null;
      case 'lacking':
        return recipe.reason;
    }
  }

  #tokenSource(recipe: Extract<Recipe, { kind: 'token' }>, caller: CallerToken | null): SourceResult {
    const { url, tokenUrl, auth, identity } = recipe;
    const subject = caller?.digest ?? null;
    if (auth.kind === 'exchange' && subject === null) return { ok: false, reason: 'no-caller-token' };
    const key = JSON.stringify([identity, url.href, auth, caller?.principal ?? null, subject]);
    const purpose = { url: tokenUrl, auth, identity, caller, egress: this.#egress };
    return over(url, new TokenSource(purpose, this.#tokens.slot(key), this.#secrets, this.#tokens));
  }
}

function over(url: URL, credentials: CredentialSource): SourceResult {
  return { ok: true, transport: { kind: 'http', url, credentials } };
}

function lacking(reason: CredentialFailure): Recipe {
  return { kind: 'lacking', reason };
}

/** What a program needs to know it gets from proxy.yaml, as its environment: nothing of a policy can be put there. */
function buildProgram(program: string, auth: UpstreamAuth, programs: ReadonlySet<string>): Recipe {
  if (!programs.has(program)) return lacking('unknown-program');
  return auth.kind === 'none' ? { kind: 'program', program } : lacking('credentials-for-program');
}

function buildRecipe(url: URL, auth: UpstreamAuth, identity: string, egress: readonly HostPattern[]): Recipe {
  switch (auth.kind) {
    case 'none':
      return { kind: 'secrets', url, parts: [] };
    case 'bearer':
      return { kind: 'secrets', url, parts: [{ name: 'authorization', before: 'Bearer ', secret: auth.secret }] };
    case 'headers':
      return buildHeaders(url, auth.headers);
    case 'client':
    case 'exchange': {
      const endpoint = checkUrl(auth.tokenUrl, egress);
      if (!endpoint.ok) return lacking(`token-${endpoint.reason}`);
      return { kind: 'token', url, tokenUrl: endpoint.url, auth, identity };
    }
  }
}

function buildHeaders(url: URL, headers: Readonly<Record<string, string>>): Recipe {
  const parts = new Map<string, HeaderPart>();
  for (const [written, secret] of Object.entries(headers)) {
    const name = parseCredentialHeader(written);
    // Two spellings of one name would be two values, and the server would choose.
    if (name === null || parts.has(name)) return lacking('reserved-header');
    parts.set(name, { name, before: '', secret });
  }
  return { kind: 'secrets', url, parts: [...parts.values()] };
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
    case 'client':
    case 'exchange':
      return [auth.secret];
    case 'headers':
      return Object.values(auth.headers);
  }
}
