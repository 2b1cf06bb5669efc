import { strict as assert } from 'node:assert';
import { expect, test } from 'vitest';
import type { ExternalDetector } from '../../../../dataplane/content/external/detector.ts';
import {
  buildContent,
  screenMessage,
  screenSpans,
  screenText,
  type Exchange,
  type RuleSet,
} from '../../../../dataplane/content/index.ts';
import { EXCHANGE, MAIL, policyOf, rulesOf, type RuleSketch } from '../policy-of.ts';
import { NEVER, resultOf } from './stage.ts';

/** A rule whose detector is what a test says. */
const ASKING: RuleSketch = {
  name: 'names',
  regex: [],
  detect: {
    kind: 'presidio',
    url: 'https://presidio.acme.dev',
    entities: [],
    threshold: 40,
    language: 'en',
    allow: [],
    timeoutMs: 1_000,
    onFailure: 'pass',
  },
  action: { kind: 'redact' },
};

function rulesWith(detector: ExternalDetector, sketches: readonly RuleSketch[] = [ASKING]): RuleSet {
  const built = buildContent(policyOf(sketches), { external: { open: () => detector, definitionAt: () => null } });
  assert(built.ok, built.ok ? '' : built.message);
  return built.content.rulesFor(EXCHANGE);
}

const analyzer = (analyze: (texts: readonly string[]) => Promise<never>): ExternalDetector => ({
  kind: 'analyzer',
  analyze,
});

const mistaken: [name: string, detector: ExternalDetector][] = [
  ['an analyzer that rejects', analyzer(() => Promise.reject(new Error('bug')))],
  [
    'an analyzer that throws',
    analyzer(() => {
      throw new Error('bug');
    }),
  ],
  ['a webhook that rejects', { kind: 'webhook', ask: () => Promise.reject(new Error('bug')) }],
  ['a detector that nobody may ask', { kind: 'unavailable' }],
];

test.each(mistaken)('%s lets nothing pass, whatever its rule says of failures', async (_name, detector) => {
  const rules = rulesWith(detector);
  const blocked = { kind: 'blocked', failure: 'external' };
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject(blocked);
  expect(await screenSpans(rules, Buffer.from('"Ada"'), [{ start: 0, end: 5 }], NEVER)).toMatchObject(blocked);
  expect(await screenText(rules, 'Ada', NEVER)).toMatchObject(blocked);
});

test('an analyzer that answers about fewer texts than it was asked about has failed', async () => {
  const rules = rulesWith({ kind: 'analyzer', analyze: () => Promise.resolve({ ok: true, found: [] }) });
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject({ findings: [{ count: 0, failed: 1 }] });
});

test('where nobody may ask, what has no text passes no more than what has', async () => {
  const message = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"n":1}}');
  expect(await screenMessage(rulesWith({ kind: 'unavailable' }), message, NEVER)).toMatchObject({ kind: 'blocked' });
  expect(await screenSpans(rulesWith({ kind: 'unavailable' }), message, [], NEVER)).toMatchObject({ kind: 'blocked' });
});

test('nobody is asked where there is no text', async () => {
  const rules = rulesWith(analyzer(() => Promise.reject(new Error('asked'))));
  const message = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(await screenMessage(rules, message, NEVER)).toEqual({ kind: 'unchanged', bytes: message, findings: [] });
});

test('what cannot be looked through is blocked before anybody is asked', async () => {
  const rules = rulesWith(analyzer(() => Promise.reject(new Error('asked'))));
  expect(await screenMessage(rules, Buffer.from('{"result":'), NEVER)).toMatchObject({ failure: 'not-json' });
  const spans = [{ start: 0, end: 3 }];
  expect(await screenSpans(rules, Buffer.from('nul'), spans, NEVER)).toMatchObject({ failure: 'not-json' });
});

test('sets of rules without others are screened as they are redacted', async () => {
  const rules = rulesOf([MAIL]);
  expect(await screenText(rules, 'to ada@acme.dev', NEVER)).toMatchObject({ kind: 'changed', text: 'to ' });
  expect(await screenText(rulesOf([]), 'to ada@acme.dev', NEVER)).toMatchObject({ kind: 'unchanged' });
});

test('a webhook is told of the exchange it is asked about, and not of another that has the same rules', async () => {
  const questions: string[] = [];
  const built = buildContent(
    policyOf([
      {
        ...ASKING,
        detect: { kind: 'webhook', url: '', secret: '', timeoutMs: 1, onFailure: 'block' },
        action: { kind: 'block' },
      },
    ]),
    {
      external: {
        open: () => ({
          kind: 'webhook',
          ask: async (question) => {
            questions.push(question.toString('utf8'));
            return { kind: 'pass', entities: {} };
          },
        }),
        definitionAt: (index) =>
          [null, { kind: 'tool', name: 'echo' } as const, { kind: 'prompt', name: 'ask' } as const][index] ?? null,
      },
    },
  );
  assert(built.ok, built.ok ? '' : built.message);
  const exchanges: readonly Partial<Exchange>[] = [
    { definition: 1, direction: 'to-server' },
    { definition: 2, direction: 'to-server' },
    { definition: 0, direction: 'to-client' },
    { definition: 1, direction: 'to-server' },
  ];
  for (const exchange of exchanges) {
    await screenText(built.content.rulesFor({ ...EXCHANGE, ...exchange }), 'x', NEVER);
  }
  expect(questions).toEqual([
    '{"version":1,"direction":"to-server","tool":"echo","values":["x"]}',
    '{"version":1,"direction":"to-server","prompt":"ask","values":["x"]}',
    '{"version":1,"direction":"to-client","values":["x"]}',
    '{"version":1,"direction":"to-server","tool":"echo","values":["x"]}',
  ]);
});

test('what is found in one text that stands in many places is bounded like all that is found', async () => {
  const found = [Array.from({ length: 3 }, (_, start) => ({ start, end: start + 1, entity: 'PERSON', score: 1 }))];
  const rules = rulesWith({ kind: 'analyzer', analyze: () => Promise.resolve({ ok: true, found }) });
  const texts = (count: number): Buffer =>
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { a: Array.from({ length: count }, () => 'Ada') } }));
  expect(await screenMessage(rules, texts(6_666), NEVER)).toMatchObject({ kind: 'changed' });
  expect(await screenMessage(rules, texts(6_667), NEVER)).toMatchObject({
    kind: 'blocked',
    failure: 'too-many-detections',
  });
});
