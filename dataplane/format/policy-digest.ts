import { domainDigest } from './digest.ts';

export interface DecidingBlobs {
  readonly workspace: string;
  readonly environment: string;
  /** SHA-256 of each blob, lower-case hex. */
  readonly policy: string;
  readonly catalog: string;
  readonly selftest: string;
}

/**
 * Names what a bundle decides, not where it came from: neither commit nor source map count, so it survives a merge, a
 * rebase and a comment (bundle.md, Objects).
 */
export function policyDigest({ workspace, environment, policy, catalog, selftest }: DecidingBlobs): string {
  return domainDigest('mcpgw policy digest 1', workspace, environment, policy, catalog, selftest);
}
