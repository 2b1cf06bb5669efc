import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { domainDigest } from './digest.ts';

/**
 * `mgw_<id>_<32 random bytes, base64url>_<CRC-32 of what precedes, 8 hex digits>` (operation.md, Robot keys).
 * Published, so that secret scanners find keys; the CRC spares them false alarms and us a lookup for a typo.
 */
export const ROBOT_KEY_PATTERN = 'mgw_[a-z][a-z0-9-]{0,39}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}';

/** The last character of the secret has two bits that mean nothing; where they are not 0, it is another text for the same bytes. */
const SHAPE = /^mgw_[a-z][a-z0-9-]{0,39}_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]_[0-9a-f]{8}$/;

/** The text of a new key. The caller makes the 32 random bytes, shows the text once and stores only its hash. */
export function formatRobotKey(id: string, random32: Uint8Array): string {
  assert.equal(random32.length, 32, 'a robot key has 32 random bytes');
  const body = `mgw_${id}_${Buffer.from(random32).toString('base64url')}`;
  const key = `${body}_${checksum(body)}`;
  assert(SHAPE.test(key), `${id} cannot name a robot key`);
  return key;
}

/** The id in a well-formed key; null for any other text. Says nothing about whether the key is known. */
export function parseRobotKey(text: string): { readonly id: string } | null {
  if (!SHAPE.test(text) || crc32(text.slice(0, -9)) !== Number.parseInt(text.slice(-8), 16)) return null;
  return { id: text.slice(4, text.indexOf('_', 4)) };
}

/** What policy files hold of a key: bound to the environment, so that a staging key opens nothing in production. */
export function hashRobotKey(environment: string, key: string): string {
  return domainDigest('mcpgw robot key 1', environment, key);
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
