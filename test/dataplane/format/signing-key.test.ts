import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  formatPrivateKey,
  parsePrivateKey,
  parsePublicKey,
  privateKeyOf,
} from '../../../dataplane/format/signing-key.ts';

test('a generated key survives its key file, and its public text', () => {
  const key = privateKeyOf(generateKeyPairSync('ed25519').privateKey);
  const read = parsePrivateKey(key === null ? '' : formatPrivateKey(key));
  expect(read?.publicKey.text).toBe(key?.publicKey.text);
  expect(parsePublicKey(read?.publicKey.text ?? '')?.id).toBe(key?.publicKey.id);
  expect(key?.publicKey.id).toMatch(/^[0-9a-f]{16}$/);
});

test('a key of another algorithm is none', () => {
  expect(privateKeyOf(generateKeyPairSync('x25519').privateKey)).toBe(null);
  expect(privateKeyOf(generateKeyPairSync('ed25519').publicKey)).toBe(null);
});

test.each([
  ['text', 'hello'],
  [
    'an encrypted key',
    generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
  ],
  ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
])('%s is no private key', (_name, pem) => {
  expect(parsePrivateKey(pem)).toBe(null);
});

/** All encodings of the eight points of small order, the sign bit free. */
const weak = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((hex) => {
  const positive = Buffer.from(hex, 'hex');
  const negative = Buffer.from(positive);
  negative[31] = (negative[31] ?? 0) | 0x80;
  return [positive.toString('base64'), negative.toString('base64')];
});
test.each(weak)('%s, under which anybody can sign, is no public key', (text) => {
  expect(parsePublicKey(text)).toBe(null);
});
