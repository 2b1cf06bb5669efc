import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RuleDetection } from '../../../dataplane/content/detect/detection.ts';
import { resolve } from '../../../dataplane/content/resolve.ts';
import { rulesOf } from './policy-of.ts';

const RULES = rulesOf(['a', 'b', 'c'].map((name) => ({ name, regex: ['x'], action: { kind: 'replace', with: name } })));

function found(rule: number, start: number, end: number, score: number, text = 0): RuleDetection {
  return { text, start, end, rule, entity: 'E', score, captured: null };
}

const cases: [name: string, detections: readonly RuleDetection[], replaced: readonly string[]][] = [
  ['the surer wins, though another is longer', [found(0, 0, 9, 0.5), found(1, 2, 4, 0.9)], ['0-9 b']],
  ['of equally sure ones the longer', [found(0, 0, 3, 0.5), found(1, 2, 6, 0.5)], ['0-6 b']],
  ['of equally long ones the first by name', [found(1, 0, 3, 0.5), found(0, 2, 5, 0.5)], ['0-5 a']],
  ['of one rule in one place, either', [found(2, 0, 3, 0.5), found(2, 0, 3, 0.5)], ['0-3 c']],
  ['of a chain the surest', [found(0, 0, 3, 0.4), found(1, 2, 6, 0.6), found(2, 5, 8, 0.5)], ['0-8 b']],
  ['what touches is apart', [found(0, 0, 3, 0.4), found(1, 3, 6, 0.6)], ['0-3 a', '3-6 b']],
  ['each text by itself', [found(0, 0, 3, 0.4), found(1, 0, 3, 0.6, 1)], ['0-3 a', '0-3 b']],
];

const replacedBy = (detections: readonly RuleDetection[]): readonly string[] =>
  resolve(RULES, detections, () => '').changes.map((change) => `${change.start}-${change.end} ${change.with}`);

test.each(cases)('%s', (_name, detections, replaced) => {
  expect(replacedBy(detections)).toEqual(replaced);
  expect(replacedBy(detections.toReversed())).toEqual(replaced);
});

const DETECTIONS = fc.array(
  fc
    .tuple(
      fc.nat(2),
      fc.nat(1),
      fc.nat(20),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0.4, 0.5, 1),
      fc.constantFrom('E', 'F'),
    )
    .map(([rule, text, start, length, score, entity]) => ({
      ...found(rule, start, start + length, score, text),
      entity,
    })),
  { maxLength: 12 },
);

test('the outcome is the same in whatever order detections come, and covers each of them once', () => {
  fc.assert(
    fc.property(DETECTIONS, fc.infiniteStream(fc.nat(1_000)), (detections, order) => {
      const shuffled = detections
        .map((detection) => ({ detection, at: order.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ detection }) => detection);
      const outcome = resolve(RULES, detections, () => '');
      expect(resolve(RULES, shuffled, () => '')).toEqual(outcome);
      for (const { text, start, end } of detections) {
        const covering = outcome.changes.filter(
          (change) => change.text === text && change.start <= start && end <= change.end,
        );
        expect(covering).toHaveLength(1);
      }
    }),
    { numRuns: 2_000 },
  );
});
