import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadline, NO_CLOCK } from '../../../../dataplane/content/detect/deadline.ts';
import {
  buildInjection,
  INJECTION_ENTITIES,
} from '../../../../dataplane/content/detect/recognize/injection/build-injection.ts';
import { isMod97, isVerhoeff } from '../../../../dataplane/content/detect/recognize/checksums.ts';
import { maskEscapes } from '../../../../dataplane/content/detect/recognize/mask-escapes.ts';
import { numberRuns } from '../../../../dataplane/content/detect/recognize/number-runs.ts';
import { inOrderOf, withoutOverlaps } from '../../../../dataplane/content/detect/recognize/overlaps.ts';
import { PatternSearch } from '../../../../dataplane/content/detect/recognize/pattern-search.ts';
import { buildPii, PII_REGIONS } from '../../../../dataplane/content/detect/recognize/pii/build-pii.ts';
import { PII_ENTITIES, type PiiEntity } from '../../../../dataplane/content/detect/recognize/pii/entities.ts';
import type { Detector } from '../../../../dataplane/content/detect/recognize/recognizer.ts';
import { buildSecrets } from '../../../../dataplane/content/detect/recognize/secrets/build-secrets.ts';
import { SECRET_KINDS } from '../../../../dataplane/content/detect/recognize/secrets/kinds.ts';
import { wordsBefore, wordsOf } from '../../../../dataplane/content/detect/recognize/words.ts';
import { re2js } from '../../../../dataplane/content/regex/re2js.ts';
import { detectIn } from './found.ts';

test('check digits', () => {
  expect([isMod97('GB82WEST12345698765432'), isMod97('GB82WEST12345698765433')]).toEqual([true, false]);
  expect([isVerhoeff('2363'), isVerhoeff('2364')]).toEqual([true, false]);
});

test.each([
  ['clientSSN_number', ['client', 'ssn', 'number']],
  ['phoneNumber', ['phone', 'number']],
  ['IBAN', ['iban']],
  ['HTTPServer2', ['http', 'server2']],
  ['größe-x', ['größe', 'x']],
  ['', []],
])('the words of %s', (name, words) => {
  expect(wordsOf(name)).toEqual(words);
});

test.each<[text: string, words: readonly string[], near: number]>([
  ['my phone is |', ['my', 'phone', 'is'], 3],
  ['a case, |', ['a', 'case'], 0],
  ['"phone":"5","orderId":"|', ['order', 'id'], 2],
  ['phone=5&fax=|', ['fax'], 1],
  ['one two three four five six |', ['two', 'three', 'four', 'five', 'six'], 5],
  ['|', [], 0],
])('the words before the mark in %j', (text, words, near) => {
  expect(wordsBefore(text.replace('|', ''), text.indexOf('|'))).toEqual({ words, near });
});

test.each([
  ['plain', 'plain'],
  ['a\\nb\\tc', 'a  b  c'],
  ['a\\\\nb', 'a\\\\nb'],
  ['\\"x\\"', ' "x "'],
  ['\\u00e9', '\\u00e9'],
  ['end\\', 'end\\'],
])('escapes of %j', (text, masked) => {
  expect(maskEscapes(text)).toBe(masked);
});

test('groups of digits run on over short separators, and are marked where they are part of a word', () => {
  const runs = numberRuns('a1 22-33  4x 55, 66').map(({ groups }) =>
    groups.map(({ start, end, attached }) => `${start}-${end}${attached ? '!' : ''}`).join(' '),
  );
  expect(runs).toEqual(['1-2! 3-5 6-8 10-11!', '13-15', '17-19']);
});

describe('of what overlaps', () => {
  const at = (entity: string, start: number, end: number, score = 0.5) => ({ entity, start, end, score });
  const left = (...candidates: readonly ReturnType<typeof at>[]): string =>
    withoutOverlaps(candidates, { ...inOrderOf(['A', 'B', 'C']), first: new Set(['C']), last: new Set(['P']) })
      .map(({ entity, start, end }) => `${entity}${start}-${end}`)
      .join(' ');

  test.each([
    ['the outer one stays', left(at('A', 2, 4, 1), at('B', 0, 9)), 'B0-9'],
    ['of one place the likelier', left(at('A', 0, 9), at('B', 0, 9, 0.6)), 'B0-9'],
    ['of equal ones the first of the list', left(at('B', 0, 9), at('A', 0, 9)), 'A0-9'],
    ['but what comes first, whatever its score', left(at('C', 0, 9, 0.1), at('A', 0, 9, 1)), 'C0-9'],
    ['both, where they overlap in part', left(at('A', 0, 5), at('B', 3, 9)), 'A0-5 B3-9'],
    ['and not what yields', left(at('P', 0, 5, 1), at('B', 3, 9, 0.1), at('P', 9, 12)), 'B3-9 P9-12'],
    ['of which the outer one stays as well', left(at('P', 0, 5), at('P', 1, 4)), 'P0-5'],
  ])('%s', (_name, found, expected) => {
    expect(found).toBe(expected);
  });
});

