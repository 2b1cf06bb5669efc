import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node } from '../../../compiler/cel/ast.ts';
import { parseExpression, renderExpression } from '../../../compiler/cel/index.ts';
import { notInTheDialect } from './exclusions.ts';
import { randomExpression } from './random-text.ts';
import { SPEC_CASES } from './spec-cases.ts';

const canonical: readonly (readonly [written: string, canonical: string])[] = [
  ['a&&b', 'a && b'],
  ['  a\n  || b // why', 'a || b'],
  ['(a && b) && c', '(a && b) && c'],
  ['a && (b && c)', 'a && (b && c)'],
  ['(a || b) && c', '(a || b) && c'],
  ['(a && b) || c', 'a && b || c'],
  ['((a)) == ((1))', 'a == 1'],
  ['1+2*3', '1 + 2 * 3'],
  ['(1+2)*3', '(1 + 2) * 3'],
  ['1-(2-3)', '1 - (2 - 3)'],
  ['(1-2)-3', '1 - 2 - 3'],
  ['a<(b<c)', 'a < (b < c)'],
  ['a ? b : c ? d : e', 'a ? b : c ? d : e'],
  ['(a ? b : c) ? d : e', '(a ? b : c) ? d : e'],
  ['a ? (b ? c : d) : e', 'a ? (b ? c : d) : e'],
  ['! ( a )', '!a'],
  ['!(a == b)', '!(a == b)'],
  ['-(-1)', '-(-1)'],
  ['-(1)', '-(1)'],
  ['--a', '--a'],
  ['1 - -1', '1 - -1'],
  ['-a.b', '-a.b'],
  ['(-a).b', '(-a).b'],
  ['-(1).size()', '-(1.size())'],
  ["'it\\'s'", '"it\'s"'],
  ['r"\\d+"', 'r"\\d+"'],
  ['"\\\\d+"', 'r"\\d+"'],
  ['"a\\\\"', '"a\\\\"'],
  ['"\\"\\\\d"', '"\\"\\\\d"'],
  ['"\\n\\u0001\\U0001f600"', '"\\n\\u0001😀"'],
  ['"\\u200b"', '"\\u200b"'],
  ["b'\\x00a\\377'", 'b"\\x00a\\xff"'],
  ['1.0', '1.0'],
  ['1e3', '1000.0'],
  ['1e300', '1e+300'],
  ['-0.0', '-0.0'],
  ['0xFFu', '255u'],
  ['args.`repo-name`', 'args["repo-name"]'],
  ['has(args["repo-name"])', 'has(args["repo-name"])'],
  ['has(args["note"])', 'has(args.note)'],
  ['[1,2,]', '[1, 2]'],
  ['{"a":1,}', '{"a": 1}'],
  ['a.all(x,x>1)', 'a.all(x, x > 1)'],
  ['m.transformMap(k,v,v>1,v)', 'm.transformMap(k, v, v > 1, v)'],
  ['.a', '.a'],
  ['x.f( y )[ 0 ]', 'x.f(y)[0]'],
];

test.each(canonical)('%s', (written, expected) => {
  expect(renderExpression(parseExpression(written).tree)).toBe(expected);
  expect(renderExpression(parseExpression(expected).tree)).toBe(expected);
});

/** A tree without its places: those of rendered text are others. */
function withoutPlaces(node: Node): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => {
      if (key === 'start' || key === 'end') return undefined;
      if (typeof value === 'bigint') return `${value}n`;
      if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
      return Object.is(value, -0) ? '-0' : value;
    }),
  );
}

function expectSameTree(text: string): void {
  const { tree, problems } = parseExpression(text);
  expect(problems).toEqual([]);
  const rendered = renderExpression(tree);
  const again = parseExpression(rendered);
  expect({ text, rendered, problems: again.problems }).toEqual({ text, rendered, problems: [] });
  expect(withoutPlaces(again.tree)).toEqual(withoutPlaces(tree));
}

test('every expression of the specification, written and read again, is the same tree', () => {
  const readable = SPEC_CASES.filter(
    (each) => notInTheDialect(each) === null && parseExpression(each.expr).problems.length === 0,
  );
  expect(readable.length).toBeGreaterThan(1_400);
  for (const { expr } of readable) expectSameTree(expr);
});

test('so is any other', () => {
  fc.assert(fc.property(randomExpression, expectSameTree), { numRuns: 3_000 });
});
