import { parse as parseWithBuf } from '@bufbuild/cel';
import { expect, test } from 'vitest';
import { checkExpression } from '../../../compiler/cel/check.ts';
import type { Checked } from '../../../compiler/cel/checked.ts';
import { emitExpression } from '../../../compiler/cel/emit.ts';
import type { Environment } from '../../../compiler/cel/environment.ts';
import { foldConstants } from '../../../compiler/cel/fold.ts';
import { parseExpression } from '../../../compiler/cel/parse.ts';
import { DYN } from '../../../compiler/cel/types.ts';
import { buildCondition } from '../../../dataplane/cel/build.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { Fault } from '../../../dataplane/cel/fault.ts';
import type { Outcome, Value } from '../../../dataplane/cel/value.ts';
import { re2js } from '../../../dataplane/content/regex/re2js.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import { notInTheDialect } from '../../compiler/cel/exclusions.ts';
import { environmentOf, SPEC_CASES, type SpecCase } from '../../compiler/cel/spec-cases.ts';
import { describeValue, valueOfSpec } from './describe-value.ts';
import { exprOfBuf } from './expr-of-buf.ts';

/** The tests of cel-spec that say what an expression evaluates to, of our dialect (test/compiler/cel/README.md). */
const cases = SPEC_CASES.filter(
  (each) => each.path.startsWith('conformance/') && notInTheDialect(each) === null && saysAnOutcome(each),
);

/** The others say a type alone, which is the compiler's. */
function saysAnOutcome({ spec: { original } }: SpecCase): boolean {
  return original.resultMatcher.case !== 'typedResult' || original.resultMatcher.value.result !== undefined;
}

type Emit = (tree: Checked, pattern: (text: string) => number) => Expr;

function bindingsOf({ spec }: SpecCase): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(spec.original.bindings).map(([name, { kind }]): [string, Value] => {
      if (kind.case !== 'value') throw new Error(`${name} is bound to no value`);
      return [name, valueOfSpec(kind.value)];
    }),
  );
}

function expectedOf({ spec }: SpecCase): string {
  const { resultMatcher } = spec.original;
  switch (resultMatcher.case) {
    case 'value':
      return describeValue(valueOfSpec(resultMatcher.value));
    case 'typedResult':
      return describeValue(valueOfSpec(resultMatcher.value.result));
    case 'evalError':
    case 'anyEvalErrors':
      return 'error';
    case undefined:
      return 'true';
    case 'unknown':
    case 'anyUnknowns':
      return 'unknown';
  }
}

function evaluate(
  expression: Expr,
  bindings: ReadonlyMap<string, Value>,
  patterns: readonly string[],
  describe: (outcome: Outcome) => string = describeValue,
): string {
  const compiled = patterns.map((pattern) => re2js.compile(pattern));
  const built = buildCondition(expression, { variables: [...bindings.keys()], patterns: compiled });
  if (!built.ok) return `${built.reason} at ${built.at}`;
  return describe(built.expression.evaluate(new Frame([...bindings.values()])));
}

/** What the proxy makes of an expression that the compiler compiled; null when the compiler refuses it. */
function compiled(each: SpecCase, emit: Emit): string | null {
  const bindings = bindingsOf(each);
  const variables = new Map(environmentOf(each)?.variables);
  for (const name of bindings.keys()) if (!variables.has(name)) variables.set(name, { type: DYN, known: null });
  const environment: Environment = { variables, allowsMixedLiterals: true };
  const { ok, tree } = checkExpression(parseExpression(each.expr), environment);
  if (!ok) return null;
  const patterns: string[] = [];
  return evaluate(
    emit(tree, (pattern) => patterns.push(pattern) - 1),
    bindings,
    patterns,
  );
}

/** The same without knowledge of types, by Buf's parser; null when that does not read it, or it calls what there is not. */
function untyped(each: SpecCase, describe: (outcome: Outcome) => string = describeValue): string | null {
  const bindings = bindingsOf(each);
  const patterns: string[] = [];
  let expression: Expr;
  try {
    expression = exprOfBuf(parseWithBuf(each.expr).expr, new Set(bindings.keys()), patterns);
  } catch {
    return null;
  }
  return evaluate(expression, bindings, patterns, describe);
}

