import { hash } from 'node:crypto';
import type { Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { TOKENS_VERIFIED_MAX, TOKEN_AGE_DEFAULT_MS, TOKEN_VERIFIED_MS } from '../limits.ts';
import { parseBearer } from './bearer.ts';
import { readPrincipal } from './claims.ts';
import type { HostPattern } from './egress.ts';
import { principalIdentity, robotIdentity, type Identity, type IdentityResult } from './identity.ts';
import { IssuerKeys, type IssuerKeysStatus } from './issuer-keys.ts';
import { keySourceOf } from './key-source.ts';
import { buildRobotKeys, matchRobotKey, type RobotKeys } from './robot-keys.ts';
import { checkClaims, parseToken } from './token.ts';
import { verifySignature } from './verify-signature.ts';

export interface IdentifierOptions {
  /** `jwks` of proxy.yaml: issuer name to path or URL. */
  readonly jwks: Readonly<Record<string, string>>;
  readonly egress: readonly HostPattern[];
  /** Null = `TOKEN_AGE_DEFAULT_MS`. */
  readonly tokenAgeMaxMs: number | null;
}

interface VerifiedToken {
  readonly identity: Identity;
  readonly keys: IssuerKeys;
  readonly generation: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What one policy says about callers, and what was verified under it: a new policy starts with nothing verified. */
interface PolicyTables {
  /** Index of the issuer with that URL; null when two have it, since a token could then be read in two ways. */
  readonly issuers: ReadonlyMap<string, number | null>;
  readonly keys: readonly IssuerKeys[];
  readonly robotKeys: RobotKeys;
  /** What keys have identified so far, by robot and end: as many as the policy has keys. */
  readonly robots: Map<string, Identity>;
  readonly verified: BoundedCache<string, VerifiedToken>;
}

/**
 * Says who calls (operation.md, Identity; MCP authorization, Token Handling). One per process: it holds the issuers' keys,
 * which outlive a policy swap, and per policy the tokens already verified, since verifying costs more than proxying.
 */
export class Identifier {
  readonly #options: IdentifierOptions;
  readonly #tables = new WeakMap<Policy, PolicyTables>();
  /** Of the newest policy, by name and URL: an issuer that changes either starts anew. */
  #issuerKeys = new Map<string, { readonly name: string; readonly keys: IssuerKeys }>();

  constructor(options: IdentifierOptions) {
    this.#options = options;
  }

  /**
   * Takes the value of the Authorization header (every value, where there are several, so that a second one is noticed)
   * and nothing else of the request. A promise only where something has to be verified; it never rejects, and a failure
   * names no part of the credential.
   */
  identify(
    authorization: string | readonly string[] | undefined,
    policy: Policy,
    nowMs: number,
  ): IdentityResult | Promise<IdentityResult> {
    const parsed = parseBearer(authorization);
    if (!parsed.ok) return parsed;
    switch (parsed.credential.kind) {
      case 'robot-key':
        return this.#identifyKey(parsed.credential.text, policy, nowMs);
      case 'jwt':
        return this.#identifyToken(parsed.credential.text, policy, nowMs);
    }
  }

  /** Reads the keys of a policy's issuers ahead of the first request. Resolves when all were tried; never rejects. */
  async prepare(policy: Policy, nowMs: number): Promise<void> {
    await Promise.all(this.#tablesOf(policy).keys.map((keys) => keys.prepare(nowMs)));
  }

  /** Keys of the newest policy's issuers, by issuer name. */
  status(): ReadonlyMap<string, IssuerKeysStatus> {
    return new Map([...this.#issuerKeys.values()].map(({ name, keys }) => [name, keys.status]));
  }

  #identifyKey(text: string, policy: Policy, nowMs: number): IdentityResult {
    const { robotKeys, robots } = this.#tablesOf(policy);
    const matched = matchRobotKey(policy, robotKeys, text, nowMs);
    if (!matched.ok) return { ok: false, reason: matched.reason };
    const key = `${matched.robot} ${matched.endMs}`;
    const known = robots.get(key);
    if (known !== undefined) return { ok: true, identity: known };
    const identity = robotIdentity(policy, matched.robot, null, matched.endMs);
    robots.set(key, identity);
    return { ok: true, identity };
  }

  #identifyToken(text: string, policy: Policy, nowMs: number): IdentityResult | Promise<IdentityResult> {
    const digest = hash('sha256', text, 'base64');
    const known = this.#tablesOf(policy).verified.get(digest);
    if (known !== undefined && isGood(known, nowMs)) return { ok: true, identity: known.identity };
    return this.#verifyToken(text, digest, policy, nowMs);
  }

  async #verifyToken(text: string, digest: string, policy: Policy, nowMs: number): Promise<IdentityResult> {
    const { issuers, keys, verified } = this.#tablesOf(policy);
    const parsed = parseToken(text);
    if (!parsed.ok) return parsed;
    const at = issuers.get(parsed.token.issuer) ?? -1;
    const issuer = policy.issuers[at];
    const issuerKeys = keys[at];
    if (issuer === undefined || issuerKeys === undefined) return { ok: false, reason: 'unknown-issuer' };
    const signature = await verifySignature(text, parsed.token, issuerKeys, nowMs);
    if (!signature.ok) return signature;

    const ageMaxMs = this.#options.tokenAgeMaxMs ?? TOKEN_AGE_DEFAULT_MS;
    const lifetime = checkClaims(parsed.token.claims, issuer.audience, ageMaxMs, nowMs);
    if (!lifetime.ok) return lifetime;
    const read = readPrincipal(policy, at, parsed.token.claims);
    if (!read.ok) return read;
    const identity = principalIdentity(policy, read.principal, lifetime.endMs, nowMs);
    if (!identity.ok) return identity;
    verified.set(digest, {
      identity: identity.identity,
      keys: issuerKeys,
      generation: signature.generation,
      fromMs: nowMs,
      untilMs: Math.min(identity.identity.expiresMs, nowMs + TOKEN_VERIFIED_MS),
    });
    return identity;
  }

  #tablesOf(policy: Policy): PolicyTables {
    const known = this.#tables.get(policy);
    if (known !== undefined) return known;
    const issuerKeys = new Map<string, { readonly name: string; readonly keys: IssuerKeys }>();
    const issuers = new Map<string, number | null>();
    const keys = policy.issuers.map((issuer, at) => {
      issuers.set(issuer.url, issuers.has(issuer.url) ? null : at);
      const id = JSON.stringify([issuer.name, issuer.url]);
      const entry = this.#issuerKeys.get(id) ?? { name: issuer.name, keys: this.#openKeys(issuer.name, issuer.url) };
      issuerKeys.set(id, entry);
      return entry.keys;
    });
    const tables = {
      issuers,
      keys,
      robotKeys: buildRobotKeys(policy),
      robots: new Map<string, Identity>(),
      verified: new BoundedCache<string, VerifiedToken>(TOKENS_VERIFIED_MAX),
    };
    this.#issuerKeys = issuerKeys;
    this.#tables.set(policy, tables);
    return tables;
  }

  #openKeys(name: string, url: string): IssuerKeys {
    const { jwks, egress } = this.#options;
    return new IssuerKeys(keySourceOf(Object.hasOwn(jwks, name) ? jwks[name] : undefined, url), egress);
  }
}

function isGood(token: VerifiedToken, nowMs: number): boolean {
  return nowMs >= token.fromMs && nowMs < token.untilMs && token.generation === token.keys.generation;
}
