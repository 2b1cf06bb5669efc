import { describe, expect, test } from 'vitest';
import { readPrincipal, type TokenClaims } from '../../../dataplane/identity/claims.ts';
import type { Issuer, Policy } from '../../../schemas/types/policy.ts';
import { issuer, policy } from './organisation.ts';

const declared: Policy['claims'] = [
  { name: 'mfa', type: 'bool', optional: false },
  { name: 'tier', type: 'string', optional: true },
  { name: 'level', type: 'int', optional: true },
  { name: 'score', type: 'double', optional: true },
  { name: 'sites', type: 'list', optional: true },
];

const sources: Issuer['claims'] = [
  { name: 'mfa', from: 'amr', contains: 'mfa' },
  { name: 'tier', from: 'tier', contains: null },
  { name: 'level', from: 'level', contains: null },
  { name: 'score', from: 'score', contains: null },
  { name: 'sites', from: 'sites', contains: null },
  { name: 'undeclared', from: 'tier', contains: null },
];

const rules = (more: Partial<Issuer> = {}): Policy =>
  policy({ claims: declared, issuers: [issuer('corp', { claims: sources, ...more })] });

function person(claims: TokenClaims, more: Partial<Issuer> = {}) {
  const read = readPrincipal(rules(more), 0, { sub: 'u1', groups: [], ...claims });
  if (!read.ok || read.principal.kind !== 'person') throw new Error(read.ok ? 'a robot' : read.reason);
  return read.principal;
}

describe('what a token says about a person', () => {
  test('the example of the policy language', () => {
    const example = { issuer: 'corp', sub: 'u1', email: 'ana@acme.dev', groups: ['payments-eng'], amr: ['mfa'] };
    expect(person(example)).toEqual({
      kind: 'person',
      issuer: 0,
      id: 'u1',
      email: 'ana@acme.dev',
      groups: ['payments-eng'],
      claims: new Map([['mfa', true]]),
      clientId: '',
    });
  });

  const claimCases: [name: string, claims: TokenClaims, expected: [string, unknown][]][] = [
    ['contains: a list without it', { amr: ['pwd'] }, [['mfa', false]]],
    ['contains: the text itself', { amr: 'mfa' }, [['mfa', true]]],
    ['contains: a longer text does not contain it', { amr: 'nomfa' }, [['mfa', false]]],
    ['contains: no claim', {}, [['mfa', false]]],
    ['contains: a list that is not all text', { amr: ['mfa', 1] }, [['mfa', false]]],
    [
      'a claim of its type',
      { tier: 'gold', level: 3, score: 0.5, sites: ['a'] },
      [
        ['mfa', false],
        ['tier', 'gold'],
        ['level', 3],
        ['score', 0.5],
        ['sites', ['a']],
      ],
    ],
    ['a claim of another type is absent', { tier: 1, level: '3', score: 'x', sites: 'a' }, [['mfa', false]]],
    ['an integer that a double cannot hold is absent', { level: 2 ** 53 }, [['mfa', false]]],
    ['a fraction is no integer', { level: 1.5 }, [['mfa', false]]],
  ];

  test.each(claimCases)('%s', (_name, claims, expected) => {
    expect([...person(claims).claims]).toEqual(expected);
  });

  const clientCases: [name: string, claims: TokenClaims, id: string][] = [
    ['azp', { azp: 'app' }, 'app'],
    ['client_id', { client_id: 'app' }, 'app'],
    ['both, equal', { azp: 'app', client_id: 'app' }, 'app'],
    ['both, not equal: none is verified', { azp: 'app', client_id: 'other' }, ''],
    ['neither', {}, ''],
    ['a number', { azp: 7 }, ''],
    ['with a line end', { azp: 'app\n' }, ''],
  ];

  test.each(clientCases)('a client by %s', (_name, claims, id) => {
    expect(person(claims).clientId).toBe(id);
  });

  test('what claims inherit is no claim', () => {
    const claims = Object.assign(Object.create({ azp: 'app', email: 'ana@acme.dev' }) as object, {
      sub: 'u1',
      groups: [],
    });
    const read = readPrincipal(rules(), 0, claims);
    expect(read).toMatchObject({ ok: true, principal: { clientId: '', email: null } });
  });

  const groupCases: [name: string, claims: TokenClaims, more: Partial<Issuer>, groups: readonly string[] | string][] = [
    ['a list', { groups: ['a', 'b'] }, {}, ['a', 'b']],
    ['one text is one group', { groups: 'a,b' }, {}, ['a,b']],
    ['an empty list', { groups: [] }, {}, []],
    ['an issuer without groups', { groups: ['a'] }, { groups: null }, []],
    ['missing', { groups: undefined }, {}, 'groups-missing'],
    ['missing, optional', { groups: undefined }, { groups: { claim: 'groups', optional: true } }, []],
    ['null', { groups: null }, {}, 'groups-missing'],
    [
      'of another type, though optional',
      { groups: { a: 1 } },
      { groups: { claim: 'groups', optional: true } },
      'groups-missing',
    ],
    ['overflowing', { groups: undefined, _claim_names: { groups: 's' } }, {}, 'groups-overflow'],
    ['overflowing, optional', { _claim_names: { groups: 's' } }, { groups: { claim: 'groups', optional: true } }, []],
    ['overflowing, as text', { hasgroups: 'true' }, {}, 'groups-overflow'],
    [
      'another claim overflowing',
      { roles: ['a'], hasgroups: true, _claim_names: { groups: 's' } },
      { groups: { claim: 'roles', optional: false } },
      ['a'],
    ],
    [
      'a claim named by a URL',
      { 'https://acme.dev/groups': ['a'] },
      { groups: { claim: 'https://acme.dev/groups', optional: false } },
      ['a'],
    ],
    [
      'a claim named like a member of every object',
      {},
      { groups: { claim: 'constructor', optional: false } },
      'groups-missing',
    ],
  ];

  test.each(groupCases)('groups: %s', (_name, claims, more, groups) => {
    const read = readPrincipal(
      rules(more),
      0,
      JSON.parse(
        JSON.stringify({
          sub: 'u1',
          groups: [],
          ...claims,
          ...('groups' in claims ? { groups: claims['groups'] } : {}),
        }),
      ) as TokenClaims,
    );
    expect(read.ok ? read.principal.kind === 'person' && read.principal.groups : read.reason).toEqual(groups);
  });

  test('an id claim other than sub', () => {
    expect(person({ oid: 'o-1' }, { id: 'oid' }).id).toBe('o-1');
  });

  test('an issuer without email gives none', () => {
    expect(person({ email: 'ana@acme.dev' }, { email: null }).email).toBeNull();
  });

  test('an issuer that the policy does not have', () => {
    expect(readPrincipal(rules(), 7, { sub: 'u1' })).toEqual({ ok: false, reason: 'unknown-issuer' });
    expect(readPrincipal(rules(), -1, { sub: 'u1' })).toEqual({ ok: false, reason: 'unknown-issuer' });
  });
});
