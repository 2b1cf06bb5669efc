import type { ClaimType, Issuer, Policy } from '../../schemas/types/policy.ts';
import type { ClaimValue } from '../decide/index.ts';
import { CLIENT_ID_CHARS_MAX, PRINCIPAL_ID_CHARS_MAX } from '../limits.ts';
import { readEmail } from './email.ts';
import type { IdentityFailure } from './failure.ts';

/** The payload of a token that was verified, or the claims that a test suite says it had. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export interface PersonPrincipal {
  readonly kind: 'person';
  /** Index into the policy's issuers. */
  readonly issuer: number;
  /** What the issuer calls the person. */
  readonly id: string;
  /** In lower case; null when the issuer sent none or may not vouch for it. */
  readonly email: string | null;
  readonly groups: readonly string[];
  /** By the name that `Workspace.claims` declares. */
  readonly claims: ReadonlyMap<string, ClaimValue>;
  /** The app that the token was issued to; empty when the token does not say. */
  readonly clientId: string;
}

export interface RobotPrincipal {
  readonly kind: 'robot';
  /** Index into the policy's issuers. */
  readonly issuer: number;
  /** Index into the policy's subjects. */
  readonly robot: number;
}

export type PrincipalResult =
  | { readonly ok: true; readonly principal: PersonPrincipal | RobotPrincipal }
  | {
      readonly ok: false;
      readonly reason: Extract<
        IdentityFailure,
        | 'delegated-token'
        | 'missing-claim'
        | 'groups-missing'
        | 'groups-overflow'
        | 'unknown-robot'
        | 'ambiguous-robot'
        | 'unknown-issuer'
      >;
    };

/**
 * Who a token of an issuer speaks for (language.md, `Workspace.issuers` and Robot; operation.md, Identity). Pure: the
 * proxy calls it with verified claims, `mcpgw test` with those of `principals.*.token`. An issuer for robots never makes a
 * person, nor the other way round. Tokens with `act` are refused until delegation has a meaning here.
 */
export function readPrincipal(policy: Policy, issuer: number, claims: TokenClaims): PrincipalResult {
  const known = policy.issuers[issuer];
  if (known === undefined) return { ok: false, reason: 'unknown-issuer' };
  if (Object.hasOwn(claims, 'act')) return { ok: false, reason: 'delegated-token' };
  switch (known.for) {
    case 'people':
      return readPerson(policy, known, issuer, claims);
    case 'robots':
      return readRobot(policy, issuer, claims);
  }
}

function readPerson(policy: Policy, issuer: Issuer, at: number, claims: TokenClaims): PrincipalResult {
  const id = claimOf(claims, issuer.id);
  if (typeof id !== 'string' || !isName(id, PRINCIPAL_ID_CHARS_MAX)) return { ok: false, reason: 'missing-claim' };
  const groups = readGroups(issuer, claims);
  if (typeof groups === 'string') return { ok: false, reason: groups };
  return {
    ok: true,
    principal: {
      kind: 'person',
      issuer: at,
      id,
      email: issuer.email === null ? null : readEmail(issuer.email, claims),
      groups,
      claims: readDeclaredClaims(policy, issuer, claims),
      clientId: readClientId(claims),
    },
  };
}

/** The one robot whose `signIn` the token fulfils: all its claims equal, as text. */
function readRobot(policy: Policy, issuer: number, claims: TokenClaims): PrincipalResult {
  const found: number[] = [];
  policy.subjects.forEach((subject, at) => {
    if (subject.kind !== 'robot' || subject.signIn === null || subject.signIn.issuer !== issuer) return;
    const wanted = Object.entries(subject.signIn.match);
    if (wanted.length > 0 && wanted.every(([name, value]) => claimOf(claims, name) === value)) found.push(at);
  });
  const robot = found[0];
  if (robot === undefined) return { ok: false, reason: 'unknown-robot' };
  if (found.length > 1) return { ok: false, reason: 'ambiguous-robot' };
  return { ok: true, principal: { kind: 'robot', issuer, robot } };
}

/**
 * Groups of an issuer that sends them: a list of texts, or one text (ADFS sends a list of one so). Where the token says
 * that the list was left out because it is too long (`_claim_names` and `hasgroups` of Entra), whoever reads it as empty
 * takes access away from some and, by teams that subtract, gives it to others: refused unless the claim is optional.
 */
function readGroups(issuer: Issuer, claims: TokenClaims): readonly string[] | 'groups-missing' | 'groups-overflow' {
  if (issuer.groups === null) return [];
  const { claim, optional } = issuer.groups;
  const value = claimOf(claims, claim);
  const overflow = isOverflow(claim, claims);
  if (overflow || value === undefined) {
    if (optional) return [];
    return overflow ? 'groups-overflow' : 'groups-missing';
  }
  if (typeof value === 'string') return [value];
  return isTexts(value) ? value : 'groups-missing';
}

function isOverflow(claim: string, claims: TokenClaims): boolean {
  const names = claimOf(claims, '_claim_names');
  const distributed = typeof names === 'object' && names !== null && Object.hasOwn(names, claim);
  const hasGroups = claimOf(claims, 'hasgroups');
  return distributed || (claim === 'groups' && (hasGroups === true || hasGroups === 'true'));
}

/** Claims that the workspace declares, of the declared type; anything else is absent, and an absent claim never allows. */
function readDeclaredClaims(policy: Policy, issuer: Issuer, claims: TokenClaims): ReadonlyMap<string, ClaimValue> {
  const read = new Map<string, ClaimValue>();
  for (const source of issuer.claims) {
    const declared = policy.claims.find((type) => type.name === source.name);
    if (declared === undefined) continue;
    const raw = claimOf(claims, source.from);
    const value =
      source.contains === null ? raw : raw === source.contains || (isTexts(raw) && raw.includes(source.contains));
    if (isClaimOf(declared.type, value)) read.set(source.name, value);
  }
  return read;
}

/** Whether a value of a token is what conditions may read as a claim of this type. */
export function isClaimOf(type: ClaimType['type'], value: unknown): value is ClaimValue {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    case 'list':
      return isTexts(value);
  }
}

/** `azp` (OpenID Connect) and `client_id` (RFC 9068) name the same app; where they do not, none is verified. */
function readClientId(claims: TokenClaims): string {
  const azp = claimOf(claims, 'azp');
  const clientId = claimOf(claims, 'client_id');
  if (azp !== undefined && clientId !== undefined && azp !== clientId) return '';
  const id = azp ?? clientId;
  return typeof id === 'string' && isName(id, CLIENT_ID_CHARS_MAX) ? id : '';
}

/** Own members only: a token must not inherit claims from a prototype. */
function claimOf(claims: TokenClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Not empty, not too long, and without control characters, which could forge the lines and fields that show it. */
function isName(text: string, charsMax: number): boolean {
  return text.length > 0 && text.length <= charsMax && text.isWellFormed() && !/\p{Cc}/u.test(text);
}
