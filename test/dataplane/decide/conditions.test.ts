import { describe, expect, test } from 'vitest';
import { decide, visible, type Caller, type Decision } from '../../../dataplane/decide/index.ts';
import {
  and,
  bool,
  call,
  constant,
  equals,
  failing,
  get,
  has,
  int,
  less,
  not,
  now,
  or,
  str,
  timestamp,
} from '../../fixtures/expressions.ts';
import { claims, desk, deskView, GUARD_RULE, OPEN_SET, person, robot, type DeskSketch } from './desk.ts';
import { callOf, who } from './organisation.ts';

const NOW = Date.UTC(2026, 10, 20, 10);

/** A call of `t_open`. */
function decideOpen(sketch: DeskSketch, caller: Caller = person(), args = '{}', nowMs = NOW): Decision {
  return decide(deskView(desk(sketch), caller), 't_open', callOf(caller, nowMs, args));
}

function listed(sketch: DeskSketch, caller: Caller = person()): boolean {
  const view = deskView(desk(sketch), caller);
  return visible(view, callOf(caller, NOW, null)).slots.some((slot) => slot.exposed === 't_open');
}

const cheap = less(get('args', 'amount'), int(100));
const mfa = get('claims', 'mfa');

const GRANTS: readonly [
  name: string,
  sketch: DeskSketch,
  caller: Caller,
  args: string,
  reason: string,
  rule: number,
][] = [
  ['args: the condition holds', { grants: [{ when: cheap }] }, person(), '{"amount":99}', 'granted', 10],
  ['args: it does not', { grants: [{ when: cheap }] }, person(), '{"amount":100}', 'condition', 20],
  ['args: what it reads is absent', { grants: [{ when: cheap }] }, person(), '{}', 'condition', 20],
  [
    'args: an absence that it asks for',
    { grants: [{ when: not(has('args', 'amount')) }] },
    person(),
    '{}',
    'granted',
    10,
  ],
  [
    'args: nested',
    { grants: [{ when: equals(get('args', 'customer', 'country'), str('CH')) }] },
    person(),
    '{"customer":{"country":"CH"}}',
    'granted',
    10,
  ],
  [
    'args: an integer beyond 2^53 that fits',
    { grants: [{ when: equals(get('args', 'amount'), int(9_007_199_254_740_993n)) }] },
    person(),
    '{"amount":9007199254740993}',
    'granted',
    10,
  ],
  [
    'args: its neighbour, which a double cannot tell from it',
    { grants: [{ when: equals(get('args', 'amount'), int(9_007_199_254_740_993n)) }] },
    person(),
    '{"amount":9007199254740992}',
    'condition',
    20,
  ],
  ['claims: true', { grants: [{ when: mfa }] }, claims({ mfa: true }), '{}', 'granted', 10],
  ['claims: false', { grants: [{ when: mfa }] }, claims({ mfa: false }), '{}', 'condition', 20],
  ['claims: absent', { grants: [{ when: mfa }] }, person(), '{}', 'condition', 20],
  [
    'claims: a number',
    { grants: [{ when: less(int(2), get('claims', 'level')) }] },
    claims({ level: 3 }),
    '{}',
    'granted',
    10,
  ],
  [
    'claims: a double that has an integral value',
    { grants: [{ when: equals(get('claims', 'score'), constant('double', '3')) }] },
    claims({ score: 3 }),
    '{}',
    'granted',
    10,
  ],
  [
    'claims: a list',
    { grants: [{ when: call('in_list', str('zrh'), get('claims', 'sites')) }] },
    claims({ sites: ['ber', 'zrh'] }),
    '{}',
    'granted',
    10,
  ],
  [
    'claims: a robot has none',
    { grants: [{ to: [who.robot], when: has('claims', 'mfa') }] },
    robot,
    '{}',
    'condition',
    20,
  ],
  [
    'principal: its id',
    { grants: [{ when: equals(get('principal', 'id'), str('corp:u1')) }] },
    person(),
    '{}',
    'granted',
    10,
  ],
  [
    'principal: its address',
    { grants: [{ when: equals(get('principal', 'email'), str('ana@acme.dev')) }] },
    person(),
    '{}',
    'granted',
    10,
  ],
  [
    'principal: a robot is one',
    { grants: [{ to: [who.robot], when: equals(get('principal', 'kind'), str('robot')) }] },
    robot,
    '{}',
    'granted',
    10,
  ],
  [
    'client: a verified id',
    { grants: [{ when: equals(get('client', 'id'), str('https://claude')) }] },
    person({ clientId: 'https://claude' }),
    '{}',
    'granted',
    10,
  ],
  [
    'client: empty when unverified, whatever the app calls itself',
    { grants: [{ when: equals(get('client', 'id'), str('')) }] },
    person({ clientName: 'https://claude' }),
    '{}',
    'granted',
    10,
  ],
  [
    'now: before',
    { grants: [{ when: call('less_timestamp', now, timestamp('2026-11-20T10:00:00.001Z')) }] },
    person(),
    '{}',
    'granted',
    10,
  ],
  [
    'now: not before',
    { grants: [{ when: call('less_timestamp', now, timestamp('2026-11-20T10:00:00Z')) }] },
    person(),
    '{}',
    'condition',
    20,
  ],
  ['an error: the grant does not apply', { grants: [{ when: failing }] }, person(), '{}', 'condition', 20],
  [
    'an error beside a truth that decides',
    { grants: [{ when: or(failing, bool(true)) }] },
    person(),
    '{}',
    'granted',
    10,
  ],
  ['a value that is no bool', { grants: [{ when: int(1) }] }, person(), '{}', 'condition', 20],
  ['of two grants one holds', { grants: [{ when: mfa }, { when: cheap }] }, person(), '{"amount":1}', 'granted', 11],
  [
    'of two that hold the first by name is reported',
    { grants: [{ when: cheap }, { when: cheap }] },
    person(),
    '{"amount":1}',
    'granted',
    10,
  ],
  [
    'an unconditional one before all conditional ones',
    { grants: [{ when: cheap }, {}] },
    person(),
    '{"amount":1}',
    'granted',
    11,
  ],
  [
    'one that expired does not count',
    { grants: [{ expires: NOW }, { when: cheap }] },
    person(),
    '{"amount":100}',
    'condition',
    21,
  ],
  [
    'when all expired, that is said',
    { grants: [{ expires: NOW, when: cheap }] },
    person(),
    '{"amount":1}',
    'expired',
    -5,
  ],
  [
    'a grant to others does not count',
    { grants: [{ to: [who.payments], when: cheap }] },
    person(),
    '{"amount":1}',
    'no-grant',
    -1,
  ],
];

