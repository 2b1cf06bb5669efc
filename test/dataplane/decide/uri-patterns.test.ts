import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UriIndex } from '../../../dataplane/decide/uri-index.ts';
import { fitsUri } from '../../reference/selectors.ts';

const matches = (pattern: string, uri: string, isOpaque = false): boolean =>
  new UriIndex([[pattern]], isOpaque).matches(uri);

describe('a pattern', () => {
  const cases: readonly (readonly [name: string, pattern: string, uri: string, expected: boolean])[] = [
    ['without runs is the URI itself', 'repo://acme/web', 'repo://acme/web', true],
    ['without runs is no beginning', 'repo://acme/web', 'repo://acme/web/readme', false],
    ['without runs is no end', 'repo://acme/web', 'x+repo://acme/web', false],
    ['has runs within a segment', 'repo://acme/*/readme', 'repo://acme/web/readme', true],
    ['has runs that may be empty', 'repo://acme/web*', 'repo://acme/web', true],
    ['has runs that do not cross a slash', 'repo://acme/*/readme', 'repo://acme/web/deep/readme', false],
    ['has two stars that cross slashes', 'repo://acme/**/readme', 'repo://acme/web/deep/readme', true],
    ['has two stars that may be empty', 'repo://acme/**', 'repo://acme/', true],
    ['with two stars is not about what is above', 'repo://acme/**', 'repo://acme', false],
    ['with a star is not about a query', 'repo://acme/*', 'repo://acme/web?ref=main', false],
    ['with two stars is not about a query', 'repo://acme/**', 'repo://acme/web?ref=main', false],
    ['that writes a query is about it', 'repo://acme/*?ref=*', 'repo://acme/web?ref=main', true],
    ['that writes a query is about nothing without', 'repo://acme/*?ref=*', 'repo://acme/web', false],
    ['has runs of a query without slashes', 'repo://acme/*?ref=*', 'repo://acme/web?ref=a/b', false],
    ['has two stars in a query that cross them', 'repo://acme/*?ref=**', 'repo://acme/web?ref=a/b', true],
    ['is not about a fragment', 'repo://acme/**', 'repo://acme/web#top', false],
    ['is not about a second query', 'repo://acme/**?**', 'repo://acme/web?a?b', false],
    ['may begin with stars', '**/readme', 'repo://acme/web/readme', true],
    ['that begins with one star has no slash before', '*/readme', 'repo://acme/readme', false],
    ['of two stars is any URI without a query', '**', 'repo://acme/web', true],
    ['of two stars is none with one', '**', 'repo://acme/web?ref=main', false],
    ['goes back to an earlier place of a text after two stars', 'a:**b*c', 'a:b/bc', true],
    ['goes back as often as it takes', 'a:**x*y/z', 'a:x/xxy/xy/z', true],
    ['has its texts in order', 'a:*b*c*', 'a:cb', false],
    ['has texts that do not share characters', 'a:*aba*aba', 'a:ababa', false],
    ['has texts that may stand side by side', 'a:*aba*aba', 'a:abaaba', true],
    ['is case-sensitive', 'repo://acme/*', 'repo://Acme/web', false],
    ['has two runs in a row', 'a:*x**', 'a:1x2/3', true],
    ['has three stars like two', 'a:***', 'a:b/c', true],
  ];
  test.each(cases)('%s', (_name, pattern, uri, expected) => {
    expect(matches(pattern, uri)).toBe(expected);
  });
});

describe('where URIs are opaque, a pattern', () => {
  const cases: readonly (readonly [name: string, pattern: string, uri: string, expected: boolean])[] = [
    ['of two stars is any', '**', 'Some text, with # and ?', true],
    ['is the text itself', 'NOTE|1', 'NOTE|1', true],
    ['has no runs', 'note:*', 'note:1', false],
    ['has stars that are stars', 'note:*', 'note:*', true],
  ];
  test.each(cases)('%s', (_name, pattern, uri, expected) => {
    expect(matches(pattern, uri, true)).toBe(expected);
  });
});

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '?', '*', '**'), maxLength: 8 });
const uri = fc.string({ unit: fc.constantFrom('a', 'b', '/', '?', '#', 'é'), maxLength: 10 });

test('a pattern matches what it matches when every run is tried at every length', () => {
  fc.assert(
    fc.property(pattern, uri, (of, text) => {
      expect(matches(of, text)).toBe(fitsUri(of, text, false));
    }),
    { numRuns: 5_000 },
  );
});

test('a pattern whose states do not fit into one word matches alike', () => {
  const long = fc.tuple(pattern, pattern).map(([a, b]) => `${a}*${'ab/'.repeat(25)}${b}*ba`);
  const texts = fc.tuple(uri, uri).map(([a, b]) => `${a}${'ab/'.repeat(25)}${b}ba`);
  fc.assert(
    fc.property(long, texts, (of, text) => {
      expect(matches(of, text)).toBe(fitsUri(of, text, false));
    }),
    { numRuns: 200 },
  );
});

test('of many patterns the same ones match as one by one, whoever owns them', () => {
  const lists = fc.array(fc.array(pattern, { maxLength: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(lists, fc.array(uri, { maxLength: 4 }), fc.boolean(), (owned, texts, isOpaque) => {
      const index = new UriIndex(owned, isOpaque);
      for (const text of texts) {
        const owners = owned.flatMap((patterns, owner) =>
          patterns.some((of) => fitsUri(of, text, isOpaque)) ? [owner] : [],
        );
        expect([...new Set(index.ownersOf(text))].sort((a, b) => a - b)).toEqual(owners);
        expect(index.matches(text)).toBe(owners.length > 0);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a pattern and a URI made to be tried in many ways are compared once for each character', () => {
  const hostile = `x:${'**a*'.repeat(500)}b`;
  expect(matches(hostile, `x:${'a'.repeat(8_000)}`)).toBe(false);
  expect(matches(hostile, `x:${'a'.repeat(8_000)}b`)).toBe(true);
});