const checked = (each: SpecCase): string | null => compiled(each, emitExpression);
const folded = (each: SpecCase): string | null =>
  compiled(each, (tree, pattern) => emitExpression(foldConstants(tree), pattern));

function differing(outcomeOf: (each: SpecCase) => string | null): readonly string[] {
  return cases.flatMap((each) => {
    const outcome = outcomeOf(each);
    const expected = expectedOf(each);
    return outcome === null || outcome === expected ? [] : [`${each.path}: ${each.expr}: ${outcome}, not ${expected}`];
  });
}

test('1 231 tests of cel-spec say an outcome of an expression of our dialect', () => {
  expect(cases.length).toBe(1231);
  expect(cases.filter((each) => expectedOf(each) === 'error').length).toBe(147);
});

test.each([
  ['checked', checked],
  ['checked and folded', folded],
  ['without types', (each: SpecCase) => untyped(each)],
])('%s, every expression has the outcome that cel-spec says', (_how, outcomeOf) => {
  expect(differing(outcomeOf)).toEqual([]);
});

test('what the compiler refuses, cel-go refuses as well, or the test says that no type holds', () => {
  const refused = cases.filter((each) => checked(each) === null);
  expect(refused.length).toBe(83);
  expect(refused.filter(({ spec }) => spec.type !== undefined && !spec.original.disableCheck)).toEqual([]);
});

test('what the compiler refuses has the outcome that cel-spec says nevertheless, or an error, unless nothing of that name exists', () => {
  const neither = cases.filter(
    (each) => checked(each) === null && untyped(each) === null && expectedOf(each) !== 'error',
  );
  expect(neither.map(({ expr }) => expr)).toMatchInlineSnapshot(`
    [
      "x || true",
      "f_unknown(17) || true",
      "a.as() || true",
      "a.break() || true",
      "a.const() || true",
      "a.continue() || true",
      "a.else() || true",
      "a.for() || true",
      "a.function() || true",
      "a.if() || true",
      "a.import() || true",
      "a.let() || true",
      "a.loop() || true",
      "a.package() || true",
      "a.namespace() || true",
      "a.return() || true",
      "a.var() || true",
      "a.void() || true",
      "a.while() || true",
    ]
  `);
});

/** The errors of cel-spec, in the words of its tests, and what we call them. Its words are examples, "foo" among them. */
const ERRORS: readonly (readonly [words: RegExp, kinds: readonly string[]])[] = [
  [/divi(?:de|sion) by zero|modulus by zero/, ['divide-by-zero']],
  [/no such key/, ['no-such-key', 'no-such-overload']],
  [/overflow/, ['overflow']],
  [/^index out of range|substring range|invalid_argument/, ['index-out-of-range']],
  [/^range/, ['out-of-range', 'overflow', 'malformed-text']],
  [/UTF-8/, ['malformed-utf8']],
  [/repeated key/, ['repeated-key']],
  [/unsupported key/, ['unsupported-key']],
  [/no.such.overload|no matching overload|does not support field selection/, ['no-such-overload']],
  [/Type conversion error/, ['malformed-text']],
];

test('errors are of the kind that cel-spec says', () => {
  const differing: string[] = [];
  let compared = 0;
  for (const each of cases) {
    const { resultMatcher } = each.spec.original;
    const message = resultMatcher.case === 'evalError' ? (resultMatcher.value.errors[0]?.message ?? '') : '';
    const [, kinds] = ERRORS.find(([words]) => words.test(message)) ?? [];
    const kind = untyped(each, (outcome) => (outcome instanceof Fault ? outcome.kind : 'value'));
    // Four tests of `&&` and `||` call the division by zero in them a missing overload.
    if (kinds === undefined || kind === null || each.expr.includes('1/0 != 0')) continue;
    compared++;
    if (!kinds.includes(kind)) differing.push(`${each.path}: ${each.expr}: ${kind}, not ${message}`);
  }
  expect(differing).toEqual([]);
  expect(compared).toMatchInlineSnapshot(`127`);
});
