import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import { Identifier } from '../../../dataplane/identity/identify.ts';
import type { IdentityResult } from '../../../dataplane/identity/identity.ts';
import { IssuerKeys } from '../../../dataplane/identity/issuer-keys.ts';
import { buildKeySet, matchKeys } from '../../../dataplane/identity/key-set.ts';
import type { KeySource, KeySourceFailure } from '../../../dataplane/identity/key-source.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import { IssuerServer, makeKey, type Answer, type SigningKey } from './issuer-server.ts';
import { NOW_MS, issuer, policy } from './organisation.ts';
import { goodClaims, sign } from './tokens.ts';

const patterns = parseHostPatterns(['127.0.0.1', 'localhost']);
const egress = patterns.ok ? patterns.patterns : [];

let corp: IssuerServer;
let key: SigningKey;
let next: SigningKey;
let rules: Policy;

beforeAll(async () => {
  [key, next] = await Promise.all([makeKey('ES256', 'one'), makeKey('ES256', 'two')]);
});

beforeEach(async () => {
  corp = await IssuerServer.start();
  corp.publish([key.jwk]);
  rules = policy({ issuers: [issuer('corp', { url: corp.url })] });
});

afterEach(() => corp.stop());

const open = (jwks: Readonly<Record<string, string>> = {}): Identifier =>
  new Identifier({ jwks, egress, tokenAgeMaxMs: null });

const identify = async (
  identifier: Identifier,
  by: SigningKey,
  nowMs = NOW_MS,
  under = rules,
): Promise<IdentityResult> =>
  identifier.identify(
    `Bearer ${await sign(by, goodClaims(corp.url, { exp: nowMs / 1000 + 300, iat: nowMs / 1000 }))}`,
    under,
    nowMs,
  );

const reasonOf = (result: IdentityResult): string | null => (result.ok ? null : result.reason);

const MINUTE = 60_000;

