import { celUint } from '@bufbuild/cel';
import { expect, test } from 'vitest';
import { checkExpression } from '../../../compiler/cel/check.ts';
import type { Checked } from '../../../compiler/cel/checked.ts';
import { emitExpression } from '../../../compiler/cel/emit.ts';
import { TYPE_VARIABLES, type Environment } from '../../../compiler/cel/environment.ts';
import { foldConstants } from '../../../compiler/cel/fold.ts';
import { parseExpression } from '../../../compiler/cel/parse.ts';
import { BOOL, DOUBLE, INT, listOf, mapOf, NULL, STRING, UINT, type RecordType } from '../../../compiler/cel/types.ts';
import { buildCondition } from '../../../dataplane/cel/build.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { Double, MapValue, recordOf, Uint } from '../../../dataplane/cel/value.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import { askBuf } from './buf-oracle.ts';
import { describeValue } from './describe-value.ts';
import { exprOfBuf } from './expr-of-buf.ts';
import { Generator, randomNumbers, type Type } from './random-expression.ts';

// Buf reads the parts of a date in the machine's own time zone, and loses an hour where that changes its clocks.
process.env['TZ'] = 'UTC';

/** As many as stay within seconds; `MCPGW_CEL_EXPRESSIONS=1000000 MCPGW_CEL_SEED=2` for others. */
const EXPRESSIONS = Number(process.env['MCPGW_CEL_EXPRESSIONS'] ?? '100000');
const SEED = Number(process.env['MCPGW_CEL_SEED'] ?? '1');
const TYPES: readonly Type[] = ['bool', 'bool', 'bool', 'int', 'string', 'double', 'uint', 'list(int)', 'timestamp'];

const args = recordOf({
  i: 5,
  big: 9_223_372_036_854_775_807n,
  u: new Uint(7),
  d: new Double(2.5),
  s: 'abc',
  b: true,
  n: null,
  ints: [1, 2, 3],
  texts: ['a', 'b', 'abc'],
  counts: new MapValue(
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    null,
  ),
});
const bindings = {
  args: {
    i: 5n,
    big: 9_223_372_036_854_775_807n,
    u: celUint(7n),
    d: 2.5,
    s: 'abc',
    b: true,
    n: null,
    ints: [1n, 2n, 3n],
    texts: ['a', 'b', 'abc'],
    counts: new Map([
      ['a', 1n],
      ['b', 2n],
    ]),
  },
};

const RECORD: RecordType = {
  what: 'the arguments',
  isOpen: false,
  fields: new Map(
    (
      [
        ['i', INT],
        ['big', INT],
        ['u', UINT],
        ['d', DOUBLE],
        ['s', STRING],
        ['b', BOOL],
        ['n', NULL],
        ['ints', listOf(INT)],
        ['texts', listOf(STRING)],
        ['counts', mapOf(STRING, INT)],
        ['absent', INT],
      ] as const
    ).map(([name, type]) => [name, { type, isRequired: name !== 'absent', values: null }]),
  ),
};
const ENVIRONMENT: Environment = {
  variables: new Map([...TYPE_VARIABLES, ['args', { type: { kind: 'record', record: RECORD }, known: null }]]),
  allowsMixedLiterals: true,
};

/** What the proxy makes of an expression that the compiler compiled; null when the compiler refuses it. */
function compile(text: string): { readonly checked: string; readonly folded: string } | null {
  const { ok, tree } = checkExpression(parseExpression(text), ENVIRONMENT);
  if (!ok) return null;
  const emit = (node: Checked): string => evaluate(emitExpression(node, () => 0));
  return { checked: emit(tree), folded: emit(foldConstants(tree)) };
}

function evaluate(expr: Expr): string {
  const built = buildCondition(expr, { variables: ['args'], patterns: [] });
  if (!built.ok) return `${built.reason} at ${built.at}`;
  return describeValue(built.expression.evaluate(new Frame([args])));
}

