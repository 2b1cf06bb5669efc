import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../dataplane/format/canonical-json.ts';
import { canonicalTree, parseJsonTree } from '../../../dataplane/format/json-tree.ts';

const cases: readonly (readonly [name: string, value: unknown, text: string])[] = [
  [
    'members are sorted by UTF-16 code unit',
    { '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 },
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
  ],
  [
    'nested members are sorted, items are not',
    { b: [2, 1, { d: null, c: true }], a: {} },
    '{"a":{},"b":[2,1,{"c":true,"d":null}]}',
  ],
  ['numbers are written as ECMAScript writes them', [1, 1.0, -0, 1e21, 1e-7, 0.1], '[1,1,0,1e+21,1e-7,0.1]'],
  ['strings are escaped only where they must be', '\u0000\u001f"\\/\u2028é', '"\\u0000\\u001f\\"\\\\/\u2028é"'],
  ['half a surrogate pair keeps its escape', '\ud800', '"\\ud800"'],
  ['a member may be called __proto__', JSON.parse('{"b":1,"__proto__":{"x":1}}'), '{"__proto__":{"x":1},"b":1}'],
];

test.each(cases)('%s', (_name, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([
  ['undefined', undefined],
  ['a member without a value', { a: undefined }],
  ['NaN', Number.NaN],
  ['infinity', [Number.POSITIVE_INFINITY]],
  ['a big integer', 1n],
  ['a function', () => 1],
  ['a date', new Date(0)],
  ['a map', new Map()],
])('%s has no JSON and is our mistake', (_name, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

test('parsing gives the value back, and writing it again the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('it agrees with the canonical text of the tree that keeps number tokens', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      const tree = parseJsonTree(text);
      if (tree.ok) expect(canonicalTree(tree.tree)).toBe(text);
    }),
  );
});
