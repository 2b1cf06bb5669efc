import { expect, test } from 'vitest';
import { checkExpression } from '../../../compiler/cel/check.ts';
import type { Checked } from '../../../compiler/cel/checked.ts';
import { emitExpression } from '../../../compiler/cel/emit.ts';
import { foldConstants } from '../../../compiler/cel/fold.ts';
import { parseExpression } from '../../../compiler/cel/parse.ts';
import { buildCondition } from '../../../dataplane/cel/build.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import type { Outcome } from '../../../dataplane/cel/value.ts';
import { re2js } from '../../../dataplane/content/regex/re2js.ts';
import { describeValue, valueOfSpec } from '../../dataplane/cel/describe-value.ts';
import { notInTheDialect } from './exclusions.ts';
import { environmentOf, SPEC_CASES, type SpecCase } from './spec-cases.ts';

/** The evaluator has its own tests: these are about what the compiler makes of source, up to the data. */
const cases = SPEC_CASES.filter(
  (each) => each.path.startsWith('conformance/') && notInTheDialect(each) === null && expectedOf(each) !== null,
);

function expectedOf({ spec }: SpecCase): string | null {
  const { resultMatcher } = spec.original;
  if (resultMatcher.case === 'value') return describeValue(valueOfSpec(resultMatcher.value));
  if (resultMatcher.case === 'evalError') return 'error';
  if (resultMatcher.case !== 'typedResult' || resultMatcher.value.result === undefined) return null;
  return describeValue(valueOfSpec(resultMatcher.value.result));
}

/** With the variables that the test binds; what has no type has no value either. */
function evaluate(each: SpecCase, prepare: (tree: Checked) => Checked): string {
  const environment = environmentOf(each);
  if (environment === null) throw new Error('declares what we have not');
  const { ok, tree } = checkExpression(parseExpression(each.expr), environment);
  if (!ok) return 'no type';
  const patterns: string[] = [];
  const expression = emitExpression(prepare(tree), (pattern) => patterns.push(pattern) - 1);
  const bindings = Object.entries(each.spec.original.bindings).map(([name, bound]): [string, Outcome] => {
    if (bound.kind.case !== 'value') throw new Error('a binding that is no value');
    return [name, valueOfSpec(bound.kind.value)];
  });
  const variables = bindings.map(([name]) => name);
  const built = buildCondition(expression, { variables, patterns: patterns.map((text) => re2js.compile(text)) });
  if (!built.ok) return `${built.reason} at ${built.at}`;
  return describeValue(built.expression.evaluate(new Frame(bindings.map(([, value]) => value))));
}

function disagreements(prepare: (tree: Checked) => Checked) {
  return cases.flatMap((each) => {
    const got = evaluate(each, prepare);
    const expected = expectedOf(each);
    return got === expected || got === 'no type' ? [] : [{ path: each.path, expr: each.expr, got, expected }];
  });
}

test('whatever has a type has the value of the specification', () => {
  expect(cases.length).toMatchInlineSnapshot(`1175`);
  const untyped = cases.filter((each) => evaluate(each, (tree) => tree) === 'no type');
  expect(untyped.length).toBe(83);
  expect(untyped.filter(({ spec }) => !spec.original.disableCheck)).toEqual([]);
  expect(disagreements((tree) => tree)).toEqual([]);
});

test('folding changes no value and no error', () => {
  expect(disagreements(foldConstants)).toEqual([]);
});
