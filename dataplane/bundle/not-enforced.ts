import type { Policy } from '../../schemas/types/policy.ts';

/** Names of the rules of a policy that this version reads and does not enforce. */
export function notEnforced(policy: Policy): readonly string[] {
  return policy.limits.map(({ name }) => `Limit/${name}`);
}
