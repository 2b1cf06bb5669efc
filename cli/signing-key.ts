import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { failure } from './failure.ts';
import { readText } from './read-file.ts';

const KEY_BYTES_MAX = 16 * 1024;

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** Base64 of the 32 raw bytes, as the trust file holds it. */
  readonly publicKey: string;
}

/** A new Ed25519 key. */
export function makeSigningKey(): SigningKey {
  return withPublicKey(generateKeyPairSync('ed25519').privateKey);
}

/** PKCS #8 as PEM, not encrypted: the file's permissions protect it. */
export function renderPrivateKey(key: SigningKey): string {
  return key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** Reads what `mcpgw keygen` wrote. @throws Failure naming the file when it is anything but an Ed25519 private key. */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const pem = await readText(path, KEY_BYTES_MAX);
  const key = parsePrivateKey(pem);
  if (key === null || key.asymmetricKeyType !== 'ed25519') {
    throw failure(path, 'is no Ed25519 private key in PEM', 'make one with `mcpgw keygen --out FILE`');
  }
  return withPublicKey(key);
}

function parsePrivateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function withPublicKey(privateKey: KeyObject): SigningKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicKey: Buffer.from(x ?? '', 'base64url').toString('base64') };
}
