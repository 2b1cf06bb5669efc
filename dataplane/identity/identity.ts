import type { Policy } from '../../schemas/types/policy.ts';
import { resolvePerson, type ClaimValue } from '../decide/index.ts';
import { domainDigest } from '../format/digest.ts';
import type { PersonPrincipal, RobotPrincipal } from './claims.ts';
import type { IdentityFailure } from './failure.ts';
import { admitRobot } from './robot-keys.ts';

/** Who calls, as far as we could verify it. Nothing in it is secret. */
export interface Identity {
  readonly kind: 'person' | 'robot';
  /** Short name of the issuer that vouched; null for a robot with a key. */
  readonly issuer: string | null;
  /** `issuer:id` of a person, the name of a robot. */
  readonly id: string;
  /** In lower case; empty for robots and where none counts. */
  readonly email: string;
  readonly groups: readonly string[];
  /** Sorted indices into the policy's subjects. Of this policy: ask again after a swap. */
  readonly subjects: readonly number[];
  /** What conditions may read; empty for robots. */
  readonly claims: ReadonlyMap<string, ClaimValue>;
  /** The app's verified id; empty for robots and where the token does not say. */
  readonly clientId: string;
  /** Unix milliseconds from which on this identity is no longer good: long-lived streams end then. */
  readonly expiresMs: number;
  /** Stable hash of the principal, the same on every replica and under every policy: what sessions are bound to. */
  readonly key: string;
}

export type IdentityResult =
  { readonly ok: true; readonly identity: Identity } | { readonly ok: false; readonly reason: IdentityFailure };

/** The identity of a principal whose token is good until `endMs`, unless it is a robot that may not act. */
export function principalIdentity(
  policy: Policy,
  principal: PersonPrincipal | RobotPrincipal,
  endMs: number,
  nowMs: number,
): IdentityResult {
  switch (principal.kind) {
    case 'person':
      return { ok: true, identity: personIdentity(policy, principal, endMs) };
    case 'robot': {
      const admitted = admitRobot(policy, principal.robot, nowMs);
      if (!admitted.ok) return { ok: false, reason: admitted.reason };
      return {
        ok: true,
        identity: robotIdentity(policy, principal.robot, principal.issuer, Math.min(endMs, admitted.endMs)),
      };
    }
  }
}

function personIdentity(policy: Policy, person: PersonPrincipal, expiresMs: number): Identity {
  const issuer = policy.issuers[person.issuer]?.name ?? '';
  const id = `${issuer}:${person.id}`;
  return {
    kind: 'person',
    issuer,
    id,
    email: person.email ?? '',
    groups: person.groups,
    subjects: resolvePerson(policy, person),
    claims: person.claims,
    clientId: person.clientId,
    expiresMs,
    key: principalKey('person', id),
  };
}

/** Robots inherit nothing: no groups, claims, email or client (language.md rules 8 and 9). */
export function robotIdentity(policy: Policy, robot: number, issuer: number | null, expiresMs: number): Identity {
  const id = policy.subjects[robot]?.name ?? '';
  return {
    kind: 'robot',
    issuer: issuer === null ? null : (policy.issuers[issuer]?.name ?? ''),
    id,
    email: '',
    groups: [],
    subjects: [robot],
    claims: new Map(),
    clientId: '',
    expiresMs,
    key: principalKey('robot', id),
  };
}

function principalKey(kind: Identity['kind'], id: string): string {
  return domainDigest('mcpgw principal 1', kind, id);
}
