import { expect, test } from 'vitest';
import { STEPS_EXCEEDED, UNKNOWN } from '../../../dataplane/cel/fault.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { MapValue, recordOf, type Outcome, type Value } from '../../../dataplane/cel/value.ts';
import { EXPRESSION_STEPS_MAX } from '../../../dataplane/limits.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import { build, compileText, evaluateText } from './build-expression.ts';

const numbers = (count: number): readonly Value[] => Array.from({ length: count }, (_, index) => index);
const long = 'abcdefgh'.repeat(2 ** 18);

/** Evaluations that a hostile caller would ask for: minutes and more without a budget, a tenth of a second with it. */
const exceeding: readonly (readonly [name: string, text: string, x: Outcome])[] = [
  ['loops in loops', 'x.all(a, x.all(b, x.all(c, true)))', numbers(1_000)],
  ['what is absorbed', 'x.all(a, x.all(b, x.all(c, true))) || true', numbers(1_000)],
  ['absorbed by a loop', 'x.exists(a, x.all(b, x.all(c, true)) || a > 900)', numbers(1_000)],
  ['membership in a long list, again and again', 'x.all(a, a in x)', numbers(2_000)],
  ['equality of long lists, again and again', 'x.all(a, x == x)', numbers(2_000)],
  ['lists that double', `x${'.map(a, [a, a])'.repeat(5)}.all(a, x.all(b, a == a))`, numbers(1_000)],
  ['texts that double', `["${'x'.repeat(16)}"]${'.map(a, a + a)'.repeat(25)} == []`, null],
  ['concatenation in a loop', 'x.map(a, x + x).size() > 0', numbers(2_000)],
  ['searches in a long text', 'x.all(a, !a.contains("y"))', Array.from({ length: 100 }, () => long)],
  ['a pattern on a long text, again and again', 'x.all(a, a.matches("h$"))', Array.from({ length: 10 }, () => long)],
  ['a large pattern on a long text', 'x.matches("[a-h]*a[a-h]{500}i")', long],
  ['splitting into characters', 'x.split("").size() > 0', long],
  ['replacing characters by more', 'x.replace("a", x).size() > 0', long],
  ['a map that grows', 'x.transformMap(i, v, string(i)).all(k, x.all(a, true))', numbers(2_000)],
  [
    'joining',
    'x.map(a, string(a)).join(y).size() > 0 && x.all(a, x.map(b, string(b)).join("").size() > 0)',
    numbers(2_000),
  ],
  ['time zones in a loop', 'x.all(a, timestamp(a).getHours("Europe/Berlin") >= 0)', numbers(3_000)],
];

test.each(exceeding)('ends in an error: %s', (_name, text, x) => {
  expect(evaluateText(text, { x, y: long })).toBe(STEPS_EXCEEDED);
});

const admitted: readonly (readonly [name: string, text: string, x: Outcome])[] = [
  ['a macro over a long list', 'x.all(a, a >= 0)', numbers(100_000)],
  ['a list that is built element by element', 'x.map(a, a + 1).size() == 100000', numbers(100_000)],
  ['a map that is built entry by entry', 'x.transformMap(i, v, v).size() == 50000', numbers(50_000)],
  ['membership in a long list', '99999 in x', numbers(100_000)],
  ['a search in a long text', '!x.contains("z")', long],
  ['a pattern on a long text', 'x.matches("gh$")', long],
];

test.each(admitted)('is within the budget: %s', (_name, text, x) => {
  expect(evaluateText(text, { x })).toBe(true);
});

test('a budget is for one evaluation: the frame has it anew for the next', () => {
  const expression = build(compileText('x.all(a, a >= 0)', ['x']), ['x']);
  const frame = new Frame([numbers(100_000)]);
  for (let count = 0; count < 20; count++) expect(expression.evaluate(frame)).toBe(true);
  frame.values[0] = numbers(EXPRESSION_STEPS_MAX);
  expect(expression.evaluate(frame)).toBe(STEPS_EXCEEDED);
  frame.values[0] = [1];
  expect(expression.evaluate(frame)).toBe(true);
});

test('an exceeded budget is no error as long as something is unknown that could have made it unnecessary', () => {
  const expression = build(compileText('u && x.all(a, x.all(b, x.all(c, true)))', ['u', 'x']), ['u', 'x']);
  expect(expression.evaluate(new Frame([UNKNOWN, numbers(1_000)]))).toBe(UNKNOWN);
  expect(expression.evaluate(new Frame([false, numbers(1_000)]))).toBe(false);
  expect(expression.evaluate(new Frame([true, numbers(1_000)]))).toBe(STEPS_EXCEEDED);
});

