import { expect, test } from 'vitest';
import type { Match } from '../../../schemas/types/policy.ts';
import { buildContent, redactText, REGEX_ENGINES, type Exchange } from '../../../dataplane/content/index.ts';
import { checkLuhn } from '../../../dataplane/content/check-luhn.ts';
import { engineOf, EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from './policy-of.ts';

const sets = [[2, 5]];

const matches: [name: string, match: Partial<Match>, exchange: Partial<Exchange>, applies: boolean][] = [
  ['everything', {}, {}, true],
  ['its gateway', { gateways: [1, 2] }, { gateway: 2 }, true],
  ['another gateway', { gateways: [1, 2] }, { gateway: 3 }, false],
  ['its server', { servers: [4] }, { server: 4 }, true],
  ['another server', { servers: [4] }, { server: 5 }, false],
  ['its tool', { definitions: 0 }, { definition: 5 }, true],
  ['another tool', { definitions: 0 }, { definition: 3 }, false],
  ['people', { kinds: ['person'] }, { kind: 'person' }, true],
  ['robots', { kinds: ['robot'] }, { kind: 'person' }, false],
  ['one of its subjects', { subjects: [3, 7] }, { subjects: [1, 7] }, true],
  ['none of its subjects', { subjects: [3, 7] }, { subjects: [1, 2] }, false],
  ['its client', { clients: [0] }, { clients: [0] }, true],
  ['an unknown client', { clients: [0] }, { clients: [] }, false],
  ['all keys at once', { gateways: [1], kinds: ['person'], clients: [2] }, { gateway: 1, clients: [2] }, true],
  ['all keys but one', { gateways: [1], kinds: ['person'], clients: [2] }, { gateway: 1, clients: [3] }, false],
  ['tools, for what is none', { definitions: 0, resources: -2 }, { definition: -1 }, false],
  ['some resources, for what is no definition', { definitions: 0, resources: 0 }, { definition: -1 }, true],
  ['any definition, for what is none', {}, { definition: -1 }, true],
];

test.each(matches)('a rule that matches %s', (_name, match, exchange, applies) => {
  const engine = engineOf([{ ...PAN, match }], sets);
  expect(engine.rulesFor({ ...EXCHANGE, ...exchange }).empty).toBe(!applies);
});

test('a rule is in force in its directions only', () => {
  const engine = engineOf([{ ...PAN, directions: ['to-server', 'audit'] }]);
  const directions = ['to-server', 'to-client', 'audit'] as const;
  const inForce = directions.filter((direction) => !engine.rulesFor({ ...EXCHANGE, direction }).empty);
  expect(inForce).toEqual(['to-server', 'audit']);
});

test('only the rules in force are run, and equal selections share one set', () => {
  const engine = engineOf([{ ...PAN, match: { gateways: [1] } }, MAIL]);
  const one = engine.rulesFor({ ...EXCHANGE, gateway: 1 });
  const other = engine.rulesFor({ ...EXCHANGE, gateway: 2 });
  expect(redactText(one, '4111111111111111 a@b.dev')).toMatchObject({ text: '[PAN] ' });
  expect(redactText(other, '4111111111111111 a@b.dev')).toMatchObject({ text: '4111111111111111 ' });
  expect(engine.rulesFor({ ...EXCHANGE, gateway: 3, clients: [4] })).toBe(other);
});

test('a rule can be had by name, for its examples', () => {
  const engine = engineOf([{ ...PAN, match: { gateways: [] }, directions: ['audit'] }, MAIL]);
  const rules = engine.ruleNamed('pan');
  expect(rules === null ? null : redactText(rules, '4111111111111111 a@b.dev')).toMatchObject({
    text: '[PAN] a@b.dev',
  });
  expect(engine.ruleNamed('nobody')).toBeNull();
});

test('the engine in use is named', () => {
  expect(engineOf([PAN]).regexEngine).toBe(REGEX_ENGINES[0].name);
});

const policy = policyOf([PAN]);
const [rule] = policy.content;
if (rule === undefined) throw new Error('no rule');

const ASKING: RuleSketch = {
  name: 'losses',
  regex: [],
  detect: { kind: 'webhook', url: 'https://dlp.acme.dev/', secret: 'dlp', timeoutMs: 1_000, onFailure: 'block' },
  action: { kind: 'block' },
};

const broken: [name: string, policy: typeof policy, message: string][] = [
  [
    'a pattern that is not RE2',
    policyOf([{ ...PAN, regex: ['(?=a)'] }]),
    'pattern 0: invalid or unsupported Perl syntax: `(?=`',
  ],
  ['a pattern that is not there', { ...policy, patterns: [] }, 'content rule pan: a pattern is missing'],
  ['no pattern', policyOf([{ ...PAN, regex: [] }]), 'content rule pan: it has no pattern'],
  ['a set that is not there', policyOf([{ ...PAN, match: { definitions: 3 } }]), 'content rule pan: a set is missing'],
  [
    'a rule that shows audit records to others',
    policyOf([{ ...ASKING, directions: ['to-client', 'audit'] }]),
    'content rule losses: audit records are shown to nobody',
  ],
  [
    'a rule that does something else than its webhook says',
    policyOf([{ ...ASKING, action: { kind: 'redact' } }]),
    'content rule losses: a webhook says itself what becomes of a message',
  ],
  [
    'a rule that shows its webhook a part',
    policyOf([{ ...ASKING, keys: true }]),
    'content rule losses: a webhook is asked about the whole message',
  ],
];

test.each(broken)('a policy with %s is refused, not run in part', (_name, policy, message) => {
  expect(buildContent(policy)).toEqual({ ok: false, message });
});

const numbers: [text: string, valid: boolean][] = [
  ['4111 1111 1111 1111', true],
  ['4111-1111-1111-1112', false],
  ['79927398713', true],
  ['79927398710', false],
  ['00', true],
  ['0', false],
  ['', false],
  ['no digits', false],
  ['４１１１１１１１１１１１１１１１', false],
];

test.each(numbers)('whether %s ends in its check digit: %s', (text, valid) => {
  expect(checkLuhn(text)).toBe(valid);
});

test.each(matches)(
  'what is remembered of other exchanges does not decide for a rule that matches %s',
  (_name, match) => {
    const engine = engineOf([{ ...PAN, match }], sets);
    const exchanges = matches.map(([, , exchange]): Exchange => ({ ...EXCHANGE, ...exchange }));
    const asNew = exchanges.map((exchange) => engineOf([{ ...PAN, match }], sets).rulesFor(exchange).empty);
    expect(exchanges.map((exchange) => engine.rulesFor(exchange).empty)).toEqual(asNew);
  },
);
