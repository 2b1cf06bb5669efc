import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redactMessage, screenMessage, type RuleSet } from '../../../../dataplane/content/index.ts';
import { rulesOf, type RuleSketch } from '../policy-of.ts';
import { analyzed, analyzer, NEVER, openStage, rulesAt, type Stage } from './stage.ts';

/** What both find; no character beyond ASCII is in it, so that RE2 and the analyzer's engine agree on it. */
const PATTERN = 'x[0-9a-f]{2,4}y?';
const SHARED: Pick<RuleSketch, 'keys' | 'numbers' | 'action'> = {
  keys: true,
  numbers: true,
  action: { kind: 'mask', keep: 'last', characters: 1 },
};

let stage: Stage;
let asking: RuleSet;
let matching: RuleSet;

beforeAll(async () => {
  stage = await openStage(analyzer(new RegExp(PATTERN, 'gu'), 'RULE', 1));
  asking = rulesAt(stage, [analyzed(stage, {}, { ...SHARED, name: 'rule' })]);
  matching = rulesOf([{ ...SHARED, name: 'rule', regex: [PATTERN] }]);
});

afterAll(() => stage.close());

/** Texts in which something is to be found more often than not, with characters of one to four bytes around it. */
const text = fc
  .array(fc.constantFrom('x12', 'xab', 'y', 'x', '0', ' ', '"', '\\', '\n', 'é', '漢', '😀', '👩🏽‍🚀', '\u2028', '\0'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    // JSON in a text is looked into as JSON.
    tie('value').map((inner) => JSON.stringify(inner)),
  ),
}));

test('an analyzer that makes no mistake is as good as a pattern of the process', async () => {
  await fc.assert(
    fc.asyncProperty(value, async (result) => {
      const message = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { structuredContent: result } }));
      expect(await screenMessage(asking, message, NEVER)).toEqual(redactMessage(matching, message));
    }),
    { numRuns: 500 },
  );
  expect(stage.server.requests.length).toBeGreaterThan(100);
});
