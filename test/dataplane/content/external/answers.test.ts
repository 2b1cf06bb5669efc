import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnalyzerAnswer } from '../../../../dataplane/content/external/analyzer-answer.ts';
import { readWebhookAnswer } from '../../../../dataplane/content/external/webhook-answer.ts';
import { JsonScanner } from '../../../../dataplane/json/scanner.ts';

const TEXTS = ['😀 Ada', ''];

/** Answers that are nearly what they should be, or nothing of the kind. */
const offset = fc.oneof(fc.integer({ min: -2, max: 8 }), fc.double(), fc.constant(null), fc.string());
const item = fc.record(
  {
    entity_type: fc.oneof(fc.constantFrom('PERSON', 'person', ''), fc.string()),
    start: offset,
    end: offset,
    score: fc.oneof(fc.double({ min: 0, max: 1 }), offset),
  },
  { requiredKeys: [] },
);
const analyzerAnswer = fc.oneof(fc.array(fc.array(item, { maxLength: 2 }), { maxLength: 3 }), fc.jsonValue());
const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
const webhookAnswer = fc.oneof(
  fc.record({ verdict: fc.constant('modify'), arguments: object }),
  fc.record({ reason: fc.string(), result: object, verdict: fc.constant('modify') }),
  fc.record(
    {
      verdict: fc.constantFrom('pass', 'block', 'modify', 'error', 'PASS', 1),
      arguments: fc.oneof(object, fc.jsonValue()),
      result: fc.oneof(object, fc.jsonValue()),
      entities: fc.oneof(
        fc.dictionary(fc.constantFrom('PERSON', 'a'), fc.integer({ min: -1, max: 3 })),
        fc.jsonValue(),
      ),
      reason: fc.jsonValue(),
      more: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
/** As they are written, and with a byte that is another. */
const written = (answer: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> =>
  fc.tuple(answer, fc.option(fc.tuple(fc.nat(), fc.nat(255)))).map(([value, change]) => {
    const bytes = Buffer.from(JSON.stringify(value) ?? '');
    if (change !== null && bytes.length > 0) bytes[change[0] % bytes.length] = change[1];
    return bytes;
  });

test('whatever an analyzer says, what is believed of it is within the texts and between characters', () => {
  let believed = 0;
  fc.assert(
    fc.property(written(analyzerAnswer), (bytes) => {
      const found = readAnalyzerAnswer(bytes, TEXTS);
      if (found === null) return;
      believed++;
      expect(found).toHaveLength(TEXTS.length);
      for (const [at, text] of TEXTS.entries()) {
        for (const { start, end, entity, score } of found[at] ?? []) {
          expect(start).toBeLessThan(end);
          expect(text.slice(0, start).isWellFormed() && text.slice(start, end).isWellFormed()).toBe(true);
          expect(text.slice(0, start) + text.slice(start, end) + text.slice(end)).toBe(text);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(entity).toMatch(/^[A-Z][A-Z0-9_]*$/);
          expect(score >= 0 && score <= 1).toBe(true);
        }
      }
    }),
    { numRuns: 5_000 },
  );
  expect(believed).toBeGreaterThan(10);
});

test('whatever a webhook says, what it puts somewhere is an object that every reader reads alike', () => {
  const scanner = new JsonScanner();
  let replaced = 0;
  fc.assert(
    fc.property(written(webhookAnswer), fc.constantFrom('arguments', 'result', null), (bytes, changeable) => {
      const verdict = readWebhookAnswer(bytes, changeable);
      if (verdict === null || verdict.kind !== 'modify') return;
      replaced++;
      expect(changeable).not.toBeNull();
      expect(scanner.scan(verdict.replacement, 1)).toBeNull();
      const said = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
      expect(JSON.parse(verdict.replacement.toString('utf8'))).toEqual(said[changeable ?? '']);
    }),
    { numRuns: 5_000 },
  );
  expect(replaced).toBeGreaterThan(100);
});