describe('where keys come from', () => {
  test('discovery below the issuer', async () => {
    expect(reasonOf(await identify(open(), key))).toBeNull();
    expect(corp.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('a URL of proxy.yaml, without discovery', async () => {
    expect(reasonOf(await identify(open({ corp: `${corp.url}/keys` }), key))).toBeNull();
    expect(corp.requests).toEqual(['/keys']);
  });

  test('a file of proxy.yaml, read again when it changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mcpgw-keys-'));
    const path = join(folder, 'jwks.json');
    await writeFile(path, JSON.stringify({ keys: [key.jwk] }));
    const identifier = open({ corp: path });
    expect(reasonOf(await identify(identifier, key))).toBeNull();
    await writeFile(`${path}.new`, JSON.stringify({ keys: [next.jwk] }));
    await rename(`${path}.new`, path);
    expect(reasonOf(await identify(identifier, next, NOW_MS + 3_000))).toBeNull();
    expect(reasonOf(await identify(identifier, key, NOW_MS + 6_000))).toBe('unknown-signing-key');
    expect(corp.requests).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('an issuer named like a member of every object has no keys by that', async () => {
    const named = policy({ issuers: [issuer('constructor', { url: corp.url })] });
    expect(reasonOf(await identify(open(), key, NOW_MS, named))).toBeNull();
  });
});

const serve = (answer: Answer): void => void corp.answers.set('/keys', answer);

const failures: [name: string, prepare: () => KeySource | void, failure: KeySourceFailure][] = [
  ['a server that is not there', () => ({ kind: 'url', url: 'http://127.0.0.1:1/keys' }), 'unreachable'],
  ['a host that egress does not allow', () => ({ kind: 'url', url: 'https://keys.example/keys' }), 'host-not-allowed'],
  ['plain http to another machine', () => ({ kind: 'url', url: 'http://keys.example/keys' }), 'insecure-url'],
  ['a password in the URL', () => ({ kind: 'url', url: 'http://me:pw@127.0.0.1/keys' }), 'malformed-url'],
  ['another scheme', () => ({ kind: 'discovery', issuer: 'file:///etc' }), 'insecure-url'],
  ['a file that is not there', () => ({ kind: 'file', path: '/nonexistent/jwks.json' }), 'unreadable'],
  ['a file that is no JSON', () => ({ kind: 'file', path: import.meta.filename }), 'not-json'],
  ['an error', () => serve({ status: 500, body: '{"keys":[]}' }), 'bad-status'],
  ['a redirect', () => serve({ status: 302, headers: { location: '/other' }, body: '' }), 'bad-status'],
  ['a page', () => serve({ body: '<html>' }), 'not-json'],
  ['a key set with a member twice', () => serve({ body: '{"keys":[],"keys":[]}' }), 'not-json'],
  ['no key set', () => serve({ body: '{"key":[]}' }), 'no-key-set'],
  ['a list', () => serve({ body: '[]' }), 'no-key-set'],
  ['a document without end', () => serve({ body: ' '.repeat(300_000) }), 'too-large'],
  ['metadata of another issuer', () => corp.publish([], { issuer: `${corp.url}/` }), 'issuer-mismatch'],
  ['metadata without an issuer', () => corp.publish([], { issuer: undefined }), 'issuer-mismatch'],
  ['metadata without keys', () => corp.publish([], { jwks_uri: undefined }), 'no-key-set'],
  [
    'metadata whose keys are elsewhere',
    () => corp.publish([], { jwks_uri: 'https://evil.example/keys' }),
    'host-not-allowed',
  ],
  ['metadata whose keys are a file', () => corp.publish([], { jwks_uri: 'file:///etc/passwd' }), 'insecure-url'],
];

describe('keys that cannot be had', () => {
  test.each(failures)('%s', async (_name, prepare, failure) => {
    const keys = new IssuerKeys(prepare() ?? { kind: 'discovery', issuer: corp.url }, egress);
    expect(await keys.find('ES256', 'one', NOW_MS)).toEqual({ ok: false, reason: 'keys-unavailable' });
    expect(keys.status).toEqual({ keys: 0, readMs: null, failure });
  });

  test('a server that never ends its answer is left after a while', { timeout: 20_000 }, async () => {
    corp.answers.set('/keys', { body: '{', hang: true });
    const keys = new IssuerKeys({ kind: 'url', url: `${corp.url}/keys` }, egress);
    expect(await keys.find('ES256', 'one', NOW_MS)).toEqual({ ok: false, reason: 'keys-unavailable' });
    expect(keys.status.failure).toBe('timeout');
  });

  test('without keys nobody is let in, and the issuer is asked now and then, not by every request', async () => {
    corp.answers.clear();
    const identifier = open();
    for (const seconds of [0, 1, 4]) {
      expect(reasonOf(await identify(identifier, key, NOW_MS + seconds * 1_000))).toBe('keys-unavailable');
    }
    expect(corp.requests.length).toBe(1);
    corp.publish([key.jwk]);
    expect(reasonOf(await identify(identifier, key, NOW_MS + 5_000))).toBeNull();
  });
});

describe('keys that change', () => {
  test('a new key is found when a token names it, at most once per cool-down', async () => {
    const identifier = open();
    await identify(identifier, key);
    corp.publish([next.jwk]);
    expect(reasonOf(await identify(identifier, next, NOW_MS + 29_000))).toBe('unknown-signing-key');
    expect(reasonOf(await identify(identifier, next, NOW_MS + 30_000))).toBeNull();
    expect(reasonOf(await identify(identifier, key, NOW_MS + 31_000))).toBe('unknown-signing-key');
    expect(corp.requests.filter((path) => path === '/keys').length).toBe(2);
  });

  test('a withdrawn key is not good for one more request, however long nobody asked', async () => {
    const identifier = open();
    await identify(identifier, key);
    corp.publish([]);
    expect(reasonOf(await identify(identifier, key, NOW_MS + 60 * MINUTE))).toBe('unknown-signing-key');
  });

  test('a token that was verified with a withdrawn key is verified again', async () => {
    const identifier = open();
    const token = `Bearer ${await sign(key, goodClaims(corp.url))}`;
    expect(reasonOf(await identifier.identify(token, rules, NOW_MS))).toBeNull();
    corp.publish([next.jwk]);
    expect(reasonOf(await identify(identifier, next, NOW_MS + 30_000))).toBeNull();
    expect(reasonOf(await identifier.identify(token, rules, NOW_MS + 30_001))).toBe('unknown-signing-key');
  });

  test('the last good keys stay while the issuer is down, and nobody waits for it', async () => {
    const identifier = open();
    await identify(identifier, key);
    corp.answers.set('/keys', { body: '{', hang: true });
    corp.answers.set('/.well-known/openid-configuration', { status: 503, body: '' });
    expect(reasonOf(await identify(identifier, key, NOW_MS + 20 * MINUTE))).toBeNull();
    expect(identifier.status().get('corp')).toEqual({ keys: 1, readMs: NOW_MS, failure: 'bad-status' });
    corp.answers.set('/.well-known/openid-configuration', { body: '{', hang: true });
    expect(reasonOf(await identify(identifier, key, NOW_MS + 40 * MINUTE))).toBeNull();
    // Had it waited, the attempt would have ended by now, with `timeout`.
    expect(identifier.status().get('corp')?.failure).toBe('bad-status');
  });

  test('many requests at once cause one fetch', async () => {
    const identifier = open();
    const results = await Promise.all(Array.from({ length: 20 }, () => identify(identifier, key)));
    expect(results.map(reasonOf)).toEqual(Array.from({ length: 20 }, () => null));
    expect(corp.requests.length).toBe(2);
  });

  test('a clock that is set back locks nobody out', async () => {
    const identifier = open();
    expect(reasonOf(await identify(identifier, key))).toBeNull();
    corp.publish([next.jwk]);
    expect(reasonOf(await identify(identifier, next, NOW_MS - 60 * MINUTE))).toBeNull();
  });

  test('a request that came earlier and is asked about later causes no fetch', async () => {
    const identifier = open();
    await identify(identifier, key);
    expect(reasonOf(await identify(identifier, key, NOW_MS - 5))).toBeNull();
    expect(reasonOf(await identify(identifier, next, NOW_MS - 5))).toBe('unknown-signing-key');
    expect(corp.requests.length).toBe(2);
  });

  test('keys may be read ahead of the first request', async () => {
    const identifier = open();
    await identifier.prepare(rules, NOW_MS);
    expect(identifier.status().get('corp')).toEqual({ keys: 1, readMs: NOW_MS, failure: null });
    await identify(identifier, key);
    expect(corp.requests.length).toBe(2);
  });
});

describe('tokens already verified', () => {
  test('are not verified again for a minute, and then are', async () => {
    const identifier = open();
    const token = `Bearer ${await sign(key, goodClaims(corp.url, { exp: NOW_MS / 1000 + 3_000 }))}`;
    const ask = async (ms: number): Promise<unknown> => {
      const result = await identifier.identify(token, rules, NOW_MS + ms);
      return result.ok && result.identity;
    };
    const first = await ask(0);
    expect(await ask(59_999)).toBe(first);
    const second = await ask(60_000);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  test('are not good beyond their own end', async () => {
    const identifier = open();
    const token = `Bearer ${await sign(key, goodClaims(corp.url, { exp: NOW_MS / 1000 - 50 }))}`;
    expect(reasonOf(await identifier.identify(token, rules, NOW_MS))).toBeNull();
    expect(reasonOf(await identifier.identify(token, rules, NOW_MS + 10_000))).toBe('expired-token');
  });

  test('are judged anew under a new policy, with the keys already there', async () => {
    const identifier = open();
    const token = `Bearer ${await sign(key, goodClaims(corp.url))}`;
    const groups = await identifier.identify(token, rules, NOW_MS);
    const narrower = policy({ issuers: [issuer('corp', { url: corp.url, audience: ['https://elsewhere'] })] });
    expect(groups.ok).toBe(true);
    expect(reasonOf(await identifier.identify(token, narrower, NOW_MS))).toBe('wrong-audience');
    expect(corp.requests.length).toBe(2);
  });

  test('an issuer whose URL changes starts without keys', async () => {
    const other = await IssuerServer.start();
    const identifier = open();
    await identify(identifier, key);
    const moved = policy({ issuers: [issuer('corp', { url: other.url })] });
    const token = `Bearer ${await sign(key, goodClaims(other.url))}`;
    expect(reasonOf(await identifier.identify(token, moved, NOW_MS))).toBe('keys-unavailable');
    await other.stop();
  });
});

describe('key sets', () => {
  test('every accepted algorithm verifies', async () => {
    const keys = await Promise.all(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map((alg) => makeKey(alg, alg)));
    corp.publish(keys.map((each) => each.jwk));
    const identifier = open();
    for (const each of keys) expect(reasonOf(await identify(identifier, each))).toBeNull();
  });

  test('a token that names no key is tried on those of its algorithm', async () => {
    const nameless = await makeKey('ES256', null);
    corp.publish([key.jwk, next.jwk, nameless.jwk]);
    expect(reasonOf(await identify(open(), nameless))).toBeNull();
  });

  test('keys that are not for verifying, weak, private, symmetric or odd are left out, the others work', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const weak = { kty: 'RSA', kid: 'weak', e: 'AQAB', n: Buffer.alloc(128, 0xff).toString('base64url') };
    const members: unknown[] = [
      { ...key.jwk, kid: 'enc', use: 'enc' },
      { ...key.jwk, kid: 'ops', use: undefined, key_ops: ['sign'] },
      { ...key.jwk, kid: 'alg', alg: 'ES384' },
      { ...key.jwk, kid: 'curve', crv: 'P-521' },
      { ...key.jwk, kid: 'broken', x: 'AA' },
      { ...(await exportJWK(privateKey)), kid: 'private' },
      { kty: 'oct', kid: 'secret', k: 'AAAA' },
      weak,
      null,
      'key',
      [],
      { ...key.jwk, kid: 'plain', alg: undefined, use: undefined },
      key.jwk,
    ];
    const keys = await buildKeySet(JSON.parse(JSON.stringify({ keys: members })));
    expect(keys?.map(({ id, algorithm }) => `${id} ${algorithm}`)).toEqual(['plain ES256', 'one ES256']);
  });

  test('an RSA key without an algorithm is good for both', async () => {
    const rsa = await makeKey('RS256', 'rsa', { alg: undefined } as never);
    const keys = (await buildKeySet(JSON.parse(JSON.stringify({ keys: [rsa.jwk] })))) ?? [];
    expect(keys.map(({ algorithm }) => algorithm)).toEqual(['RS256', 'PS256']);
    expect(matchKeys(keys, 'PS256', 'rsa').length).toBe(1);
    expect(matchKeys(keys, 'ES256', 'rsa')).toEqual([]);
  });

  test('a key set is read up to its bound', async () => {
    const members = Array.from({ length: 150 }, (_, at) => ({ ...key.jwk, kid: String(at) }));
    expect((await buildKeySet({ keys: members }))?.length).toBe(100);
  });
});