test('values deeper than any JSON are compared without exhausting the stack', () => {
  let a: Value = [];
  let b: Value = [];
  for (let level = 0; level < 100_000; level++) [a, b] = [[a], [b]];
  expect(evaluateText('a == b', { a, b })).toMatchObject({ kind: 'too-deep' });
  expect(evaluateText('a in [b]', { a, b })).toMatchObject({ kind: 'too-deep' });
  expect(evaluateText('{"x": a} == {"x": b}', { a, b })).toMatchObject({ kind: 'too-deep' });
});

/** Names that objects of JavaScript have without being told. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'entries', 'get'];

test.each(inherited)('a record, a map and a list have no member %s of their own', (name) => {
  for (const of of [recordOf({ a: 1 }), new MapValue(new Map([['a', 1]]), null)]) {
    expect(evaluateText(`has(x.${name})`, { x: of })).toBe(false);
    expect(evaluateText(`x.${name}`, { x: of })).toMatchObject({ kind: 'no-such-key' });
    expect(evaluateText(`x["${name}"]`, { x: of })).toMatchObject({ kind: 'no-such-key' });
    expect(evaluateText(`"${name}" in x`, { x: of })).toBe(false);
  }
  for (const of of [[1], 'a', 1, null, true]) {
    expect(evaluateText(`x.${name}`, { x: of })).toMatchObject({ kind: 'no-such-overload' });
  }
});

test.each(inherited)('a member called %s is like any other', (name) => {
  const x = new MapValue(new Map([[name, 7]]), null);
  expect(evaluateText(`has(x.${name}) && x.${name} == 7 && x["${name}"] == 7 && "${name}" in x`, { x })).toBe(true);
  expect(evaluateText(`{"${name}": 1}.${name} == 1`)).toBe(true);
});

test('records of different shapes meet in one expression', () => {
  const expression = build(compileText('x.a == 1 && x.b == 2', ['x']), ['x']);
  const shapes: readonly (readonly [Outcome, boolean])[] = [
    [recordOf({ a: 1, b: 2 }), true],
    [recordOf({ b: 2, a: 1 }), true],
    [recordOf({ c: 0, b: 2, a: 1 }), true],
    [
      new MapValue(
        new Map<string, Value>([
          ['b', 2],
          ['a', 1],
        ]),
        null,
      ),
      true,
    ],
    [recordOf({ a: 2, b: 1 }), false],
  ];
  for (let round = 0; round < 3; round++) {
    for (const [x, outcome] of shapes) expect(expression.evaluate(new Frame([x]))).toBe(outcome);
    expect(expression.evaluate(new Frame([recordOf({ a: 1 })]))).toMatchObject({ kind: 'no-such-key' });
  }
});

test('a fold whose accumulator is used in its own ways is evaluated as written', () => {
  const variable = (name: string): Expr => ({ k: 'var', name });
  const int = (v: string): Expr => ({ k: 'const', t: 'int', v });
  const call = (fn: string, ...args: readonly Expr[]): Expr => ({ k: 'call', fn, args });
  const sum: Expr = {
    k: 'fold',
    range: variable('x'),
    iter: 'e',
    iter2: null,
    accu: 's',
    init: int('0'),
    cond: call('less_int64', variable('s'), int('6')),
    step: call('add_int64', variable('s'), variable('e')),
    result: call('multiply_int64', variable('s'), int('10')),
  };
  const expression = build(sum, ['x']);
  expect(expression.evaluate(new Frame([[1, 2, 3, 4, 5]]))).toBe(60);
  expect(expression.evaluate(new Frame([[]]))).toBe(0);
  expect(expression.evaluate(new Frame([[1, 'a']]))).toMatchObject({ kind: 'no-such-overload' });
  expect(expression.evaluate(new Frame([1]))).toMatchObject({ kind: 'no-such-overload' });
});

test('variables of macros hide those around them, and come back', () => {
  expect(evaluateText('[1, 2].all(x, [x + 1].all(x, x > 1) && x < 3) && x == 9', { x: 9 })).toBe(true);
  expect(evaluateText('[[1, 2], [3]].map(x, x.map(x, x * 2)) == [[2, 4], [6]]')).toBe(true);
  expect(evaluateText('[1, 2].filter(x, [2].exists(y, y == x)).map(x, x + 1) == [3]')).toBe(true);
  expect(evaluateText('[3, 1].map(x, [x, 2].map(x, x + 1)) == [[4, 3], [2, 3]]')).toBe(true);
});
