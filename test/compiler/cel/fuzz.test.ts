import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkCondition, compileParsed, parseExpression, unknownMembers } from '../../../compiler/cel/index.ts';
import type { Node } from '../../../compiler/cel/ast.ts';
import { CEL_DEPTH_MAX, CEL_PROBLEMS_MAX, CEL_SOURCE_UNITS_MAX } from '../../../compiler/limits.ts';
import { randomExpression } from './random-text.ts';
import { ENVIRONMENT } from './refund.ts';
import { SPEC_CASES } from './spec-cases.ts';

/** Every node of a tree. */
function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node))
    for (const each of Array.isArray(value) ? value : [value]) yield* nodesIn(each);
}

function* nodesIn(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if ('depth' in value) yield* nodesOf(value as Node);
  else if ('key' in value && 'value' in value) for (const each of [value.key, value.value]) yield* nodesIn(each);
}

/** Whatever the text: an answer, and places that are inside of the text. */
function expectSound(text: string): void {
  const parsed = parseExpression(text);
  for (const { start, end, depth } of nodesOf(parsed.tree)) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
    expect(depth).toBeLessThanOrEqual(CEL_DEPTH_MAX);
  }
  const result = compileParsed(parsed, ENVIRONMENT);
  const { errors } = checkCondition(parsed, ENVIRONMENT);
  expect(result.ok).toBe(errors.length === 0);
  expect(errors.length).toBeLessThanOrEqual(CEL_PROBLEMS_MAX + 1);
  for (const { start, end, message } of [...errors, ...unknownMembers([result.undeclared])]) {
    expect(message).not.toBe('');
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(text.length);
    // Only the end of the text is a place without characters.
    expect(end > start || start === text.length).toBe(true);
    expect(text.slice(start, end).isWellFormed()).toBe(text.isWellFormed());
  }
  if (result.ok) result.compiled.certainties();
}

test.each(['args[]', 'args[] + [1,2,3,] + [4]', 'args.user[]'])('found by fuzzing: %s', (text) => {
  expectSound(text);
});

test('text of any characters draws problems inside of it, and never an exception', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectSound), { numRuns: 1_500 });
});

const SIGNS = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  '?',
  ':',
  '"',
  "'",
  '`',
  '\\',
  '&&',
  '||',
  '!',
  '-',
  '=',
  ' ',
  '\n',
];
const WORDS = [
  'args',
  'amount',
  'has',
  'all',
  'x',
  'in',
  'true',
  'null',
  'dyn',
  '1',
  '2u',
  '1.5',
  '"a"',
  'r"',
  'b"',
  '//',
  'for',
  '😀',
];

test('so does anything made of the parts of expressions', () => {
  const parts = fc.array(fc.constantFrom(...SIGNS, ...WORDS), { maxLength: 60 }).map((all) => all.join(''));
  fc.assert(fc.property(parts, expectSound), { numRuns: 2_500 });
});

test('so does every expression', () => {
  fc.assert(fc.property(randomExpression, expectSound), { numRuns: 1_500 });
});

test('so does every expression of the specification with something cut out or put in', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...SPEC_CASES), fc.nat(), fc.nat(5), fc.constantFrom('', ...SIGNS, ...WORDS))
    .map(([{ expr }, at, count, put]) => {
      const start = at % (expr.length + 1);
      return expr.slice(0, start) + put + expr.slice(start + count);
    });
  fc.assert(fc.property(mutated, expectSound), { numRuns: 3_000 });
});

const MANY = 2_000;
const bombs: readonly (readonly [name: string, text: string, code: string | null])[] = [
  ['parentheses', '('.repeat(MANY) + '1' + ')'.repeat(MANY), 'cel/too-deep'],
  ['lists', '['.repeat(MANY) + ']'.repeat(MANY), 'cel/too-deep'],
  ['lists that are never closed', '['.repeat(MANY), 'cel/too-deep'],
  ['maps', '{1:'.repeat(MANY) + '1' + '}'.repeat(MANY), 'cel/too-deep'],
  ['calls', 'f('.repeat(MANY) + ')'.repeat(MANY), 'cel/too-deep'],
  ['indices', 'a['.repeat(MANY) + ']'.repeat(MANY), 'cel/too-deep'],
  ['members', `a${'.b'.repeat(MANY)}`, 'cel/too-deep'],
  ['methods', `a${'.b()'.repeat(1_000)}`, 'cel/too-deep'],
  ['signs', `${'!'.repeat(MANY)}a`, 'cel/too-deep'],
  ['minus signs', `${'-'.repeat(MANY)}1`, 'cel/too-deep'],
  ['choices', `${'a ? b : '.repeat(1_000)}c`, 'cel/too-deep'],
  ['sums', `1${' + 1'.repeat(1_000)}`, 'cel/too-deep'],
  ['macros', `${'[1].all(x, '.repeat(300)}true${')'.repeat(300)}`, 'cel/too-deep'],
  ['messages', 'M{a:'.repeat(1_000), 'cel/unsupported'],
  ['question marks', '?'.repeat(MANY), 'cel/syntax'],
  ['dots', '.'.repeat(MANY), 'cel/syntax'],
  ['commas', ','.repeat(MANY), 'cel/syntax'],
  ['colons', 'a ? b'.repeat(1_000), 'cel/syntax'],
  ['backslashes', `"${'\\q'.repeat(MANY)}"`, 'cel/bad-literal'],
  ['quotes', '"'.repeat(MANY + 1), 'cel/bad-literal'],
  ['too much text', `"${'a'.repeat(CEL_SOURCE_UNITS_MAX)}"`, 'cel/too-large'],
  ['a long chain is not deep', `claims.mfa${' && claims.mfa'.repeat(500)}`, null],
  ['nor is a long list', `args.amount in [${'1, '.repeat(MANY)}]`, null],
];

test.each(bombs)('%s', (_name, text, code) => {
  expectSound(text);
  const { errors } = checkCondition(parseExpression(text), ENVIRONMENT);
  expect(errors.some((error) => error.code === code)).toBe(code !== null);
  if (code === 'cel/too-deep' || code === null) expect(errors.length).toBeLessThanOrEqual(code === null ? 0 : 2);
});

test('half of a surrogate pair is refused', () => {
  expect(parseExpression('"\ud800"').problems.map(({ code }) => code)).toEqual(['cel/syntax']);
});
