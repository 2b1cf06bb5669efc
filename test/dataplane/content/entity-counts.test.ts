import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countEntities } from '../../../dataplane/content/index.ts';
import { CONTENT_ENTITIES_MAX } from '../../../dataplane/limits.ts';

const counts = fc.array(fc.tuple(fc.stringMatching(/^[A-Z_]{1,2}$/), fc.nat(9)), { maxLength: 80 });

test('counts of the same entity are added up, in the order of the names', () => {
  const counted = countEntities([
    ['URL', 1],
    ['EMAIL_ADDRESS', 2],
    ['URL', 3],
  ]);
  expect(Object.entries(counted)).toEqual([
    ['EMAIL_ADDRESS', 2],
    ['URL', 4],
  ]);
});

test('names of objects are names like all others', () => {
  expect(countEntities([['CONSTRUCTOR', 1]])).toEqual({ CONSTRUCTOR: 1 });
});

test('however many entities there are, a bounded number of names counts all places', () => {
  fc.assert(
    fc.property(counts, counts, (some, more) => {
      const counted = countEntities([...Object.entries(countEntities(some)), ...Object.entries(countEntities(more))]);
      const sum = [...some, ...more].reduce((all, [, count]) => all + count, 0);
      expect(Object.values(counted).reduce((all, count) => all + count, 0)).toBe(sum);
      expect(Object.keys(counted).length).toBeLessThanOrEqual(CONTENT_ENTITIES_MAX + 1);
    }),
  );
});