test('patterns are found as if each text were searched alone, with literals or without', () => {
  const sources = ['ab+c', '\\bx\\d', '[^a]b'];
  const search = (literals: readonly (readonly string[])[]): ((texts: readonly string[]) => readonly string[]) => {
    const built = new PatternSearch(
      re2js,
      sources.map((source, at) => ({ source, literals: literals[at] ?? [] })),
    );
    return (texts) => {
      const found: string[] = [];
      built.search(texts, new Deadline(NO_CLOCK), (pattern, text, start, end) =>
        found.push(`${pattern} ${text} ${start} ${end}`),
      );
      return found.sort();
    };
  };
  const plain = search([[], [], []]);
  const literal = search([['ab'], ['x'], ['b']]);
  const alone = (texts: readonly string[]): readonly string[] =>
    texts.flatMap((text, at) => plain([text]).map((line) => line.replace(' 0 ', ` ${at} `))).sort();
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', '1', '\n', ' '), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      expect(plain(texts)).toEqual(literal(texts));
      expect(plain(texts).length).toBe(alone(texts).length);
    }),
  );
});

const DETECTORS: readonly (readonly [name: string, detector: Detector])[] = [
  [
    'personal data',
    buildPii(re2js, {
      entities: Object.keys(PII_ENTITIES) as PiiEntity[],
      threshold: 0.01,
      allow: [],
      regions: PII_REGIONS,
    }),
  ],
  ['secrets', buildSecrets(re2js, { kinds: SECRET_KINDS, threshold: 0.01, allow: [] })],
  ['injection', buildInjection(re2js, { entities: INJECTION_ENTITIES, threshold: 0.01 })],
];

describe.each(DETECTORS)('%s', (_name, detector) => {
  const token = fc.constantFrom(
    ...(
      '4111 1111 1111 1111|536-90-4399|ana@acme.dev|https://acme.dev/x|10.0.0.1|::1|ssn|+1 415 555 2671|password=hunter2!|AKIA|' +
      'eyJ|\\n|\n|"|😀|\u200b|\ud800|-----BEGIN |<tool_call>|1|-|.| |(|@|/'
    ).split('|'),
  );
  const text = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(''));

  test('places are within their texts, in order, and scores above 0 and at most 1', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const passages = texts.map((each) => ({ text: each, keys: [] }));
        const found = detectIn(detector, passages, 7);
        for (const { text: at, start, end, score, rule } of found) {
          expect(0 <= start && start < end && end <= (texts[at]?.length ?? 0)).toBe(true);
          expect([score > 0 && score <= 1, rule]).toEqual([true, 7]);
        }
        expect([...found].sort((a, b) => a.text - b.text || a.start - b.start)).toEqual(found);
      }),
    );
  });

  test('what is found in a text does not depend on the texts beside it', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const passages = texts.map((each) => ({ text: each, keys: [] }));
        const alone = passages.flatMap((passage, at) =>
          detectIn(detector, [passage]).map((detection) => ({ ...detection, text: at })),
        );
        expect(detectIn(detector, passages)).toEqual(alone);
      }),
    );
  });

  /** Were the time to grow with the square of the length, this would not end. */
  const HOSTILE: readonly string[] = (
    'a|1|@|.|:|(|\\|=|<|1 |1.|1-|a@|a.|a.b|::|1:|http://|http://a/)|\\n|password=|password: x |--token |Bearer |-----BEGIN |' +
    '-----BEGIN PRIVATE KEY-----|eyJ|eyJaaaaaaaa.|AKIA|://:|ignore |ignore all |\u200b|\u{e0061}|\ud800|DE89|DE89 |00:|0a-|' +
    '4111 |+1 |415-555-2671 |jan 1 |2026-'
  ).split('|');
  test.each(HOSTILE)('a quarter of a million characters of %j', (piece) => {
    const text = piece.repeat(Math.ceil(250_000 / piece.length));
    const result = detector.detect([{ text, keys: [] }], 0, new Deadline(NO_CLOCK));
    expect(result.ok ? null : result.failure).toBeOneOf([null, 'too-much-work', 'too-many-detections']);
  });
});

test('what would take too long is not looked into, and that is no finding of nothing', () => {
  const [, personal] = DETECTORS[0] ?? [];
  const numbers = { text: '1 '.repeat(600_000), keys: [] };
  expect(personal?.detect([numbers], 0, new Deadline(NO_CLOCK))).toEqual({ ok: false, failure: 'too-much-work' });
  const phones = { text: 'phone +14155552671, '.repeat(11_000), keys: [] };
  expect(personal?.detect([phones], 0, new Deadline(NO_CLOCK))).toEqual({ ok: false, failure: 'too-much-work' });
  const addresses = { text: 'ana@acme.dev '.repeat(21_000), keys: [] };
  expect(personal?.detect([addresses], 0, new Deadline(NO_CLOCK))).toEqual({
    ok: false,
    failure: 'too-many-detections',
  });
});
