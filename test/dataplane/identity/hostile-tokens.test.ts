import { KeyObject, createHmac, createSign } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import type { IdentityFailure } from '../../../dataplane/identity/failure.ts';
import { Identifier } from '../../../dataplane/identity/identify.ts';
import type { IdentityResult } from '../../../dataplane/identity/identity.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import { IssuerServer, makeKey, type SigningKey } from './issuer-server.ts';
import { AUDIENCE, FIRST_ROBOT, NOW, NOW_MS, issuer, policy, robot, TEAM } from './organisation.ts';
import { forge, goodClaims, sign, type Claims } from './tokens.ts';

const patterns = parseHostPatterns(['127.0.0.1']);
const egress = patterns.ok ? patterns.patterns : [];

let corp: IssuerServer;
let partner: IssuerServer;
let actions: IssuerServer;
let key: SigningKey;
let other: SigningKey;
let partnerKey: SigningKey;
let actionsKey: SigningKey;
let rules: Policy;
let identifier: Identifier;

beforeAll(async () => {
  [corp, partner, actions] = await Promise.all([IssuerServer.start(), IssuerServer.start(), IssuerServer.start()]);
  [key, other, partnerKey, actionsKey] = await Promise.all([
    makeKey('RS256', 'one'),
    makeKey('RS256', 'one'),
    makeKey('ES256', 'shared'),
    makeKey('RS256', 'shared'),
  ]);
  corp.publish([key.jwk]);
  partner.publish([partnerKey.jwk]);
  actions.publish([actionsKey.jwk]);
  const main = { sub: 'repo:acme/pay:ref:refs/heads/main' };
  rules = policy(
    {
      issuers: [
        issuer('corp', { url: corp.url }),
        issuer('partner', { url: partner.url, email: { claim: 'email', domains: ['partner.example'] } }),
        issuer('actions', { url: actions.url, for: 'robots', email: null, groups: null }),
        issuer('twin-a', { url: 'https://twin.example' }),
        issuer('twin-b', { url: 'https://twin.example', for: 'robots' }),
        issuer('gitlab', { url: 'https://gitlab.example', for: 'robots' }),
      ],
    },
    [
      robot('release-bot', { signIn: { issuer: 2, match: main } }),
      robot('expired-bot', { expires: NOW_MS, signIn: { issuer: 2, match: { sub: 'expired' } } }),
      robot('frozen-bot', { owner: TEAM.frozen, signIn: { issuer: 2, match: { sub: 'frozen' } } }),
      robot('twin-1', { signIn: { issuer: 2, match: { sub: 'twin' } } }),
      robot('twin-2', { signIn: { issuer: 2, match: { ref: 'x' } } }),
      robot('gitlab-bot', { signIn: { issuer: 5, match: { sub: 'gitlab' } } }),
      robot('anyone', { signIn: { issuer: 2, match: {} } }),
    ],
  );
  identifier = new Identifier({ jwks: {}, egress, tokenAgeMaxMs: null });
});

afterAll(() => Promise.all([corp.stop(), partner.stop(), actions.stop()]));

const identify = (token: string): IdentityResult | Promise<IdentityResult> =>
  identifier.identify(`Bearer ${token}`, rules, NOW_MS);

const ofCorp = (more: Claims = {}): Promise<string> => sign(key, goodClaims(corp.url, more));
const ofActions = (more: Claims = {}): Promise<string> =>
  sign(actionsKey, goodClaims(actions.url, { groups: undefined, ...more }));

async function hmacWithPublicKey(): Promise<string> {
  const secret = await exportSPKI(key.publicKey);
  return forge({ alg: 'HS256', kid: 'one' }, goodClaims(corp.url), (input) =>
    createHmac('sha256', secret).update(input).digest('base64url'),
  );
}

