import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { parsePrivateKey, privateKeyOf, type PrivateKey } from '../dataplane/format/signing-key.ts';
import { failure } from './failure.ts';
import { readText } from './read-file.ts';

const KEY_BYTES_MAX = 16 * 1024;

/** A new Ed25519 key. */
export function makeSigningKey(): PrivateKey {
  const key = privateKeyOf(generateKeyPairSync('ed25519').privateKey);
  assert(key !== null);
  return key;
}

/** Reads what `mcpgw keygen` wrote. @throws Failure naming the file when it is anything but an Ed25519 private key. */
export async function readSigningKey(path: string): Promise<PrivateKey> {
  const key = parsePrivateKey(await readText(path, KEY_BYTES_MAX));
  if (key === null) throw failure(path, 'is no Ed25519 private key in PEM', 'make one with `mcpgw keygen --out FILE`');
  return key;
}
