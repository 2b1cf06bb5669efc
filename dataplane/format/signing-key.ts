import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256 } from './digest.ts';

/** An Ed25519 public key. */
export interface PublicKey {
  /** Base64 of the 32 raw bytes: how trust files and key files write it. */
  readonly text: string;
  /** Short fingerprint, for people and as `keyid`. Decides nothing. */
  readonly id: string;
  readonly key: KeyObject;
}

export interface PrivateKey {
  readonly publicKey: PublicKey;
  readonly key: KeyObject;
}

/**
 * Encodings of the points of small order (their sign bit cleared). Under such a key, the all-zero placeholder among
 * them, signatures can be made by anybody.
 */
const WEAK_POINTS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** The public key in this text (base64 of 32 bytes, canonical, of a point that can sign); null when there is none. */
export function parsePublicKey(text: string): PublicKey | null {
  const raw = Buffer.from(text, 'base64');
  if (raw.length !== 32 || raw.toString('base64') !== text) return null;
  const point = Buffer.from(raw);
  point[31] = (point[31] ?? 0) & 0x7f;
  if (WEAK_POINTS.has(point.toString('hex'))) return null;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  return { text, id: sha256(raw).slice(0, 16), key };
}

/** The Ed25519 private key in this PEM text (PKCS #8, not encrypted); null when there is none. */
export function parsePrivateKey(pem: string): PrivateKey | null {
  try {
    return privateKeyOf(createPrivateKey({ key: pem, format: 'pem' }));
  } catch {
    return null;
  }
}

/** The PEM text (PKCS #8) of a private key: the content of a key file. */
export function formatPrivateKey(key: PrivateKey): string {
  return key.key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Wraps a generated or imported key; null when it is not an Ed25519 private key. */
export function privateKeyOf(key: KeyObject): PrivateKey | null {
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519') return null;
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = parsePublicKey(Buffer.from(x ?? '', 'base64url').toString('base64'));
  return publicKey === null ? null : { publicKey, key };
}
