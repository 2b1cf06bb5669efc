import type { Workspace } from '../../schemas/types/documents.ts';
import type { ClaimType, Issuer } from '../../schemas/types/policy.ts';
import type { Document } from '../source/document.ts';

/** Issuers sorted by name. `groups: "groups?"` and claim types with `?` mean "may be absent". */
export function lowerIssuers(workspace: Document<Workspace>): readonly Issuer[] {
  return Object.entries(workspace.value.issuers ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, issuer]): Issuer => ({
      name,
      url: issuer.url,
      for: issuer.for,
      audience: typeof issuer.audience === 'string' ? [issuer.audience] : issuer.audience,
      id: issuer.id ?? 'sub',
      email:
        issuer.email === undefined
          ? null
          : { claim: issuer.email.claim, domains: issuer.email.domains.map((domain) => domain.toLowerCase()) },
      groups:
        issuer.groups === undefined
          ? null
          : { claim: withoutMark(issuer.groups), optional: issuer.groups.endsWith('?') },
      claims: Object.entries(issuer.claims ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([claim, from]) =>
          typeof from === 'string'
            ? { name: claim, from, contains: null }
            : { name: claim, from: from.from, contains: from.contains ?? null },
        ),
    }));
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
