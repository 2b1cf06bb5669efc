import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyChoice, sizeOf, type Dimension } from '../../../compiler/analyse/choices.ts';
import { listed } from '../../../compiler/analyse/listed.ts';
import { samplePattern } from '../../../compiler/analyse/sample-pattern.ts';
import { SlotSet } from '../../../compiler/analyse/slot-set.ts';
import { shapeOfPattern, shapesOverlap, shapeWithin } from '../../../compiler/link/uri-overlap.ts';

describe('a text that a pattern matches', () => {
  const cases: readonly [pattern: string, sample: string | null][] = [
    ['^release/[0-9]+$', 'release/0'],
    ['^(?:main|dev)$', 'main'],
    ['^[^/]+@acme\\.dev$', 'a@acme.dev'],
    ['^\\d{3}-\\w{2,}$', '000-aa'],
    ['^a?b*c+$', 'c'],
    ['^(?P<year>\\d{4})$', '0000'],
    ['\\bpay\\b', 'pay'],
    ['^[]x]$', ']'],
    ['^(?i)abc$', 'abc'],
    ['^a$b', null],
  ];
  test.each(cases)('%s', (pattern, sample) => {
    expect(samplePattern(pattern)).toBe(sample);
  });
});

const patternsOverlap = (left: string, right: string): boolean =>
  shapesOverlap(shapeOfPattern(left, false), shapeOfPattern(right, false));

describe('patterns of resources that some URI fits both of', () => {
  const cases: readonly [left: string, right: string, overlap: boolean][] = [
    ['ticket://*', 'ticket://7', true],
    ['ticket://*', 'ticket://7/notes', false],
    ['ticket://**', 'ticket://7/notes', true],
    ['repo://acme/*/readme', 'repo://*/web/readme', true],
    ['repo://acme/*/readme', 'repo://acme/*/licence', false],
    ['a://*x', 'a://y*', true],
    ['a://*x', 'a://y', false],
    ['a://x?q=*', 'a://**', false],
    ['a://x?q=*', 'a://x?q=1', true],
    ['a://**/b', 'a://*', false],
    ['a://**b', 'a://*', true],
  ];
  test.each(cases)('%s and %s', (left, right, overlap) => {
    expect(patternsOverlap(left, right)).toBe(overlap);
    expect(patternsOverlap(right, left)).toBe(overlap);
  });

  test('the same as trying all short texts', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', '/', '*', '?'), maxLength: 4 });
    const texts = shortTexts(['a', '/', '?'], 6);
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        const [a, b] = [regexOf(left), regexOf(right)];
        expect(patternsOverlap(left, right)).toBe(texts.some((text) => a.test(text) && b.test(text)));
      }),
    );
  });
});

describe('patterns of resources of which one has all that the other has', () => {
  const within = (inner: string, outer: string): boolean =>
    shapeWithin(shapeOfPattern(inner, false), shapeOfPattern(outer, false));
  const cases: readonly [inner: string, outer: string, isWithin: boolean][] = [
    ['ticket://7', 'ticket://7', true],
    ['ticket://7', 'ticket://*', true],
    ['ticket://*', 'ticket://7', false],
    ['ticket://*', 'ticket://**', true],
    ['ticket://**', 'ticket://*', false],
    ['ticket://*/notes', 'ticket://**', true],
    ['ticket://*?q=*', 'ticket://**', false],
    ['ticket://*', '**', true],
    ['a://*x*', 'a://*', true],
    ['a://*', 'a://*x*', false],
  ];
  test.each(cases)('%s and %s', (inner, outer, isWithin) => {
    expect(within(inner, outer)).toBe(isWithin);
  });

  test('whatever fits the inner one fits the outer one', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', '/', '*', '?'), maxLength: 4 });
    const texts = shortTexts(['a', '/', '?'], 6);
    fc.assert(
      fc.property(pattern, pattern, (inner, outer) => {
        const [a, b] = [regexOf(inner), regexOf(outer)];
        if (within(inner, outer)) expect(texts.filter((text) => a.test(text) && !b.test(text))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a set of slots is a set', () => {
  const slots = fc.uniqueArray(fc.nat(99));
  fc.assert(
    fc.property(slots, slots, (left, right) => {
      const [a, b] = [setOf(left), setOf(right)];
      expect(a.slots).toEqual([...left].sort((x, y) => x - y));
      expect(a.and(b).slots).toEqual(a.slots.filter((slot) => right.includes(slot)));
      expect(a.intersects(b)).toBe(left.some((slot) => right.includes(slot)));
      const union = a.copy();
      union.addAll(b);
      expect(new Set(union.slots)).toEqual(new Set([...left, ...right]));
      union.removeAll(b);
      expect(union.slots).toEqual(a.slots.filter((slot) => !right.includes(slot)));
      expect(a.isEmpty).toBe(left.length === 0);
    }),
  );
});

test('every choice comes once, the first options first, and no more than allowed', () => {
  const dimension = (key: string, count: number): Dimension => ({
    key,
    options: Array.from({ length: count }, (_, at) => `${at}`),
    isComplete: true,
  });
  const dimensions = [dimension('a', 3), dimension('b', 1), dimension('c', 4)];
  const all = [...everyChoice(dimensions, 100)].length;
  const seen: string[] = [];
  for (const choice of everyChoice(dimensions, 100)) seen.push([...choice.values()].join());
  expect(all).toBe(sizeOf(dimensions));
  expect(new Set(seen).size).toBe(12);
  expect(seen[0]).toBe('0,0,0');
  expect(seen.at(-1)).toBe('2,0,3');
  expect([...everyChoice(dimensions, 5)]).toHaveLength(5);
});

test('long lists of names are cut', () => {
  expect(listed(['a'], 2)).toBe('a');
  expect(listed(['a', 'b'], 2)).toBe('a and b');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});

function setOf(slots: readonly number[]): SlotSet {
  const set = new SlotSet(100);
  for (const slot of slots) set.add(slot);
  return set;
}

function shortTexts(units: readonly string[], length: number): readonly string[] {
  if (length === 0) return [''];
  const shorter = shortTexts(units, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => units.map((unit) => text + unit))];
}

/** Test only: policy is never matched with these. */
function regexOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*|\*|\?|\//g, (piece) =>
    piece === '**' ? '[^?#]*' : piece === '*' ? '[^/?#]*' : `\\${piece}`,
  );
  return new RegExp(`^${source}$`);
}