test.each(GRANTS)('when: %s', (_name, sketch, caller, args, reason, rule) => {
  const decision = decideOpen(sketch, caller, args);
  expect({ reason: decision.reason, rule: decision.rule, allow: decision.allow }).toEqual({
    reason,
    rule,
    allow: reason === 'granted',
  });
});

const GUARDS: readonly [name: string, sketch: DeskSketch, caller: Caller, args: string, denied: boolean][] = [
  ['when: false passes', { guards: [{ when: cheap }] }, person(), '{"amount":100}', false],
  ['when: true denies', { guards: [{ when: cheap }] }, person(), '{"amount":99}', true],
  ['when: an error denies', { guards: [{ when: failing }] }, person(), '{}', true],
  ['when: what it reads is absent', { guards: [{ when: cheap }] }, person(), '{}', true],
  ['when: an absent claim denies', { guards: [{ when: mfa }] }, person(), '{}', true],
  [
    'when: a value that is no bool denies',
    { guards: [{ when: get('claims', 'level') }] },
    claims({ level: 0 }),
    '{}',
    true,
  ],
  ['unless: true passes', { guards: [{ unless: mfa }] }, claims({ mfa: true }), '{}', false],
  ['unless: false denies', { guards: [{ unless: mfa }] }, claims({ mfa: false }), '{}', true],
  ['unless: an absent claim denies', { guards: [{ unless: mfa }] }, person(), '{}', true],
  ['unless: an error denies', { guards: [{ unless: failing }] }, person(), '{}', true],
  [
    'unless: a value that is no bool denies',
    { guards: [{ unless: get('claims', 'level') }] },
    claims({ level: 1 }),
    '{}',
    true,
  ],
  ['a constant that passes', { guards: [{ unless: bool(true) }, { when: bool(false) }] }, person(), '{}', false],
  ['a constant that denies, when', { guards: [{ when: bool(true) }] }, person(), '{}', true],
  ['a constant that denies, unless', { guards: [{ unless: bool(false) }] }, person(), '{}', true],
  ['a constant that is an error', { guards: [{ when: failing }] }, person(), '{}', true],
  ['now', { guards: [{ when: call('less_timestamp', timestamp('2026-11-20T09:00:00Z'), now) }] }, person(), '{}', true],
  ['match: another server', { guards: [{ when: bool(true), match: { servers: [0] } }] }, person(), '{}', false],
  ['match: this server', { guards: [{ when: bool(true), match: { servers: [1] } }] }, person(), '{}', true],
  ['match: another tool', { guards: [{ when: bool(true), match: { definitions: 0 } }] }, person(), '{}', false],
  ['match: this tool', { guards: [{ when: bool(true), match: { definitions: OPEN_SET } }] }, person(), '{}', true],
  ['match: another gateway', { guards: [{ when: bool(true), match: { gateways: [] } }] }, person(), '{}', false],
  ['match: robots', { guards: [{ when: bool(true), match: { kinds: ['robot'] } }] }, person(), '{}', false],
  ['match: people', { guards: [{ when: bool(true), match: { kinds: ['person'] } }] }, person(), '{}', true],
  [
    'match: another team',
    { guards: [{ when: bool(true), match: { subjects: [who.payments] } }] },
    person(),
    '{}',
    false,
  ],
  ['match: my team', { guards: [{ when: bool(true), match: { subjects: [who.platform] } }] }, person(), '{}', true],
  [
    'match: a disabled team still sees its members',
    { guards: [{ when: bool(true), match: { subjects: [who.frozen] } }] },
    person({ subjects: [who.frozen, who.platform] }),
    '{}',
    true,
  ],
  [
    'match: a team that use-all-gateways makes me a member of',
    { guards: [{ when: bool(true), match: { subjects: [who.platform] } }] },
    person({ subjects: [who.admin] }),
    '{}',
    true,
  ],
  ['match: another app', { guards: [{ when: bool(true), match: { clients: [0] } }] }, person(), '{}', false],
  [
    'match: this app, verified',
    { guards: [{ when: bool(true), match: { clients: [0] } }] },
    person({ clientId: 'https://claude' }),
    '{}',
    true,
  ],
  [
    'match: this app, by the name that it gives itself',
    { guards: [{ when: bool(true), match: { clients: [0] } }] },
    person({ clientName: 'cursor' }),
    '{}',
    true,
  ],
  [
    'match: keys are ANDed',
    { guards: [{ when: bool(true), match: { servers: [1], kinds: ['robot'] } }] },
    person(),
    '{}',
    false,
  ],
];