/** Where Buf differs. All but the last four are corrected in `buf-oracle.ts`; those are not generated. */
const disagreements: readonly (readonly [reason: string, text: string, ours: string, theirs: string])[] = [
  ['a text that is no number is an error, not NaN (cel-spec, "double")', 'double("abc")', 'error', 'double NaN'],
  ['a text that is no number is an error, not 0 (cel-spec, "int")', 'int("")', 'error', '0'],
  ['an int is written in decimal (cel-spec, "int")', 'int("0x10")', 'error', '16'],
  ['a text that is no number is an error, not 0 (cel-spec, "uint")', 'uint("")', 'error', '0u'],
  ['there is no int of a duration (cel-spec, "int")', 'int(dyn(duration("1s")))', 'error', '1'],
  ['a uint has 64 bits (cel-spec, "Overflow")', '18446744073709551615u / 1u', '18446744073709551615u', 'error'],
  [
    'equality is what ordering leaves (cel-spec, "Numbers")',
    'dyn(9223372036854775807) == 9223372036854775808.0',
    'true',
    'false',
  ],
  ['a key is there, whatever its value (cel-spec, "Map Key Membership")', '"a" in {"a": null}', 'true', 'false'],
  ['strings are ordered by code points (cel-spec, "Ordering")', '"\\ue000" < "\u{1f431}"', 'true', 'false'],
  ['positions count code points (cel-spec, "size"): charAt', '"\u{1f431}b".charAt(1)', '"b"', '"\\udc31"'],
  ['positions count code points: indexOf', '"\u{1f431}b".indexOf("b")', '1', '2'],
  ['positions count code points: lastIndexOf', '"\u{1f431}b".lastIndexOf("b")', '1', '2'],
  ['positions count code points: substring', '"\u{1f431}b".substring(1)', '"b"', '"\\udc31b"'],
  ['the last part has all the rest (cel-go, strings)', '"a b c".split(" ", 2)', '["a", "b c"]', '["a", "b"]'],
  ['a negative limit is none (cel-go, strings)', '"aaa".replace("a", "b", -1)', '"bbb"', '"aaa"'],
  ['the empty text is found at the end (cel-go, strings)', '"ab".indexOf("", 2)', '2', 'error'],
  ['a member that is null is there (cel-spec, "has")', 'has(args.n)', 'true', 'false'],
  ['a double is no key (cel-spec, "Values")', 'size({dyn(1.0): 1})', 'error', '1'],
  ['an index is a number (cel-spec, "List Indexing")', '[1, 2][dyn(true)]', 'error', '2'],
  ['what is no bool cannot be negated, not even twice (cel-spec, "Logical NOT")', '!(!(dyn("a")))', 'error', '"a"'],
];

test.each(disagreements)('%s: %s', (_reason, text, ours, theirs) => {
  const { outcome, parsed } = askBuf(text, bindings, 'as it is');
  expect(outcome).toBe(theirs);
  // Buf's parser is the one that loses the negations.
  if (!text.startsWith('!(!')) expect(evaluate(exprOfBuf(parsed, new Set(['args']), []))).toBe(ours);
});

test(`${EXPRESSIONS / 4} generated expressions have that outcome when the compiler compiled them, folded or not`, () => {
  const generator = new Generator(randomNumbers(SEED + 1_000_000));
  const differing: string[] = [];
  let refused = 0;
  for (let count = 0; count < EXPRESSIONS / 4; count++) {
    const { text } = generator.of(TYPES[count % TYPES.length] ?? 'bool', 3);
    const outcomes = compile(text);
    if (outcomes === null) {
      refused++;
      continue;
    }
    const { outcome } = askBuf(text, bindings);
    const { checked, folded } = outcomes;
    if (checked !== outcome || folded !== outcome)
      differing.push(`${text}: ${checked}, folded ${folded}, Buf ${outcome}`);
  }
  expect(differing.sort((a, b) => a.length - b.length).slice(0, 20)).toEqual([]);
  // The generator is not as strict as the checker about what `dyn` can be.
  expect(refused / EXPRESSIONS).toBeLessThan(0.001);
}, 240_000);

test(`${EXPRESSIONS} generated expressions have the outcome that Buf gives, with and without knowledge of their types`, () => {
  const generator = new Generator(randomNumbers(SEED));
  const variables = new Set(['args']);
  const differing: string[] = [];
  let errors = 0;
  for (let count = 0; count < EXPRESSIONS; count++) {
    const { text, expr } = generator.of(TYPES[count % TYPES.length] ?? 'bool', 3);
    const ours = evaluate(expr);
    const { outcome, parsed } = askBuf(text, bindings);
    const untyped = evaluate(exprOfBuf(parsed, variables, []));
    if (ours === 'error') errors++;
    if (ours !== outcome || untyped !== outcome) differing.push(`${text}: ${ours}, untyped ${untyped}, Buf ${outcome}`);
  }
  expect(differing.sort((a, b) => a.length - b.length).slice(0, 20)).toEqual([]);
  // Neither side of the comparison is an exercise in agreeing about errors.
  expect(errors / EXPRESSIONS).toBeGreaterThan(0.1);
  expect(errors / EXPRESSIONS).toBeLessThan(0.6);
}, 240_000);
