import type { ClientAuth, ExchangeAuth } from '../../schemas/types/policy.ts';
import type { Header } from '../http/exchange.ts';
import type { CredentialHeaders, CredentialSource } from '../upstream/channel.ts';
import type { CallerToken } from './caller-token.ts';
import type { SecretFailure, Secrets } from './secrets.ts';
import { TOKEN_FAILURES } from './token-failure.ts';
import type { HostPattern } from './egress.ts';
import { requestToken, type TokenAnswer } from './token-request.ts';
import type { TokenSlot } from './token-slot.ts';
import type { UpstreamTokens } from './upstream-tokens.ts';

/** A header whose value ends with a secret. */
export interface HeaderPart {
  /** In lower case. */
  readonly name: string;
  readonly before: string;
  readonly secret: string;
}

export type HeadersResult =
  { readonly ok: true; readonly headers: readonly Header[] } | { readonly ok: false; readonly reason: SecretFailure };

/** The headers for a request to `url`, with the secrets as they are now. */
export function headersOf(parts: readonly HeaderPart[], secrets: Secrets, url: URL): HeadersResult {
  const headers: Header[] = [];
  for (const part of parts) {
    const secret = secrets.valueFor(part.secret, url);
    if (!secret.ok) return secret;
    headers.push([part.name, part.before + secret.value]);
  }
  return { ok: true, headers };
}

/** Secrets as they are: `none`, `bearer` and `headers`. */
export class SecretSource implements CredentialSource {
  readonly #parts: readonly HeaderPart[];
  readonly #secrets: Secrets;
  readonly #url: URL;
  #given: readonly Header[] | null = null;

  constructor(parts: readonly HeaderPart[], secrets: Secrets, url: URL) {
    this.#parts = parts;
    this.#secrets = secrets;
    this.#url = url;
  }

  headers(): CredentialHeaders {
    const found = headersOf(this.#parts, this.#secrets, this.#url);
    if (!found.ok) return { ok: false, reason: 'server-unavailable' };
    this.#given = found.headers;
    return found;
  }

  /** Another attempt makes sense when a secret was rotated in between. */
  refused(): boolean {
    const now = headersOf(this.#parts, this.#secrets, this.#url);
    return now.ok && this.#given !== null && now.headers.some(([, value], at) => value !== this.#given?.[at]?.[1]);
  }
}

/** What a token is asked for with, and on whose behalf. */
export interface TokenPurpose {
  readonly url: URL;
  readonly auth: ClientAuth | ExchangeAuth;
  /** `server/identity`, for the status. */
  readonly identity: string;
  /** Whose token is exchanged; null for client credentials. */
  readonly caller: CallerToken | null;
  /** Hosts that may be asked. */
  readonly egress: readonly HostPattern[];
}

/** A bearer token from an authorization server: `client` and `exchange`. */
export class TokenSource implements CredentialSource {
  readonly #purpose: TokenPurpose;
  readonly #secrets: Secrets;
  readonly #tokens: UpstreamTokens;
  readonly #slot: TokenSlot;
  #given: string | null = null;

  constructor(purpose: TokenPurpose, slot: TokenSlot, secrets: Secrets, tokens: UpstreamTokens) {
    this.#purpose = purpose;
    this.#slot = slot;
    this.#secrets = secrets;
    this.#tokens = tokens;
  }

  headers(): CredentialHeaders | Promise<CredentialHeaders> {
    const { url, auth, caller } = this.#purpose;
    // Whoever withdraws the secret withdraws what was fetched with it.
    const secret = this.#secrets.valueFor(auth.secret, url);
    if (!secret.ok) return { ok: false, reason: 'server-unavailable' };
    const subject = caller?.text ?? null;
    const fetch = caller !== null && subject === null ? null : () => this.#fetch(secret.value, subject);
    const taken = this.#slot.take(fetch);
    return taken instanceof Promise ? taken.then((token) => this.#give(token)) : this.#give(taken);
  }

  refused(): boolean {
    return this.#given !== null && this.#slot.refuse(this.#given);
  }

  async #fetch(secret: string, subject: string | null): Promise<TokenAnswer> {
    const { url, auth, identity, egress } = this.#purpose;
    const answer = await requestToken({ url, auth, secret, subject, egress });
    this.#tokens.note(identity, answer);
    return answer;
  }

  #give(taken: Awaited<ReturnType<TokenSlot['take']>>): CredentialHeaders {
    if (!taken.ok) return { ok: false, reason: TOKEN_FAILURES[taken.reason] };
    this.#given = taken.token;
    return { ok: true, headers: [['authorization', `Bearer ${taken.token}`]] };
  }
}
