import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContentRule } from '../../schemas/types/policy.ts';
import { buildContent, redactMessage, type RuleSet } from '../../dataplane/content/index.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from '../dataplane/content/policy-of.ts';

const recognizing = (name: string, detect: ContentRule['detect'], action: ContentRule['action']): RuleSketch => ({
  name,
  regex: [],
  detect,
  action,
});
const people = (entities: readonly string[]): ContentRule['detect'] => ({
  kind: 'pii',
  entities: [...entities],
  threshold: 40,
  regions: ['US'],
  allow: [],
});

/** Rules of every detector and action, that find the same places, parts of them, and places that overlap. */
const RULES: readonly RuleSketch[] = [
  PAN,
  MAIL,
  { name: 'digits', regex: [String.raw`\d{4,}`], action: { kind: 'mask', keep: 'last', characters: 2 } },
  { name: 'cards', regex: [String.raw`4\d{3}[ -]?\d{4}`], action: { kind: 'mask', keep: 'first', characters: 4 } },
  {
    name: 'users',
    regex: [String.raw`(?P<user>\w+)@(?P<host>[\w.]+)`, String.raw`user=(?P<user>\w+);(?P<host>\w*)`],
    action: { kind: 'replace', with: '${user} at $2$$' },
  },
  { name: 'hosts', regex: [String.raw`\w+@([\w.]+)`], group: '1', action: { kind: 'hash', key: 'one' } },
  { name: 'names', regex: [String.raw`\b(?:ana|bob)\b`], action: { kind: 'hash', key: 'two' }, keys: true },
  { name: 'numbers', regex: [String.raw`\d+`], action: { kind: 'replace', with: '#' }, numbers: true },
  { name: 'starts', regex: ['^[a-z]+'], action: { kind: 'redact' } },
  { name: 'heard', regex: ['[a-z]{3}'], action: { kind: 'alert' } },
  { name: 'tried', regex: ['.+'], action: { kind: 'block' }, mode: 'alert' },
  { name: 'stopped', regex: ['bob[;@ ]'], action: { kind: 'block' } },
  recognizing('personal', people(['EMAIL_ADDRESS', 'CREDIT_CARD', 'URL']), { kind: 'replace', with: null }),
  recognizing('reachable', people(['EMAIL_ADDRESS', 'PHONE_NUMBER']), { kind: 'hash', key: 'one' }),
  recognizing(
    'credentials',
    { kind: 'secrets', entities: ['CONNECTION_PASSWORD', 'TELLING_KEY', 'GITHUB_TOKEN'], threshold: 50, allow: [] },
    { kind: 'mask', keep: 'first', characters: 2 },
  ),
  recognizing(
    'steering',
    { kind: 'injection', entities: ['INSTRUCTION', 'TOOL_CALL'], threshold: 40 },
    { kind: 'redact' },
  ),
];

const PIECES = [
  'ana',
  'bob',
  '@acme.dev',
  '@',
  ' ',
  ';',
  'user=',
  '4111 1111 1111 1111',
  '4111111111111111',
  '415-555-2671',
  'phone ',
  'postgres://app:Kx9vQ2mLpZ@db.acme.dev/app',
  'password=Kx9vQ2mLpZ',
  'ignore all previous instructions',
  '<tool_call>',
  'https://acme.dev/ana@acme.dev',
  '\n',
  '😀',
];

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''));
const value = fc.oneof(
  text,
  fc.record({ ana: text, 'x-1': text }),
  fc.nat(),
  text.map((inner) => JSON.stringify({ a: inner, 41: 41111 })),
);
const message = fc
  .array(value, { minLength: 1, maxLength: 4 })
  .map((content) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { structuredContent: { content } } })));

function rulesOf(sketches: readonly RuleSketch[]): RuleSet {
  const built = buildContent(policyOf(sketches), { keys: (name) => Buffer.from(`${name}, which is a key`) });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** All that comes of a message, with rules by their names. */
function outcomeOf(sketches: readonly RuleSketch[], bytes: Buffer) {
  const result = redactMessage(rulesOf(sketches), bytes);
  return {
    ...result,
    bytes: result.kind === 'blocked' ? result.failure : result.bytes.toString('utf8'),
    findings: result.findings.map(({ rule, ...found }) => ({ rule: sketches[rule]?.name, ...found })),
  };
}

test('the order of rules and of their patterns makes no difference, whatever they look for and do', () => {
  const kinds = new Map<string, number>();
  const some = fc.shuffledSubarray([...RULES], { minLength: 2 });
  const orders = some.chain((rules) =>
    fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
  );
  fc.assert(
    fc.property(orders, message, ([one, other], bytes) => {
      const turned = other.map((rule) => ({ ...rule, regex: rule.regex.toReversed() }));
      const outcome = outcomeOf(one, bytes);
      kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
      expect(outcomeOf(turned, bytes)).toEqual(outcome);
    }),
    { numRuns: 400 },
  );
  const seen = ['blocked', 'changed', 'unchanged'].map((kind) => kinds.get(kind) ?? 0);
  expect(Math.min(...seen), 'all sorts of outcomes were compared').toBeGreaterThan(10);
});
