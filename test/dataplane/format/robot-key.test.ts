import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRobotKey, hashRobotKey, parseRobotKey, ROBOT_KEY_PATTERN } from '../../../dataplane/format/robot-key.ts';

const key = formatRobotKey('rb1', Buffer.alloc(32, 0xff));

test('every key that is formatted is parsed, and matches the pattern for secret scanners', () => {
  const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);
  fc.assert(
    fc.property(id, fc.uint8Array({ minLength: 32, maxLength: 32 }), (id, random) => {
      const key = formatRobotKey(id, random);
      expect(parseRobotKey(key)).toEqual({ id });
      expect(key).toMatch(new RegExp(`^${ROBOT_KEY_PATTERN}$`));
    }),
  );
});

test('a key with any one character changed is no key', () => {
  for (let at = 0; at < key.length; at++) {
    for (const other of ['x', '_', '-', '0', 'A', ' ', '\0']) {
      if (key[at] === other) continue;
      const changed = key.slice(0, at) + other + key.slice(at + 1);
      expect(parseRobotKey(changed), changed).toBe(null);
    }
  }
});

/** The last character says four bits of the secret, and two that mean nothing. */
const sameBytes = `${key.slice(0, -10)}9`;

test.each([
  ['a second text for the same bytes', `${sameBytes}_${crc32(sameBytes).toString(16).padStart(8, '0')}`],
  ['empty text', ''],
  ['another token', 'ghp_0123456789'],
  ['a key with a space after it', `${key} `],
  ['a key without its checksum', key.slice(0, -9)],
  ['a checksum in upper case', key.slice(0, -8) + key.slice(-8).toUpperCase()],
  ['an id with an underscore', key.replace('rb1', 'r_1')],
  ['an id in upper case', key.replace('rb1', 'RB1')],
])('%s is no key', (_name, text) => {
  expect(parseRobotKey(text)).toBe(null);
});

test('the same key hashes differently in another environment', () => {
  expect(hashRobotKey('production', key)).not.toBe(hashRobotKey('staging', key));
});

test('a key that could not be parsed is never made', () => {
  expect(() => formatRobotKey('Release Bot', Buffer.alloc(32))).toThrow(/cannot name/);
  expect(() => formatRobotKey('rb1', Buffer.alloc(31))).toThrow(/32 random bytes/);
});