test.each(GUARDS)('guard: %s', (_name, sketch, caller, args, denied) => {
  const decision = decideOpen(sketch, caller, args);
  expect({ reason: decision.reason, rule: decision.rule }).toEqual(
    denied ? { reason: 'guard', rule: GUARD_RULE } : { reason: 'granted', rule: 10 },
  );
});

describe('a form that does not say what it is for a tool', () => {
  const elsewhere = (sketch: DeskSketch): Decision => {
    const of = desk(sketch);
    const rows = [{ definitions: 0, conditions: [0, 0], resources: -1 }];
    const view = deskView({ ...of, forms: [{ gateways: null, rows }] }, person());
    return decide(view, 't_open', callOf(person(), NOW));
  };

  test('is a condition that never holds', () => {
    expect(elsewhere({ grants: [{ when: bool(true) }] })).toMatchObject({ allow: false, hidden: true });
  });

  test('is a guard that denies', () => {
    expect(elsewhere({ guards: [{ unless: bool(true) }] })).toMatchObject({ reason: 'guard', rule: GUARD_RULE });
  });
});

describe('guards', () => {
  test('do not speak to who holds no grant', () => {
    const sketch = { grants: [{ to: [who.payments] }], guards: [{ when: bool(true), message: 'step up' }] };
    expect(decideOpen(sketch)).toMatchObject({ reason: 'no-grant', rule: -1, hidden: true, message: null });
  });

  test('say their message, and leave the tool in the list', () => {
    const sketch = { guards: [{ unless: mfa, message: 'step up with MFA first' }] };
    expect(decideOpen(sketch)).toMatchObject({ hidden: false, message: 'step up with MFA first' });
    expect(listed(sketch)).toBe(true);
  });

  test('hide the tool where they say so', () => {
    const sketch = { guards: [{ unless: mfa, hide: true }] };
    expect(decideOpen(sketch)).toMatchObject({ reason: 'guard', hidden: true });
    expect(listed(sketch)).toBe(false);
    expect(listed(sketch, claims({ mfa: true }))).toBe(true);
  });

  test('that hide keep another one from giving the tool away', () => {
    const sketch = {
      guards: [
        { unless: mfa, message: 'step up' },
        { when: bool(true), hide: true },
      ],
    };
    expect(decideOpen(sketch)).toMatchObject({ rule: GUARD_RULE, hidden: true });
    expect(listed(sketch)).toBe(false);
  });

  test('that hide by arguments leave it in the list, and say no when called', () => {
    const sketch = { guards: [{ when: cheap, hide: true }] };
    expect(listed(sketch)).toBe(true);
    expect(decideOpen(sketch, person(), '{"amount":1}')).toMatchObject({ reason: 'guard', hidden: false });
  });

  test('in alert mode only record', () => {
    const sketch = {
      guards: [
        { when: bool(true), mode: 'alert' as const, hide: true },
        { when: cheap, mode: 'alert' as const },
        { unless: mfa, mode: 'alert' as const },
      ],
    };
    const decision = decideOpen(sketch, claims({ mfa: true }), '{"amount":1}');
    expect(decision).toMatchObject({ reason: 'granted', rule: 10, alerts: [GUARD_RULE, GUARD_RULE + 1] });
    expect(listed(sketch)).toBe(true);
  });

  test('in alert mode record also where another one denies', () => {
    const sketch = { guards: [{ when: bool(true), mode: 'alert' as const }, { when: bool(true) }] };
    expect(decideOpen(sketch)).toMatchObject({ reason: 'guard', rule: GUARD_RULE + 1, alerts: [GUARD_RULE] });
  });

  test('in alert mode do not deny what does not fit the schema either', () => {
    const sketch = { guards: [{ when: cheap, mode: 'alert' as const }] };
    expect(decideOpen(sketch, person(), '{"amount":"1"}')).toMatchObject({ reason: 'granted', alerts: [GUARD_RULE] });
  });

  test('that name a disabled team reach who may use all gateways', () => {
    const sketch = {
      grants: [{}, { to: [who.frozen] }],
      guards: [{ when: bool(true), match: { subjects: [who.frozen] } }],
    };
    expect(decideOpen(sketch, person({ subjects: [who.admin] })).reason).toBe('guard');
  });

  test('that deny whatever the arguments are reported before arguments that do not fit', () => {
    const sketch = { guards: [{ when: cheap }, { unless: mfa }] };
    expect(decideOpen(sketch, person(), '{"amount":"1"}')).toMatchObject({ reason: 'guard', rule: GUARD_RULE + 1 });
  });

  test('of several that deny the first is reported', () => {
    const sketch = { guards: [{ when: bool(false) }, { unless: mfa }, { when: bool(true) }] };
    expect(decideOpen(sketch).rule).toBe(GUARD_RULE + 1);
  });
});

