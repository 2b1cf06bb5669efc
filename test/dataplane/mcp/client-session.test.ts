import { expect, test } from 'vitest';
import { NOTHING } from '../../../dataplane/mcp/client-capabilities.ts';
import { newSession, openSession, sealSession } from '../../../dataplane/mcp/client-session.ts';
import { InFlight } from '../../../dataplane/mcp/in-flight.ts';
import { buildKeyRing, type KeyRing } from '../../../dataplane/mcp/seal.ts';

function ringOf(...bytes: readonly number[]): KeyRing {
  const built = buildKeyRing(bytes.map((byte) => Buffer.alloc(32, byte)));
  if (!built.ok) throw new Error(built.reason);
  return built.ring;
}

const ring = ringOf(1);
const ana = { principal: 'ana', endpoint: 'eng' };
const session = newSession(
  'p',
  '2025-06-18',
  { name: 'claude', version: '1' },
  {
    has: new Set(['form', 'sampling', 'sampling-tools'] as const),
    more: false,
  },
);
const NOW = 1_000_000;
const token = sealSession(ring, ana, session, NOW);

test('a session comes back as it was, and fits into a header', () => {
  expect(openSession(ring, ana, token, NOW)).toEqual(session);
  expect(token).toMatch(/^[\x21-\x7e]{1,512}$/);
});

test('a replica that has the key opens it, also when it seals with a newer one', () => {
  expect(openSession(ringOf(2, 1), ana, token, NOW)).toEqual(session);
  expect(openSession(ringOf(2), ana, token, NOW)).toBeNull();
});

test('it is nobody else’s, nowhere else, and not for ever', () => {
  expect(openSession(ring, { ...ana, principal: 'bob' }, token, NOW)).toBeNull();
  expect(openSession(ring, { ...ana, endpoint: '' }, token, NOW)).toBeNull();
  expect(openSession(ring, ana, token, NOW + 8 * 86_400_000)).toBeNull();
  expect(openSession(ring, { principal: 'ana,eng', endpoint: '' }, token, NOW)).toBeNull();
});

test('names that a client makes up are cut and made sound', () => {
  const made = newSession(
    'p',
    '2025-06-18',
    { name: '\ud800'.padEnd(1_000, 'x'), version: 'v'.repeat(1_000) },
    NOTHING,
  );
  expect([made.client.name.length, made.client.version.length, made.client.name.isWellFormed()]).toEqual([
    128,
    128,
    true,
  ]);
});

test('a call under way is cancelled by its session and id, as long as it is under way', () => {
  const inFlight = new InFlight();
  const cancelled: string[] = [];
  const leave = inFlight.add('s', Buffer.from('1'), () => void cancelled.push('one'));
  inFlight.add('s', Buffer.from('"1"'), () => void cancelled.push('text'));
  inFlight.cancel('other', Buffer.from('1'));
  inFlight.cancel('s', Buffer.from('2'));
  expect(cancelled).toEqual([]);
  inFlight.cancel('s', Buffer.from('"\\u0031"'));
  expect(cancelled).toEqual(['text']);
  leave();
  inFlight.cancel('s', Buffer.from('1'));
  expect(cancelled).toEqual(['text']);
});
