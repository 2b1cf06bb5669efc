import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { validatePattern, type PatternResult } from '../../../dataplane/content/index.ts';
import { alphabetOf, shortestWithin, type Alphabet } from '../../../dataplane/content/regex/alphabet.ts';
import { readProgram } from '../../../dataplane/content/regex/program.ts';
import { re2js } from '../../../dataplane/content/regex/re2js.ts';

const accepted: [pattern: string, matchesEmpty: boolean][] = [
  [String.raw`\b\d(?:[ -]?\d){12,15}\b`, false],
  [String.raw`(?i)secret\s*[:=]\s*\S+`, false],
  [String.raw`\p{Greek}+`, false],
  [String.raw`(?P<user>[a-z]+)@(?<host>[a-z]+)`, false],
  ['[[:alpha:]]x', false],
  [String.raw`\Qa.b\E`, false],
  ['😀|漢', false],
  ['a{,5}', false],
  ['a*', true],
  ['', true],
  ['a|', true],
  ['(?:a?){3}', true],
  [String.raw`\b`, true],
  ['^', true],
  ['^$', true],
  [String.raw`(?:\b|a)b?`, true],
];

test.each(accepted)('%s is RE2', (pattern, matchesEmpty) => {
  expect(validatePattern(pattern)).toMatchObject({ ok: true, matchesEmpty });
});

const refused: [pattern: string, message: string, offset: number | null][] = [
  ['ab[cd', 'missing closing ]: `[cd`', 2],
  ['(ab', 'missing closing )', 0],
  ['ab)', 'unexpected )', 0],
  ['ab**', 'invalid nested repetition operator: `**`', 2],
  ['*ab', 'missing argument to repetition operator: `*`', 0],
  ['x{2,1}y', 'invalid repeat count: `{2,1}`', 1],
  ['x{1001}', 'invalid repeat count: `{1001}`', 1],
  ['(?:a{1000}){1000}', 'invalid repeat count: `{1000}`', 11],
  [String.raw`a\8`, String.raw`invalid escape sequence: ${'`'}\8${'`'}`, 1],
  ['x(?=a)b', 'invalid or unsupported Perl syntax: `(?=`', 1],
  ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`', 0],
  [String.raw`(a)\1`, String.raw`invalid escape sequence: ${'`'}\1${'`'}`, 3],
  ['x[z-a]', 'invalid character class range: `z-a`', 2],
  [String.raw`\p{Klingon}`, 'invalid character class range', 0],
  ['ab\\', 'trailing backslash at end of expression', 2],
  ['(?P<n>a)(?P<n>b)', 'duplicate capture group name: `n`', null],
  ['\ud800', 'half of a surrogate pair', null],
  ['a'.repeat(4_097), 'the pattern has 4097 characters, more than 4096', 4_096],
  ['[a-z]{900}'.repeat(7), 'the pattern compiles to 6302 instructions, more than 5000; repeat less', null],
];

test.each(refused)('%s is not', (pattern, message, offset) => {
  const isTooLarge = message.includes('more than');
  expect(validatePattern(pattern)).toEqual<PatternResult>({ ok: false, isTooLarge, message, offset });
});

const anchors: [pattern: string, isAnchored: boolean][] = [
  ['^a', true],
  ['a$', true],
  [String.raw`\Aa`, true],
  [String.raw`a\z`, true],
  ['(?m)^a', true],
  ['(?m)a$', true],
  ['b|(?:c|^a)', true],
  [String.raw`\ba\b`, false],
  [String.raw`\Ba`, false],
  ['[^a]', false],
  [String.raw`[$^]`, false],
  [String.raw`\^\$`, false],
  [String.raw`\Q^$\E`, false],
];

test.each(anchors)('whether %s asks where a text begins or ends is known: %s', (pattern, isAnchored) => {
  expect(readProgram(RE2JS.compile(pattern)).isAnchored).toBe(isAnchored);
});

const lengths: [pattern: string, shortest: number, longest: number | null][] = [
  ['abc', 3, 3],
  ['a|bcd?', 1, 3],
  ['(?i)abc', 3, 3],
  [String.raw`\b\d(?:[ -]?\d){12,15}\b`, 13, 31],
  ['[a-z]{2,10}', 2, 10],
  ['😀', 1, 2],
  ['.', 1, 2],
  ['[^a]', 1, 2],
  ['', 0, 0],
  ['a*', 0, null],
  ['(?:ab)+', 2, null],
  ['(?:a*)*', 0, null],
  ['(?:|a)*', 0, null],
  ['a{2,}', 2, null],
  ['^a$', 1, 1],
  [String.raw`(?:\bab|c*)d`, 1, null],
];

test.each(lengths)(
  'how long a match of %s is, at least and at most, is known: %s, %s',
  (pattern, shortest, longest) => {
    expect(readProgram(RE2JS.compile(pattern))).toMatchObject({ shortest, longest });
  },
);

const LETTERS: Alphabet = [[0x61, 0x7a]];
const within: [pattern: string, alphabet: Alphabet, shortest: number][] = [
  ['abc', LETTERS, 3],
  ['a1', LETTERS, Infinity],
  ['a|1', LETTERS, 1],
  ['a?[0-9a]{3}', LETTERS, 3],
  ['[^a-z]', LETTERS, Infinity],
  ['.', LETTERS, 1],
  ['(?i)K', LETTERS, 1],
  ['(?i)kelvin', [[0x41, 0x5a]], 6],
  ['a*', [], 0],
  ['a', [], Infinity],
];

test.each(within)('how long a match of %s is at least, in texts of %j, is known', (pattern, alphabet, shortest) => {
  expect(shortestWithin(pattern, alphabet)).toBe(shortest);
});

test('what a match consists of is known where it is said by ranges', () => {
  expect(alphabetOf('[a-c]{2}-?')).toEqual(
    expect.arrayContaining([
      [0x61, 0x63],
      [0x2d, 0x2d],
    ]),
  );
  expect(alphabetOf('a.')).toBeNull();
  expect(alphabetOf('(?i)a')).toBeNull();
});

test('classes are ASCII and case is folded as Unicode has it', () => {
  const found = (pattern: string, text: string) => re2js.compile(pattern).matcher(text).find(0);
  expect(found(String.raw`\d`, '٣')).toBe(false);
  expect(found(String.raw`\w`, 'é')).toBe(false);
  expect(found(String.raw`\s`, '\u00a0')).toBe(false);
  expect(found(String.raw`\bb`, 'éb')).toBe(true);
  expect(found('(?i)k', '\u212a')).toBe(true);
});

test('offsets are UTF-16 units, and a search may begin anywhere', () => {
  const matcher = re2js.compile(String.raw`\bx.`).matcher('😀 x😀 axb x1');
  expect(matcher.find(0) && [matcher.start, matcher.end]).toEqual([3, 6]);
  expect(matcher.find(4) && [matcher.start, matcher.end]).toEqual([11, 13]);
  expect(matcher.find(12)).toBe(false);
});

test('a set says which of its patterns occur', () => {
  const set = re2js.combine(['a', 'b$', String.raw`\bc`, 'zz'].map((pattern) => re2js.compile(pattern)));
  expect(set.hits('xa c b')).toEqual([0, 1, 2]);
  expect(set.hits('xc b.')).toEqual([]);
});
