import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, editDistance, suggest } from '../../../compiler/diagnostics/suggest.ts';

const FIELDS = ['members', 'groups', 'users', 'name', 'kind', 'environments', 'github'];

const cases: readonly [word: string, candidates: readonly string[], meant: string | null][] = [
  ['membres', FIELDS, 'members'],
  ['Members', FIELDS, 'members'],
  ['grops', FIELDS, 'groups'],
  ['usrs', FIELDS, 'users'],
  ['environment', FIELDS, 'environments'],
  ['knd', FIELDS, 'kind'],
  ['slack', FIELDS, null],
  ['x', FIELDS, null],
  ['x', ['a', 'b'], null],
  ['', FIELDS, null],
  ['alow', ['deny', 'allow'], 'allow'],
  ['b', ['ba', 'ab'], null],
  ['xb', ['ab', 'cb'], 'ab'],
  ['xb', ['cb', 'ab'], 'ab'],
  ['get_isue', ['get_issue', 'list_issues'], 'get_issue'],
  ['m'.repeat(100), ['m'.repeat(100)], null],
];

test.each(cases)('%j among %j means %j', (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
  expect(didYouMean(word, candidates)).toBe(meant === null ? null : `did you mean \`${meant}\`?`);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

test('the distance is the one of the whole table, whatever the bound', () => {
  fc.assert(
    fc.property(word, word, fc.nat(8), (left, right, bound) => {
      const exact = slowDistance(left, right);
      const found = editDistance(left, right, bound);
      if (exact <= bound) expect(found).toBe(exact);
      else expect(found).toBeGreaterThan(bound);
    }),
    { numRuns: 3_000 },
  );
});

/** By the definition of the optimal string alignment distance. */
function slowDistance(left: string, right: string): number {
  if (left === '' || right === '') return left.length + right.length;
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  const same = left.at(-1) === right.at(-1) ? 0 : 1;
  const swapped = left.length > 1 && right.length > 1 && left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1);
  return Math.min(
    slowDistance(a, right) + 1,
    slowDistance(left, b) + 1,
    slowDistance(a, b) + same,
    swapped ? slowDistance(a.slice(0, -1), b.slice(0, -1)) + 1 : Infinity,
  );
}