/** Another spelling of the same bytes: the last character of base64 has bits that no byte uses. */
function respell(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bytes = Buffer.from(part, 'base64url');
  const other = Array.from(alphabet)
    .map((last) => part.slice(0, -1) + last)
    .find((text) => text !== part && Buffer.from(text, 'base64url').equals(bytes));
  if (other === undefined) throw new Error('no bits to spare');
  return other;
}

/** Signs the claims as they are spelt otherwise, so that the signature is good. */
function signedRespelt(): string {
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one' })).toString('base64url');
  const claims = [0, 1, 2].map((pad) => Buffer.from(JSON.stringify(goodClaims(corp.url, { pad: 'x'.repeat(pad) }))));
  const input = `${header}.${respell(claims.find(({ length }) => length % 3 !== 0)?.toString('base64url') ?? '')}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(KeyObject.from(key.privateKey), 'base64url')}`;
}

async function tampered(change: (parts: string[]) => string[]): Promise<string> {
  return change((await ofCorp()).split('.')).join('.');
}

const cases: [name: string, token: () => Promise<string> | string, reason: IdentityFailure | null][] = [
  ['a good token is accepted', () => ofCorp(), null],
  ['one audience of several is enough', () => ofCorp({ aud: ['https://other', AUDIENCE] }), null],
  ['a fraction of a second is a time', () => ofCorp({ iat: NOW - 0.5 }), null],
  ['at+jwt is an access token', () => sign(key, goodClaims(corp.url), { typ: 'at+JWT' }), null],
  ['alg none without a signature', () => forge({ alg: 'none' }, goodClaims(corp.url)), 'unsupported-algorithm'],
  ['alg NONE in capitals', () => forge({ alg: 'NONE' }, goodClaims(corp.url)), 'unsupported-algorithm'],
  [
    'an alg named like a member of every object',
    () => forge({ alg: 'constructor' }, goodClaims(corp.url)),
    'unsupported-algorithm',
  ],
  ['no alg', () => forge({ kid: 'one' }, goodClaims(corp.url), () => 'AAAA'), 'unsupported-algorithm'],
  ['HS256 with the public key as the secret', hmacWithPublicKey, 'unsupported-algorithm'],
  ['RS256 header, no signature', () => forge({ alg: 'RS256', kid: 'one' }, goodClaims(corp.url)), 'bad-signature'],
  [
    'another algorithm than the key is for',
    () => forge({ alg: 'PS256', kid: 'one' }, goodClaims(corp.url), () => 'AAAA'),
    'unknown-signing-key',
  ],
  ['signed by a key of the same name', () => sign(other, goodClaims(corp.url)), 'bad-signature'],
  [
    'a key id that the issuer does not have',
    () => sign(key, goodClaims(corp.url), { kid: 'two' }),
    'unknown-signing-key',
  ],
  ['a key id with a path', () => sign(key, goodClaims(corp.url), { kid: '../../keys/one' }), 'unknown-signing-key'],
  [
    'a key id that is no text',
    () => forge({ alg: 'RS256', kid: 1 }, goodClaims(corp.url), () => 'AAAA'),
    'malformed-token',
  ],
  [
    'an issuer passing as another, with its own key',
    () => sign(partnerKey, goodClaims(corp.url)),
    'unknown-signing-key',
  ],
  ['two issuers using one key id', () => sign(actionsKey, goodClaims(partner.url)), 'unknown-signing-key'],
  ['jwk in the header', () => sign(other, goodClaims(corp.url), { jwk: other.jwk, kid: 'one' }), 'bad-signature'],
  ['jku in the header', () => sign(other, goodClaims(corp.url), { jku: `${partner.url}/jku` }), 'bad-signature'],
  ['x5u in the header', () => sign(other, goodClaims(corp.url), { x5u: `${partner.url}/x5u` }), 'bad-signature'],
  [
    'an unknown critical header',
    () => sign(key, goodClaims(corp.url), { crit: ['urn:x'], 'urn:x': true }),
    'critical-header',
  ],
  [
    'an empty list of critical headers',
    () => forge({ alg: 'RS256', crit: [] }, goodClaims(corp.url), () => 'AAAA'),
    'critical-header',
  ],
  ['an unencoded payload', () => sign(key, goodClaims(corp.url), { b64: true, crit: ['b64'] }), 'critical-header'],
  ['a logout token', () => sign(key, goodClaims(corp.url), { typ: 'logout+jwt' }), 'unsupported-type'],
  ['a DPoP proof', () => sign(key, goodClaims(corp.url), { typ: 'dpop+jwt' }), 'unsupported-type'],
  [
    'a type that is no text',
    () => forge({ alg: 'RS256', typ: ['JWT'] }, goodClaims(corp.url), () => 'AAAA'),
    'unsupported-type',
  ],
  ['an issuer nobody trusts', () => sign(key, goodClaims('https://evil.example')), 'unknown-issuer'],
  ['an issuer with a slash more', () => sign(key, goodClaims(`${corp.url}/`)), 'unknown-issuer'],
  ['an issuer in a list', () => sign(key, goodClaims(corp.url, { iss: [corp.url] })), 'unknown-issuer'],
  ['no issuer', () => ofCorp({ iss: undefined }), 'unknown-issuer'],
  ['an issuer named like a member of every object', () => ofCorp({ iss: '__proto__' }), 'unknown-issuer'],
  [
    'an issuer that two entries of the policy share',
    () => sign(key, goodClaims('https://twin.example')),
    'unknown-issuer',
  ],
  ['another audience', () => ofCorp({ aud: 'https://mcp.acme.dev.evil.example' }), 'wrong-audience'],
  ['an audience that ours begins with', () => ofCorp({ aud: 'https://mcp.acme.de' }), 'wrong-audience'],
  ['no audience', () => ofCorp({ aud: undefined }), 'wrong-audience'],
  ['an empty list of audiences', () => ofCorp({ aud: [] }), 'wrong-audience'],
  ['an audience that is an object', () => ofCorp({ aud: { 0: AUDIENCE } }), 'wrong-audience'],
  ['expired', () => ofCorp({ exp: NOW - 60 }), 'expired-token'],
  ['expired, within the skew', () => ofCorp({ exp: NOW - 59 }), null],
  ['no expiry', () => ofCorp({ exp: undefined }), 'missing-claim'],
  ['an expiry that is text', () => ofCorp({ exp: String(NOW + 300) }), 'missing-claim'],
  [
    'an expiry that is infinite',
    () => sign(key, JSON.stringify(goodClaims(corp.url)).replace(/"exp":\d+/, '"exp":1e999')),
    'missing-claim',
  ],
  ['issued too long ago', () => ofCorp({ iat: NOW - 3_660 }), 'token-too-old'],
  ['issued an hour ago, within the skew', () => ofCorp({ iat: NOW - 3_659 }), null],
  ['no time of issue', () => ofCorp({ iat: undefined }), 'missing-claim'],
  ['issued in the future', () => ofCorp({ iat: NOW + 61 }), 'not-yet-valid'],
  ['issued in the future, within the skew', () => ofCorp({ iat: NOW + 60 }), null],
  ['not yet valid', () => ofCorp({ nbf: NOW + 61 }), 'not-yet-valid'],
  ['a start of validity that is text', () => ofCorp({ nbf: '0' }), 'missing-claim'],
  ['delegated', () => ofCorp({ act: { sub: 'u2' } }), 'delegated-token'],
  ['delegated to nobody', () => ofCorp({ act: null }), 'delegated-token'],
  ['a robot by delegation', () => ofActions({ sub: 'repo:acme/pay:ref:refs/heads/main', act: {} }), 'delegated-token'],
  ['bound to a key that the caller need not show', () => ofCorp({ cnf: { jkt: 'x' } }), 'bound-token'],
  ['no id', () => ofCorp({ sub: undefined }), 'missing-claim'],
  ['an empty id', () => ofCorp({ sub: '' }), 'missing-claim'],
  ['an id that is a number', () => ofCorp({ sub: 1 }), 'missing-claim'],
  ['an id with a line end', () => ofCorp({ sub: 'u1\nu2' }), 'missing-claim'],
  ['an id without end', () => ofCorp({ sub: 'u'.repeat(257) }), 'missing-claim'],
  ['no groups', () => ofCorp({ groups: undefined }), 'groups-missing'],
  ['groups that are no texts', () => ofCorp({ groups: ['payments-eng', 7] }), 'groups-missing'],
  [
    'groups left out as too many',
    () => ofCorp({ groups: undefined, _claim_names: { groups: 'src1' } }),
    'groups-overflow',
  ],
  ['groups left out as too many, and some', () => ofCorp({ hasgroups: true }), 'groups-overflow'],
  ['a robot of the issuer for robots', () => ofActions({ sub: 'repo:acme/pay:ref:refs/heads/main' }), null],
  [
    'a person of the issuer for robots',
    () => ofActions({ sub: 'u1', email: 'ana@acme.dev', groups: ['payments-eng'] }),
    'unknown-robot',
  ],
  [
    'a robot whose claim only begins alike',
    () => ofActions({ sub: 'repo:acme/pay:ref:refs/heads/main2' }),
    'unknown-robot',
  ],
  [
    'a robot whose claim is a list of the right text',
    () => ofActions({ sub: ['repo:acme/pay:ref:refs/heads/main'] }),
    'unknown-robot',
  ],
  ['a robot that has expired', () => ofActions({ sub: 'expired' }), 'expired-robot'],
  ['a robot whose team is disabled', () => ofActions({ sub: 'frozen' }), 'disabled-robot'],
  ['a token that two robots claim', () => ofActions({ sub: 'twin', ref: 'x' }), 'ambiguous-robot'],
  [
    'a claim named twice',
    () => sign(key, JSON.stringify(goodClaims(corp.url)).replace('{', '{"sub":"root",')),
    'malformed-token',
  ],
  ['claims that are a list', () => sign(key, '[]'), 'malformed-token'],
  ['claims that are no JSON', () => sign(key, 'ana'), 'malformed-token'],
  [
    'a payload swapped for another',
    () =>
      tampered(([a = '', , c = '']) => [
        a,
        Buffer.from(JSON.stringify(goodClaims(corp.url, { sub: 'root' }))).toString('base64url'),
        c,
      ]),
    'bad-signature',
  ],
  ['a payload with padding', () => tampered(([a = '', b = '', c = '']) => [a, `${b}=`, c]), 'malformed-credentials'],
  ['claims in another spelling of base64', signedRespelt, 'malformed-token'],
  [
    'a signature in another spelling of base64',
    () => tampered(([a = '', b = '', c = '']) => [a, b, respell(c)]),
    'malformed-token',
  ],
  ['a robot of another issuer for robots', () => ofActions({ sub: 'gitlab' }), 'unknown-robot'],
  ['an encrypted token', () => 'a.b.c.d.e', 'unrecognised-credentials'],
  ['an opaque token', () => 'opaque', 'unrecognised-credentials'],
  ['only dots', () => '..', 'malformed-token'],
  ['a token larger than any header', () => ofCorp({ pad: 'x'.repeat(16_384) }), 'oversized-credentials'],
];

