import { compactVerify, errors } from 'jose';
import { KEYS_TRIED_MAX } from '../limits.ts';
import type { IdentityFailure } from './failure.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { ParsedToken } from './token.ts';

export type SignatureResult =
  | { readonly ok: true; /** Of the keys it was verified with. */ readonly generation: number }
  | { readonly ok: false; readonly reason: IdentityFailure };

/**
 * Verifies a token with its issuer's keys and the one algorithm that its header names, which `parseToken` has found among
 * the accepted ones. Never rejects: a problem that is not a wrong signature is a token that jose reads otherwise than we.
 */
export async function verifySignature(
  text: string,
  token: ParsedToken,
  keys: IssuerKeys,
  nowMs: number,
): Promise<SignatureResult> {
  const found = await keys.find(token.algorithm, token.keyId, nowMs);
  if (!found.ok) return found;
  const { generation } = keys;
  for (const { key } of found.keys.slice(0, KEYS_TRIED_MAX)) {
    try {
      await compactVerify(text, key, { algorithms: [token.algorithm] });
      return { ok: true, generation };
    } catch (problem) {
      if (!(problem instanceof errors.JWSSignatureVerificationFailed)) return { ok: false, reason: 'malformed-token' };
    }
  }
  return { ok: false, reason: 'bad-signature' };
}
