import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactText } from '../../../dataplane/content/index.ts';
import { offsetInText, readingsOf } from '../../../dataplane/content/readings.ts';
import { CONTENT_ESCAPES_MAX } from '../../../dataplane/limits.ts';
import { MAIL, rulesOf } from './policy-of.ts';

const cases: [name: string, text: string, readings: readonly string[]][] = [
  ['a text without escapes', 'a b', []],
  ['escapes of JSON', String.raw`a\n\"b\"\/\u0040`, ['a\n"b"/@']],
  ['a backslash that is no escape', String.raw`C:\Users\x`, []],
  ['half an escape', String.raw`\u00`, []],
  ['escapes of escapes', String.raw`\\u0040`, [String.raw`\u0040`, '@']],
  ['no more than three times', String.raw`\\\\\\\\\\\\\\\\`, ['\\'.repeat(8), '\\'.repeat(4), '\\'.repeat(2)]],
  ['escapes of URIs', 'a%40b%2Ec%C3%A9', ['a@b.cé']],
  ['per cent', '100% of %zz', []],
  ['bytes that are no character', '%ff%41', ['%ffA']],
  ['half a surrogate pair', String.raw`\ud83dx\ud83d\ude00`, ['\u{fffd}x😀']],
];

test.each(cases)('%s', (_name, text, readings) => {
  expect(readingsOf(text, 1_000)?.map((reading) => reading.text)).toEqual(readings);
});

test('more escapes than a message may have are not undone, and block it', () => {
  expect(readingsOf(String.raw`\n\n\n`, 3)).toHaveLength(1);
  expect(readingsOf(String.raw`\n\n\n`, 2)).toBeNull();
  expect(readingsOf(String.raw`\\\\\\`, 3)).toBeNull();
  const outcome = redactText(rulesOf([MAIL]), '%41'.repeat(CONTENT_ESCAPES_MAX + 1));
  expect(outcome).toMatchObject({ kind: 'blocked', failure: 'too-much-work' });
});

test('what is found in a reading is replaced in the text, escapes and all', () => {
  const outcome = redactText(rulesOf([MAIL]), String.raw`Result: {"to":"a\u0040b.dev","to":"x"} %61%40b.dev`);
  expect(outcome.kind === 'blocked' ? 'blocked' : outcome.text).toBe('Result: {"to":"","to":"x"} ');
});

const inJson = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
const inUri = (character: string): string =>
  Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const escape = (character: string): fc.Arbitrary<string> =>
  fc.constantFrom(character, inJson(character), inUri(character));
const written = fc
  .array(fc.constantFrom('a', 'b', '@', '.', 'é', '漢', '😀', ' '), { maxLength: 20 })
  .chain((characters) =>
    fc.tuple(...characters.map((character) => fc.tuple(fc.constant(character), escape(character)))),
  );

test('every place of a reading is the place of what says it', () => {
  fc.assert(
    fc.property(written, (pairs) => {
      const text = pairs.map(([, escaped]) => escaped).join('');
      const [reading] = readingsOf(text, 1_000) ?? [];
      if (reading === undefined) return;
      expect(reading.text).toBe(pairs.map(([character]) => character).join(''));
      let there = 0;
      let here = 0;
      for (const [character, escaped] of pairs) {
        expect(offsetInText(reading, here)).toBe(there);
        here += character.length;
        there += escaped.length;
      }
      expect(offsetInText(reading, here)).toBe(text.length);
    }),
  );
});
