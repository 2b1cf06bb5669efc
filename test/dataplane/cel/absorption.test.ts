import { expect, test } from 'vitest';
import { Fault, NO_SUCH_KEY, UNKNOWN } from '../../../dataplane/cel/fault.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { Double, MapValue, recordOf, Uint, type Outcome } from '../../../dataplane/cel/value.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import { build, evaluateText } from './build-expression.ts';
import { describeValue } from './describe-value.ts';
import { Generator, randomNumbers } from './random-expression.ts';

type Name = 'true' | 'false' | 'unknown' | 'error';
const OUTCOMES: Readonly<Record<Name, Outcome>> = { true: true, false: false, unknown: UNKNOWN, error: NO_SUCH_KEY };
const nameOf = (outcome: Outcome): string =>
  Object.entries(OUTCOMES).find(([, each]) => each === outcome)?.[0] ?? describeValue(outcome);

const calls = (fn: string, ...args: readonly Expr[]): Expr => ({ k: 'call', fn, args });
const variable = (name: string): Expr => ({ k: 'var', name });
const AND = build(calls('logical_and', variable('a'), variable('b')), ['a', 'b']);
const OR = build(calls('logical_or', variable('a'), variable('b')), ['a', 'b']);
const NOT = build(calls('logical_not', variable('a')), ['a', 'b']);

const truth: readonly (readonly [a: Name, b: Name, and: Name, or: Name])[] = [
  ['true', 'true', 'true', 'true'],
  ['true', 'false', 'false', 'true'],
  ['true', 'unknown', 'unknown', 'true'],
  ['true', 'error', 'error', 'true'],
  ['false', 'false', 'false', 'false'],
  ['false', 'unknown', 'false', 'unknown'],
  ['false', 'error', 'false', 'error'],
  ['unknown', 'unknown', 'unknown', 'unknown'],
  ['unknown', 'error', 'unknown', 'unknown'],
  ['error', 'error', 'error', 'error'],
];

test.each(truth)('%s and %s, either way round: && is %s, || is %s', (a, b, and, or) => {
  const frames = [new Frame([OUTCOMES[a], OUTCOMES[b]]), new Frame([OUTCOMES[b], OUTCOMES[a]])];
  expect(frames.map((frame) => nameOf(AND.evaluate(frame)))).toEqual([and, and]);
  expect(frames.map((frame) => nameOf(OR.evaluate(frame)))).toEqual([or, or]);
});

test('the negation of an error is that error, of the unknown the unknown', () => {
  const negations = Object.values(OUTCOMES).map((outcome) => nameOf(NOT.evaluate(new Frame([outcome, null]))));
  expect(negations).toEqual(['false', 'true', 'unknown', 'error']);
});

const absorbed: readonly (readonly [text: string, outcome: string])[] = [
  ['u ? 1 : 2', 'unknown'],
  ['e ? 1 : 2', 'error'],
  ['true ? 1 : e', '1'],
  ['false ? u : 2', '2'],
  ['(u ? 1 : 2) == 1 || true', 'true'],
  ['u + e', 'error'],
  ['e + u', 'error'],
  ['u + 1', 'unknown'],
  ['u == u', 'unknown'],
  ['u != e', 'error'],
  ['u in [1]', 'unknown'],
  ['1 in u', 'unknown'],
  ['e in u', 'error'],
  ['[1, u]', 'unknown'],
  ['[u, e]', 'error'],
  ['{"a": u}', 'unknown'],
  ['{"a": u, "b": e}', 'error'],
  ['u.name', 'unknown'],
  ['has(u.name)', 'unknown'],
  ['has(e.name)', 'error'],
  ['u[0]', 'unknown'],
  ['[1][u]', 'unknown'],
  ['size(u)', 'unknown'],
  ['type(u)', 'unknown'],
  ['dyn(u)', 'unknown'],
  ['u.matches("a")', 'unknown'],
  ['e.matches("a")', 'error'],
  ['u.all(x, true)', 'unknown'],
  ['e.all(x, true)', 'error'],
  ['[1, 2].all(x, u)', 'unknown'],
  ['[1, 2].all(x, x == 1 && u)', 'false'],
  ['[1, 2].all(x, x == 1 || u)', 'unknown'],
  ['[1, 2].all(x, x == 1 || e)', 'error'],
  ['[1, 2].all(x, x == 1 ? e : false)', 'false'],
  ['[1, 2].exists(x, x == 1 ? u : e)', 'unknown'],
  ['[1, 2].exists(x, x == 1 ? e : true)', 'true'],
  ['[1, 2].exists_one(x, x == 1 ? u : true)', 'unknown'],
  ['[1, 2].exists_one(x, x == 1 ? e : true)', 'error'],
  ['[1, 2].map(x, u)', 'unknown'],
  ['[1, 2].filter(x, e)', 'error'],
  ['[].map(x, e)', '[]'],
  ['[1].map(x, x == 2, e)', '[]'],
  ['{"a": 1}.transformMap(k, v, u)', 'unknown'],
  ['!u || !e', 'unknown'],
];

test.each(absorbed)('%s is %s', (text, outcome) => {
  expect(nameOf(evaluateText(text, { u: UNKNOWN, e: NO_SUCH_KEY }))).toBe(outcome);
});

/** What `args` may turn out to be. */
const completions: readonly Outcome[] = [
  recordOf({}),
  recordOf({ i: 0, big: 1, u: new Uint(0), d: new Double(0), s: '', b: false, n: null, ints: [], texts: [] }),
  recordOf({
    i: 5,
    big: 9_223_372_036_854_775_807n,
    u: new Uint(7),
    d: new Double(2.5),
    s: 'abc',
    b: true,
    n: null,
    ints: [1, 2, 3],
    texts: ['a', 'b', 'abc'],
    counts: new MapValue(new Map([['a', 1]]), null),
    absent: 'here',
  }),
];

test('what is decided before the arguments are known stays so whatever they are', () => {
  const generator = new Generator(randomNumbers(7));
  const outcomes = { unknown: 0, decided: 0 };
  for (let count = 0; count < 20_000; count++) {
    const { text, expr } = generator.of('bool', 4);
    const expression = build(expr, ['args']);
    const early = expression.evaluate(new Frame([UNKNOWN]));
    if (early === UNKNOWN) {
      outcomes.unknown++;
      continue;
    }
    outcomes.decided++;
    for (const args of completions) {
      const late = expression.evaluate(new Frame([args]));
      expect(`${text} is ${describeValue(late)}`).toBe(`${text} is ${describeValue(early)}`);
    }
  }
  expect(outcomes.unknown).toBeGreaterThan(5_000);
  expect(outcomes.decided).toBeGreaterThan(5_000);
});

test('no evaluation throws, whatever its variables are', () => {
  const generator = new Generator(randomNumbers(8));
  const odd: readonly Outcome[] = [
    null,
    1,
    'a',
    [],
    new Uint(1),
    new Double(Number.NaN),
    NO_SUCH_KEY,
    new Fault('overflow'),
  ];
  for (let count = 0; count < 5_000; count++) {
    const { expr } = generator.of('bool', 4);
    const expression = build(expr, ['args']);
    for (const args of odd) expect(() => expression.evaluate(new Frame([args]))).not.toThrow();
  }
});
