import type { EmailClaim } from '../../schemas/types/policy.ts';
import { EMAIL_CHARS_MAX } from '../limits.ts';
import type { TokenClaims } from './claims.ts';

/**
 * The address of a token's holder in lower case, or null when it does not count: an address counts only in the domains
 * that the policy lets this issuer vouch for (an exact match, subdomains are others), and not when the issuer says that
 * it did not verify it. `email_verified` absent is accepted, since issuers of a company's own domains do not send it; any
 * other value than `true`, the text "true" included, is not. The token stays good: its holder is known by `id`.
 *
 * Addresses are ASCII in dot-atom form (RFC 5322 3.2.3): quoted parts, a second `@` and letters that fold to ASCII ones
 * (the Kelvin sign is `k` in lower case) are how one person's address is made to look like another's.
 */
export function readEmail(email: EmailClaim, claims: TokenClaims): string | null {
  const value = Object.hasOwn(claims, email.claim) ? claims[email.claim] : undefined;
  if (typeof value !== 'string' || value.length > EMAIL_CHARS_MAX) return null;
  if (Object.hasOwn(claims, 'email_verified') && claims['email_verified'] !== true) return null;
  const parts = /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@([A-Za-z0-9.-]+)$/.exec(value);
  const domain = parts?.[2]?.toLowerCase();
  if (domain === undefined || !email.domains.some((allowed) => allowed.toLowerCase() === domain)) return null;
  return value.toLowerCase();
}
