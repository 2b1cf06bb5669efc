import { expect, test } from 'vitest';
import { checkExpression } from '../../../compiler/cel/check.ts';
import { parseExpression } from '../../../compiler/cel/parse.ts';
import { renderType } from '../../../compiler/cel/types.ts';
import { debugString } from './debug-string.ts';
import { deviation, notInTheDialect } from './exclusions.ts';
import { environmentOf, SPEC_CASES, type SpecCase } from './spec-cases.ts';

/** The tests of the specification and of cel-go, README.md says which and why not. */
const covered = SPEC_CASES.filter((each) => notInTheDialect(each) === null);
const compared = covered.filter((each) => deviation(each) === null);

function counts(reasonOf: (each: SpecCase) => string | null, cases: readonly SpecCase[]) {
  const counted = new Map<string, number>();
  for (const each of cases) {
    const reason = reasonOf(each);
    if (reason !== null) counted.set(reason, (counted.get(reason) ?? 0) + 1);
  }
  return Object.fromEntries(counted);
}

function disagreements(cases: readonly SpecCase[], judge: (each: SpecCase) => readonly [ours: string, theirs: string]) {
  return cases.flatMap((each) => {
    const [ours, theirs] = judge(each);
    return ours === theirs ? [] : [{ path: each.path, expr: each.expr, ours, theirs }];
  });
}

function typeOf(each: SpecCase): string {
  const environment = environmentOf(each);
  if (environment === null) throw new Error('declares what we have not');
  const { ok, type } = checkExpression(parseExpression(each.expr), environment);
  return ok ? renderType(type) : 'error';
}

test('what is left out is counted, so that no test disappears unseen', () => {
  expect(SPEC_CASES.length).toBe(2765);
  expect(counts(notInTheDialect, SPEC_CASES)).toMatchInlineSnapshot(`
    {
      "extensions: math, encoders, bindings, blocks": 230,
      "functions and types that a test declares for itself": 49,
      "namespaces of names": 5,
      "optional values": 93,
      "protobuf messages and enums": 730,
      "string extension: format and quote": 110,
    }
  `);
  expect(counts(deviation, covered)).toMatchInlineSnapshot(`
    {
      "cel-go takes null for an absent timestamp, and then always fails": 4,
      "cel-go was given a depth of 32 for the data": 10,
      "numbers of different types compare (language.md)": 8,
      "our accumulators have names that no source can write": 3,
      "the name of a member between backticks was not switched on for the data": 15,
      "two-variable macros were not switched on for the data": 125,
    }
  `);
  expect(compared.length).toMatchInlineSnapshot(`1383`);
});

test('every expression that cel-go parses becomes the same tree', () => {
  const parsed = compared.filter(({ spec }) => spec.ast !== undefined);
  expect(parsed.length).toMatchInlineSnapshot(`1335`);
  expect(
    disagreements(parsed, ({ expr, spec }) => {
      const { tree, problems } = parseExpression(expr);
      return [problems.length === 0 ? debugString(tree) : JSON.stringify(problems), spec.ast ?? ''];
    }),
  ).toEqual([]);
});

test('every expression that cel-go cannot parse is refused', () => {
  const refused = compared.filter(({ spec }) => spec.ast === undefined);
  expect(refused.length).toMatchInlineSnapshot(`48`);
  expect(refused.filter(({ expr }) => parseExpression(expr).problems.length === 0)).toEqual([]);
});

test('every expression has the type that cel-go deduces', () => {
  const typed = compared.filter(({ spec }) => spec.type !== undefined);
  expect(typed.length).toMatchInlineSnapshot(`1184`);
  expect(disagreements(typed, (each) => [typeOf(each), each.spec.type ?? ''])).toEqual([]);
});

test('every expression in which cel-go finds an error has one', () => {
  const wrong = compared.filter(({ spec }) => spec.type === undefined);
  expect(wrong.length).toMatchInlineSnapshot(`199`);
  expect(disagreements(wrong, (each) => [typeOf(each), 'error'])).toEqual([]);
});

test.each([
  ['the name of a member between backticks was not switched on for the data', 'is taken'],
  ['numbers of different types compare (language.md)', 'is taken'],
  ['cel-go takes null for an absent timestamp, and then always fails', 'is refused'],
])('deviation: %s: %s', (reason, does) => {
  const cases = covered.filter((each) => deviation(each) === reason);
  if (does === 'is refused') expect(cases.filter((each) => typeOf(each) !== 'error')).toEqual([]);
  else expect(cases.filter(({ expr }) => parseExpression(expr).problems.length > 0)).toEqual([]);
});

test('two-variable macros of the specification have a type', () => {
  const cases = covered.filter(({ path }) => path.startsWith('conformance/macros2/'));
  expect(cases.length).toBe(46);
  expect(cases.filter((each) => typeOf(each) === 'error')).toEqual([]);
});