describe('tokens', () => {
  test.each(cases)('%s', async (_name, token, reason) => {
    const result = await identify(await token());
    expect(result.ok ? null : result.reason).toBe(reason);
  });

  test('nothing that a header of a token names is ever fetched', () => {
    expect(partner.requests.filter((path) => !['/.well-known/openid-configuration', '/keys'].includes(path))).toEqual(
      [],
    );
  });

  test('unknown key ids cause one fetch, not one each', async () => {
    const before = corp.requests.length;
    for (const kid of ['a', 'b', 'c']) await identify(await sign(key, goodClaims(corp.url), { kid }));
    expect(corp.requests.length).toBe(before);
  });
});

describe('who it is', () => {
  test('a person of an issuer for people is never a robot, whatever it is called', async () => {
    const result = await identify(await ofCorp({ sub: 'repo:acme/pay:ref:refs/heads/main' }));
    expect(result).toMatchObject({
      ok: true,
      identity: { kind: 'person', id: 'corp:repo:acme/pay:ref:refs/heads/main' },
    });
  });

  test('a robot has its own subject, and no email, group, claim or client of its token', async () => {
    const sub = 'repo:acme/pay:ref:refs/heads/main';
    const token = await ofActions({ sub, email: 'ana@acme.dev', groups: ['payments-eng'], azp: 'app', exp: NOW + 100 });
    const result = await identify(token);
    expect(result.ok && result.identity).toEqual({
      kind: 'robot',
      issuer: 'actions',
      id: 'release-bot',
      email: '',
      groups: [],
      subjects: [FIRST_ROBOT],
      claims: new Map(),
      clientId: '',
      expiresMs: (NOW + 160) * 1000,
      key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  test('the same id of two issuers is two principals', async () => {
    const ana = await identify(await ofCorp());
    const eve = await identify(await sign(partnerKey, goodClaims(partner.url)));
    if (!ana.ok || !eve.ok) throw new Error('both are good');
    expect([ana.identity.id, eve.identity.id]).toEqual(['corp:u1', 'partner:u1']);
    expect(ana.identity.key).not.toBe(eve.identity.key);
  });

  const emails: [name: string, claims: Claims, email: string][] = [
    ['of our domain', { email: 'Ana@ACME.dev' }, 'ana@acme.dev'],
    ['verified', { email: 'ana@acme.dev', email_verified: true }, 'ana@acme.dev'],
    ['not verified', { email: 'ana@acme.dev', email_verified: false }, ''],
    ['verified by a text', { email: 'ana@acme.dev', email_verified: 'true' }, ''],
    ['of another domain', { email: 'ana@partner.example' }, ''],
    ['of a domain below ours', { email: 'ana@mail.acme.dev' }, ''],
    ['of a domain that ends like ours', { email: 'ana@notacme.dev' }, ''],
    ['with two signs', { email: 'ana@evil.example@acme.dev' }, ''],
    ['in quotes', { email: '"ana@acme.dev"@acme.dev' }, ''],
    ['with a letter that folds to k', { email: 'fran\u212a@acme.dev' }, ''],
    ['that reads like issuer:id', { email: 'corp:u7@acme.dev' }, ''],
    ['in a list', { email: ['ana@acme.dev'] }, ''],
    ['with a NUL', { email: 'ana@acme.dev\0' }, ''],
  ];

  test.each(emails)('an email %s', async (_name, claims, email) => {
    const result = await identify(await ofCorp(claims));
    expect(result.ok && result.identity.email).toBe(email);
  });

  test('an email of a domain that another issuer vouches for does not count', async () => {
    const result = await identify(
      await sign(partnerKey, goodClaims(partner.url, { email: 'ana@acme.dev', groups: ['payments-eng'] })),
    );
    expect(result).toMatchObject({ ok: true, identity: { email: '', subjects: [] } });
  });

  test('an identity ends with its token, or when the token is too old', async () => {
    const ends = async (claims: Claims): Promise<number | false> => {
      const result = await identify(await ofCorp(claims));
      return result.ok && result.identity.expiresMs;
    };
    expect(await ends({ exp: NOW + 10 })).toBe((NOW + 70) * 1000);
    expect(await ends({ iat: NOW, exp: NOW + 86_400 })).toBe((NOW + 3_660) * 1000);
  });
});
