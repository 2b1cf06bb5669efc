import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRobotKey } from '../../../dataplane/format/robot-key.ts';
import type { IdentityFailure } from '../../../dataplane/identity/failure.ts';
import { Identifier } from '../../../dataplane/identity/identify.ts';
import { FIRST_ROBOT, NOW_MS, TEAM, YEAR_2027, keyEntry, policy, robot } from './organisation.ts';

const KEY = formatRobotKey('rb1', new Uint8Array(32).fill(7));
const OLD = formatRobotKey('rb2', randomBytes(32));
const STAGING = formatRobotKey('rb3', randomBytes(32));
const OF_EXPIRED = formatRobotKey('rb4', randomBytes(32));
const OF_FROZEN = formatRobotKey('rb5', randomBytes(32));
const SAME_ID = formatRobotKey('rb1', randomBytes(32));
const OWNERLESS = formatRobotKey('rb6', randomBytes(32));
const STRANGER = formatRobotKey('rb1', randomBytes(32));

const rules = policy({}, [
  robot('release-bot', {
    keys: [
      keyEntry(KEY, 'rb1', { expires: NOW_MS + 1_000 }),
      keyEntry(OLD, 'rb2', { expires: NOW_MS }),
      keyEntry(STAGING, 'rb3', { environment: 'staging' }),
      { id: 'rb7', sha256: '', expires: YEAR_2027 },
    ],
  }),
  robot('expired-bot', { expires: NOW_MS, keys: [keyEntry(OF_EXPIRED, 'rb4')] }),
  robot('frozen-bot', { owner: TEAM.frozen, keys: [keyEntry(OF_FROZEN, 'rb5')] }),
  robot('other-bot', { keys: [keyEntry(SAME_ID, 'rb1')] }),
  robot('ownerless-bot', { owner: -1, keys: [keyEntry(OWNERLESS, 'rb6')] }),
]);

const identifier = new Identifier({ jwks: {}, egress: [], tokenAgeMaxMs: null });
const identify = (text: string) => identifier.identify(`Bearer ${text}`, rules, NOW_MS);

const cases: [name: string, text: string, reason: IdentityFailure | null][] = [
  ['a known key', KEY, null],
  ['a key with the id of another', SAME_ID, null],
  ['an expired key', OLD, 'expired-key'],
  ['a key of another environment', STAGING, 'unknown-key'],
  ['a key of an expired robot', OF_EXPIRED, 'expired-robot'],
  ['a key of a robot whose team is disabled', OF_FROZEN, 'disabled-robot'],
  ['a key of a robot without a team', OWNERLESS, 'disabled-robot'],
  ['a well-formed key nobody made', STRANGER, 'unknown-key'],
  ['an id nobody has', formatRobotKey('nobody', randomBytes(32)), 'unknown-key'],
  ['an id named like a member of every object', formatRobotKey('constructor', randomBytes(32)), 'unknown-key'],
  ['an id whose hash in the policy is empty', formatRobotKey('rb7', randomBytes(32)), 'unknown-key'],
  ['the hash instead of the key', `mgw_rb1_${keyEntry(KEY, 'rb1').sha256}`, 'malformed-key'],
  ['half of a key', KEY.slice(0, 40), 'malformed-key'],
  ['a key without its checksum', KEY.slice(0, -9), 'malformed-key'],
  ['a key in capitals', KEY.toUpperCase(), 'unrecognised-credentials'],
  ['a key with more behind it', `${KEY}=`, 'malformed-key'],
  ['only the prefix', 'mgw_', 'malformed-key'],
];

describe('robot keys', () => {
  test.each(cases)('%s', async (_name, text, reason) => {
    const result = await identify(text);
    expect(result.ok ? null : result.reason).toBe(reason);
  });

  test('a key is good until it or its robot expires', async () => {
    const result = await identify(KEY);
    expect(result.ok && result.identity).toMatchObject({
      kind: 'robot',
      id: 'release-bot',
      issuer: null,
      subjects: [FIRST_ROBOT],
      expiresMs: NOW_MS + 1_000,
    });
    const later = await identifier.identify(`Bearer ${KEY}`, rules, NOW_MS + 1_000);
    expect(later).toEqual({ ok: false, reason: 'expired-key' });
  });

  test('two robots with one key id are told apart', async () => {
    const [first, second] = [await identify(KEY), await identify(SAME_ID)];
    expect([first.ok && first.identity.id, second.ok && second.identity.id]).toEqual(['release-bot', 'other-bot']);
  });

  test('no key with a bit flipped is accepted', async () => {
    for (let at = 0; at < KEY.length; at++) {
      for (let bit = 0; bit < 7; bit++) {
        const flipped = KEY.slice(0, at) + String.fromCharCode(KEY.charCodeAt(at) ^ (1 << bit)) + KEY.slice(at + 1);
        expect((await identify(flipped)).ok).toBe(false);
      }
    }
  });

  test('no text but the key is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(KEY.length), async (text, at) => {
        const changed = KEY.slice(0, at) + text + KEY.slice(at + text.length);
        fc.pre(changed !== KEY);
        expect((await identify(changed)).ok).toBe(false);
      }),
    );
  });
});
