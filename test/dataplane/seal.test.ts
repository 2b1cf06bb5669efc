import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildKeyRing, open, parseSealKey, seal, type KeyRing, type SealContext } from '../../dataplane/mcp/seal.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const OLD_KEY = new Uint8Array(32).fill(1);
const NEW_KEY = new Uint8Array(32).fill(2);

function ringOf(...keys: readonly Uint8Array[]): KeyRing {
  const built = buildKeyRing(keys);
  if (!built.ok) throw new Error(built.reason);
  return built.ring;
}

const ring = ringOf(OLD_KEY);
const context: SealContext = { purpose: 'session', binding: ['principal-1', 'engineering'] };

function sealed(
  payload = '{"up":"sid"}',
  to: { ring?: KeyRing; context?: SealContext; expiresMs?: number } = {},
): string {
  const result = seal(to.ring ?? ring, to.context ?? context, payload, to.expiresMs ?? NOW_MS + 60_000);
  if (!result.ok) throw new Error(result.reason);
  return result.token;
}

function openedAs(token: string, from: { ring?: KeyRing; context?: SealContext; nowMs?: number } = {}): string {
  const result = open(from.ring ?? ring, from.context ?? context, token, from.nowMs ?? NOW_MS);
  return result.ok ? `ok ${result.payload}` : result.reason;
}

describe('sealed tokens', () => {
  test('open to what was sealed, in visible ASCII, and never look the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (payload) => {
        const token = sealed(payload);
        expect(token).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
        expect(openedAs(token)).toBe(`ok ${payload}`);
        expect(sealed(payload)).not.toBe(token);
      }),
    );
  });

  test('say when they expire', () => {
    const expiresMs = NOW_MS + 1_234;
    expect(open(ring, context, sealed('x', { expiresMs }), NOW_MS)).toEqual({ ok: true, payload: 'x', expiresMs });
    expect(openedAs(sealed('x', { expiresMs }), { nowMs: expiresMs - 1 })).toBe('ok x');
    expect(openedAs(sealed('x', { expiresMs }), { nowMs: expiresMs })).toBe('expired');
  });

  test('do not open with any bit flipped', () => {
    const token = sealed();
    for (let at = 0; at < token.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped =
          token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << bit)) + token.slice(at + 1);
        expect(openedAs(flipped)).toMatch(/^(?:malformed|unknown-key|forged)$/);
      }
    }
  });

  test('do not open cut short, prolonged, padded or in the other alphabet', () => {
    const token = sealed('?'.repeat(50));
    for (let length = 0; length < token.length; length++) expect(openedAs(token.slice(0, length))).not.toMatch(/^ok/);
    const body = token.slice(12);
    const others = [
      `${token}A`,
      `${token}AAAA`,
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      `${token}.`,
      token.toUpperCase(),
    ];
    for (const other of others) expect(openedAs(other)).not.toMatch(/^ok/);
    const standard = `${token.slice(0, 12)}${body.replaceAll('-', '+').replaceAll('_', '/')}`;
    if (standard !== token) expect(openedAs(standard)).toBe('malformed');
  });

  test('do not open in another context, however its parts are split', () => {
    const contexts: SealContext[] = [
      { purpose: 'cursor', binding: context.binding },
      { purpose: 'session', binding: ['principal-2', 'engineering'] },
      { purpose: 'session', binding: ['engineering', 'principal-1'] },
      { purpose: 'session', binding: ['principal-1'] },
      { purpose: 'session', binding: ['principal-1', 'engineering', ''] },
      { purpose: 'session', binding: ['principal-1engineering'] },
      { purpose: 'session', binding: ['principal-1","engineering'] },
      { purpose: 'session","principal-1', binding: ['engineering'] },
      { purpose: 'session', binding: [] },
    ];
    for (const other of contexts) {
      expect(openedAs(sealed(), { context: other })).toBe('forged');
      expect(openedAs(sealed('x', { context: other }))).toBe('forged');
    }
  });

  test('open in a context if and only if it is the same', () => {
    const contexts = fc.record({
      purpose: fc.string(),
      binding: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(contexts, contexts, (one, two) => {
        const same = JSON.stringify(one) === JSON.stringify(two);
        expect(openedAs(sealed('x', { context: one }), { context: two })).toBe(same ? 'ok x' : 'forged');
      }),
    );
  });

  const forgeries: [name: string, token: string, reason: string][] = [
    ['nothing', '', 'malformed'],
    ['another version', sealed().replace('v1', 'v2'), 'malformed'],
    ['four parts', `${sealed()}.x`, 'malformed'],
    ['a key nobody has', sealed().replace(/^v1\.[0-9a-f]+/, 'v1.00000000'), 'unknown-key'],
    ['a key named like a member of every object', sealed().replace(/^v1\.[0-9a-f]+/, 'v1.toString'), 'unknown-key'],
    ['random bytes', `v1.${ring.sealing.id}.${randomBytes(80).toString('base64url')}`, 'forged'],
    ['too little for a tag', `v1.${ring.sealing.id}.${randomBytes(33).toString('base64url')}`, 'malformed'],
    ['a huge text', `v1.${ring.sealing.id}.${'A'.repeat(200_000)}`, 'malformed'],
  ];

  test.each(forgeries)('%s does not open', (_name, token, reason) => {
    expect(openedAs(token)).toBe(reason);
  });

  test('have a largest payload', () => {
    const largest = 'é'.repeat(32_768);
    expect(openedAs(sealed(largest))).toBe(`ok ${largest}`);
    expect(seal(ring, context, `${largest}x`, NOW_MS)).toEqual({ ok: false, reason: 'too-large' });
  });
});

describe('keys', () => {
  test('a new key seals while the old one still opens, until it is gone', () => {
    const both = ringOf(NEW_KEY, OLD_KEY);
    const before = sealed();
    const after = sealed('x', { ring: both });
    expect(openedAs(before, { ring: both })).toMatch(/^ok/);
    expect(openedAs(after, { ring: both })).toBe('ok x');
    expect(openedAs(after)).toBe('unknown-key');
    expect(openedAs(before, { ring: ringOf(NEW_KEY) })).toBe('unknown-key');
  });

  test('replicas with the same key open each other’s tokens', () => {
    expect(openedAs(sealed(), { ring: ringOf(OLD_KEY) })).toMatch(/^ok/);
  });

  const rings: [name: string, keys: readonly Uint8Array[], reason: string][] = [
    ['no key', [], 'no-key'],
    ['a key of 16 bytes', [new Uint8Array(16)], 'wrong-length'],
    ['one key twice', [OLD_KEY, OLD_KEY], 'duplicate-key'],
  ];

  test.each(rings)('a ring with %s is refused', (_name, keys, reason) => {
    expect(buildKeyRing(keys)).toEqual({ ok: false, reason });
  });

  test('are read from base64 of exactly 32 bytes', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    expect(parseSealKey(bytes.toString('base64'))).toEqual(bytes);
    expect(parseSealKey(bytes.toString('base64url'))).toEqual(bytes);
    for (const text of [
      '',
      'secret',
      bytes.toString('hex'),
      bytes.subarray(1).toString('base64'),
      `${bytes.toString('base64')}\n`,
    ]) {
      expect(parseSealKey(text)).toBeNull();
    }
  });

  test('never show', () => {
    const shown = JSON.stringify(ring, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
    expect(shown).not.toContain(Buffer.from(OLD_KEY).toString('base64'));
  });
});