const ARGUMENTS: readonly [name: string, args: string, problem: string][] = [
  ['another type', '{"amount":"1"}', 'amount: not of the declared type integer'],
  ['a fraction', '{"amount":1.5}', 'amount: not of the declared type integer'],
  ['more than 64 bits', '{"amount":9223372036854775808}', 'amount: not of the declared type integer'],
  ['null where it is not declared', '{"amount":null}', 'amount: not of the declared type integer'],
  ['no value of the enum', '{"amount":1,"kind":"epic"}', 'kind: not one of the declared values'],
  ['a member that is not declared', '{"amount":1,"force":true}', 'force: not declared'],
  ['a look-alike of a declared member', '{"Amount":1}', 'Amount: only resembles a declared name'],
  ['nested', '{"amount":1,"customer":{"country":7}}', 'customer.country: not of the declared type string'],
];

describe.each(ARGUMENTS)('arguments: %s', (_name, args, problem) => {
  test('are an error where the tool is seen', () => {
    const expected = { reason: 'arguments', rule: -7, allow: false, hidden: false, message: problem };
    expect(decideOpen({ grants: [{ when: cheap }] }, person(), args)).toMatchObject(expected);
    expect(decideOpen({ guards: [{ when: cheap }] }, person(), args)).toMatchObject(expected);
  });

  test('are nothing to who does not see the tool', () => {
    const hiding = { guards: [{ when: cheap }, { unless: mfa, hide: true }] };
    expect(decideOpen(hiding, person(), args)).toMatchObject({ allow: false, hidden: true });
    const unmet = { grants: [{ when: and(mfa, cheap) }] };
    expect(decideOpen(unmet, claims({ mfa: false }), args)).toMatchObject({ allow: false, hidden: true });
    expect(decideOpen({ grants: [{ to: [who.payments], when: cheap }] }, person(), args)).toMatchObject({
      reason: 'no-grant',
      hidden: true,
    });
  });

  test('matter to nobody whose rules do not read them', () => {
    expect(decideOpen({ grants: [{}, { when: cheap }] }, person(), args).reason).toBe('granted');
    const guarded = { grants: [{}, { to: [who.payments], when: cheap }], guards: [{ unless: mfa }] };
    expect(decideOpen(guarded, claims({ mfa: true }), args).reason).toBe('granted');
  });
});

