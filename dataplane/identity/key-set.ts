import { importJWK, type CryptoKey, type JWK } from 'jose';
import { KEYS_PER_ISSUER_MAX } from '../limits.ts';
import type { Algorithm } from './token.ts';

/** A public key for one algorithm: a key without `alg` that fits two algorithms is two of these. */
export interface VerificationKey {
  readonly id: string | null;
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
}

const RSA_BITS_MIN = 2_048;

/**
 * The keys of a JWK Set (RFC 7517 section 5) that may verify signatures, in its order. Members that are not for
 * that, of other types, too weak, or not public are left out, as the RFC asks for those a reader does not understand:
 * one odd key must not lock everybody out. Null when the value is no JWK Set.
 */
export async function buildKeySet(document: unknown): Promise<readonly VerificationKey[] | null> {
  if (typeof document !== 'object' || document === null || !('keys' in document) || !Array.isArray(document.keys))
    return null;
  const found: VerificationKey[] = [];
  for (const member of document.keys.slice(0, KEYS_PER_ISSUER_MAX) as unknown[]) {
    for (const algorithm of algorithmsOf(member)) {
      const key = await importKey(member as JWK, algorithm);
      if (key !== null) found.push({ id: keyIdOf(member), algorithm, key });
    }
  }
  return found;
}

/** The keys that can have made a signature; a token that names a key is checked with that one alone. */
export function matchKeys(
  keys: readonly VerificationKey[],
  algorithm: Algorithm,
  id: string | null,
): readonly VerificationKey[] {
  return keys.filter((key) => key.algorithm === algorithm && (id === null || key.id === id));
}

function algorithmsOf(member: unknown): readonly Algorithm[] {
  if (typeof member !== 'object' || member === null) return [];
  const { kty, crv, use, alg, key_ops: operations } = member as Readonly<Record<string, unknown>>;
  if (use !== undefined && use !== 'sig') return [];
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return [];
  return possible(kty, crv).filter((algorithm) => alg === undefined || alg === algorithm);
}

function possible(kty: unknown, crv: unknown): readonly Algorithm[] {
  if (kty === 'RSA') return ['RS256', 'PS256'];
  if (kty === 'EC' && crv === 'P-256') return ['ES256'];
  if (kty === 'EC' && crv === 'P-384') return ['ES384'];
  if (kty === 'OKP' && crv === 'Ed25519') return ['EdDSA'];
  return [];
}

async function importKey(jwk: JWK, algorithm: Algorithm): Promise<CryptoKey | null> {
  try {
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array || key.type !== 'public') return null;
    const bits = 'modulusLength' in key.algorithm ? key.algorithm.modulusLength : null;
    return typeof bits === 'number' && bits < RSA_BITS_MIN ? null : key;
  } catch {
    return null;
  }
}

function keyIdOf(member: unknown): string | null {
  if (typeof member !== 'object' || member === null || !('kid' in member)) return null;
  return typeof member.kid === 'string' ? member.kid : null;
}
