import {
  getComprehensionSuite,
  getConformanceSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import { parse } from '@bufbuild/cel';
import { expect, test } from 'vitest';
import { buildCondition } from '../../../dataplane/cel/build.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { re2js } from '../../../dataplane/content/regex/re2js.ts';
import { describeValue, valueOfSpec } from './describe-value.ts';
import { Excluded, exprOfBuf } from './expr-of-buf.ts';

function* testsOf(
  suite: IncrementalTestSuite,
  path: readonly string[] = [],
): Generator<readonly [string, IncrementalTest]> {
  for (const each of suite.tests) yield [[...path, each.name].join('/'), each];
  for (const each of suite.suites) yield* testsOf(each, [...path, each.name]);
}

interface Judged {
  readonly name: string;
  readonly expr: string;
  readonly got: string;
  readonly expected: string;
}

function judge(name: string, { original }: IncrementalTest): Judged {
  const { expr, bindings, resultMatcher, typeEnv, container } = original;
  const variables = Object.keys(bindings);
  const values = variables.map((variable) => {
    const bound = bindings[variable];
    if (bound?.kind.case !== 'value') throw new Excluded('a binding that is no value');
    return valueOfSpec(bound.kind.value);
  });
  const patterns: string[] = [];
  let parsed;
  try {
    parsed = parse(expr);
  } catch {
    throw new Excluded('Buf cannot parse it');
  }
  const expression = exprOfBuf(parsed.expr, new Set(variables), patterns);
  const built = buildCondition(expression, { variables, patterns: patterns.map((p) => re2js.compile(p)) });
  if (!built.ok) return { name, expr, got: `${built.reason} at ${built.at}`, expected: '' };
  const got = describeValue(built.expression.evaluate(new Frame(values)));
  let expected = '';
  switch (resultMatcher.case) {
    case 'value':
      expected = describeValue(valueOfSpec(resultMatcher.value));
      break;
    case 'typedResult':
      expected = describeValue(valueOfSpec(resultMatcher.value.result));
      break;
    case 'evalError':
      expected = 'error';
      break;
    case undefined:
      expected = 'true';
      break;
    default:
      throw new Excluded(resultMatcher.case);
  }
  return { name, expr, got, expected };
}

test('conformance', () => {
  const excluded = new Map<string, number>();
  const failures: Judged[] = [];
  let passed = 0;
  for (const [name, each] of [...testsOf(getConformanceSuite())]) {
    try {
      const judged = judge(name, each);
      if (judged.got === judged.expected) passed++;
      else failures.push(judged);
    } catch (problem) {
      if (!(problem instanceof Excluded)) throw new Error(`${name}: ${each.original.expr}`, { cause: problem });
      const key = `${name.split('/')[0]}: ${problem.message}`;
      excluded.set(key, (excluded.get(key) ?? 0) + 1);
    }
  }
  console.log(
    passed,
    failures.length,
    [...excluded]
      .map(([k, n]) => `${n} ${k}`)
      .sort()
      .join('\n'),
  );
  console.log(failures.map((f) => `${f.name} | ${f.expr} | got ${f.got} | expected ${f.expected}`).join('\n'));
  expect(failures.length).toBe(0);
});