const FITTING: readonly [name: string, args: string][] = [
  ['an integer with a fraction of zero', '{"amount":5.0}'],
  ['an integer with an exponent', '{"amount":1e1}'],
  ['a member that no condition reads, whatever it is', '{"amount":1,"note":{"a":[1]}}'],
];

test.each(FITTING)('arguments: %s fits', (_name, args) => {
  expect(decideOpen({ grants: [{ when: cheap }] }, person(), args).reason).toBe('granted');
});

const LISTS: readonly [name: string, sketch: DeskSketch, caller: Caller, isListed: boolean][] = [
  ['a condition on arguments may hold', { grants: [{ when: cheap }] }, person(), true],
  [
    'a condition on time may hold',
    { grants: [{ when: call('less_timestamp', now, timestamp('2000-01-01T00:00:00Z')) }] },
    person(),
    true,
  ],
  ['a claim that is true', { grants: [{ when: mfa }] }, claims({ mfa: true }), true],
  ['a claim that is false', { grants: [{ when: mfa }] }, claims({ mfa: false }), false],
  ['a claim that is absent', { grants: [{ when: mfa }] }, person(), false],
  ['a false claim whatever the arguments', { grants: [{ when: and(cheap, mfa) }] }, claims({ mfa: false }), false],
  ['a true claim whatever the arguments', { grants: [{ when: or(cheap, mfa) }] }, claims({ mfa: true }), true],
  ['arguments in spite of a false claim', { grants: [{ when: or(cheap, mfa) }] }, claims({ mfa: false }), true],
  ['an error', { grants: [{ when: failing }] }, person(), false],
  ['an error that arguments may absorb', { grants: [{ when: or(cheap, failing) }] }, person(), true],
  ['one of two grants may hold', { grants: [{ when: mfa }, { when: cheap }] }, person(), true],
  ['only an expired one would hold', { grants: [{ when: mfa }, { expires: NOW }] }, person(), false],
  ['a guard that denies stays in the list', { guards: [{ when: bool(true) }] }, person(), true],
  ['a hiding guard that denies', { guards: [{ when: bool(true), hide: true }] }, person(), false],
  ['a hiding guard that errs', { guards: [{ unless: failing, hide: true }] }, person(), false],
  ['a hiding guard that passes', { guards: [{ unless: mfa, hide: true }] }, claims({ mfa: true }), true],
  [
    'a hiding guard for others',
    { guards: [{ when: bool(true), hide: true, match: { kinds: ['robot'] } }] },
    person(),
    true,
  ],
];

test.each(LISTS)('listed or not: %s', (_name, sketch, caller, isListed) => {
  expect(listed(sketch, caller)).toBe(isListed);
});

test('people with the same teams see different lists when a condition reads more of them', () => {
  const view = deskView(desk({ grants: [{ when: mfa }] }), person());
  const seen = (caller: Caller): number => visible(view, callOf(caller, NOW, null)).slots.length;
  expect([seen(claims({ mfa: true })), seen(claims({ mfa: false })), seen(claims({ mfa: true }))]).toEqual([1, 0, 1]);
});

test('a list that exceeds the budget of steps without arguments shows what a call may be allowed', () => {
  const sites = Array.from({ length: 1_200 }, (_item, at) => `site-${at}`);
  const every = (inner: ReturnType<typeof bool>, name: string): ReturnType<typeof bool> => ({
    k: 'fold',
    range: get('claims', 'sites'),
    iter: name,
    iter2: null,
    accu: `${name}_all`,
    init: bool(true),
    cond: call('not_strictly_false', { k: 'var', name: `${name}_all` }),
    step: and({ k: 'var', name: `${name}_all` }, inner),
    result: { k: 'var', name: `${name}_all` },
  });
  const slow = every(every(not(equals({ k: 'var', name: 'a' }, str(''))), 'b'), 'a');
  const sketch = { grants: [{ when: or(cheap, slow) }] };
  const caller = claims({ sites });
  expect(decideOpen(sketch, caller, '{"amount":1}').reason).toBe('granted');
  expect(decideOpen(sketch, caller, '{"amount":100}').reason).toBe('condition');
  expect(listed(sketch, caller)).toBe(true);
});
