import type { Workspace } from '../../schemas/types/documents.ts';
import type { ClaimType, Issuer } from '../../schemas/types/policy.ts';
import type { Document } from '../source/document.ts';

type Written = Workspace['issuers'][string];

/** Issuers sorted by name. `groups: "groups?"` means that the claim may be absent. */
export function lowerIssuers(workspace: Document<Workspace>): readonly Issuer[] {
  return Object.entries(workspace.value.issuers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, issuer]): Issuer => ({
      name,
      url: issuer.url,
      for: issuer.for,
      audience: typeof issuer.audience === 'string' ? [issuer.audience] : issuer.audience,
      ...lowerMapping(issuer),
    }));
}

/** A token of an issuer for robots is matched claim by claim (Robot.signIn), so it has no mapping. */
function lowerMapping(issuer: Written): Pick<Issuer, 'id' | 'email' | 'groups' | 'claims'> {
  if (issuer.for === 'robots') return { id: 'sub', email: null, groups: null, claims: [] };
  const { id, email, groups } = issuer;
  return {
    id,
    email:
      email === undefined ? null : { claim: email.claim, domains: email.domains.map((domain) => domain.toLowerCase()) },
    groups: groups === undefined ? null : { claim: withoutMark(groups), optional: groups.endsWith('?') },
    claims: Object.entries(issuer.claims ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, from]) =>
        typeof from === 'string'
          ? { name, from, contains: null }
          : { name, from: from.from, contains: from.contains ?? null },
      ),
  };
}

export function lowerClaims(workspace: Document<Workspace>): readonly ClaimType[] {
  return Object.entries(workspace.value.claims ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]): ClaimType => ({
      name,
      type: withoutMark(type) as ClaimType['type'],
      optional: type.endsWith('?'),
    }));
}

const withoutMark = (text: string): string => (text.endsWith('?') ? text.slice(0, -1) : text);
