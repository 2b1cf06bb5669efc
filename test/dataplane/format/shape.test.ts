import { expect, test } from 'vitest';
import {
  boolean,
  decodeShape,
  integer,
  keyed,
  list,
  literal,
  nullable,
  object,
  record,
  tagged,
  text,
  type Shape,
} from '../../../dataplane/format/shape.ts';

const shape = object<{ readonly a: string; readonly b: readonly { readonly n: number | null }[] }>({
  a: text(/^x/, 3),
  b: list(object<{ readonly n: number | null }>({ n: nullable(integer(-1, 5)) }), 2),
});

const aOrB = keyed<{ readonly a: string } | { readonly b: string }>({
  a: object({ a: text() }),
  b: object({ b: text() }),
});

const cases: readonly (readonly [name: string, shape: Shape<unknown>, value: unknown, problem: string | null])[] = [
  ['a value of its shape is accepted', shape, { a: 'xyz', b: [{ n: 1 }, { n: null }] }, null],
  ['a missing member is named', shape, { a: 'x' }, ': lacks b'],
  ['an unknown member is named', shape, { a: 'x', b: [], c: 1 }, ': has the unknown member "c"'],
  ['an inherited member is missing', shape, Object.create({ a: 'x', b: [] }), ': lacks a'],
  [
    'a fault inside is given with its place',
    shape,
    { a: 'x', b: [{ n: 1 }, { n: 6 }] },
    'b[1].n: expected an integer from -1 to 5',
  ],
  ['a fraction is no integer', integer(0), 0.5, ': expected an integer from 0 to 9007199254740991'],
  ['minus zero is no integer', integer(0), -0, ': expected an integer from 0 to 9007199254740991'],
  ['an inexact integer is none', integer(0), 2 ** 53, ': expected an integer from 0 to 9007199254740991'],
  ['a digit string is no integer', integer(0), '1', ': expected an integer from 0 to 9007199254740991'],
  ['a text over its length is refused', text(null, 3), 'abcd', ': longer than 3 characters'],
  ['a text against its pattern is refused', text(/^[a-z]+$/), 'A', ': expected a text like ^[a-z]+$'],
  ['a number is no text', text(), 1, ': expected a text'],
  ['null is no text', text(), null, ': expected a text'],
  ['1 is not true', boolean(), 1, ': expected true or false'],
  ['a literal is one of those listed', literal('a', null), 'b', ': expected one of a, null'],
  ['a list over its length is refused', list(text(), 1), ['a', 'b'], ': more than 1 items'],
  ['a mapping is no list', list(text()), {}, ': expected a list'],
  ['a list is no mapping', record(text()), [], ': expected a mapping'],
  ['a mapping over its size is refused', record(text(), 1), { a: '', b: '' }, ': more than 1 members'],
  ['a mapping may have any names', record(text()), JSON.parse('{"__proto__":"x","constructor":"y"}'), null],
  ['a mapping checks any names', record(text()), JSON.parse('{"__proto__":1}'), '__proto__: expected a text'],
  ['null is no object', shape, null, ': expected an object'],
  ['a list is no object', shape, [], ': expected an object'],
  ['a tag chooses the variant', tagged('kind', { a: object({ kind: literal('a') }) }), { kind: 'a' }, null],
  [
    'an unknown tag is refused',
    tagged('kind', { a: object({ kind: literal('a') }) }),
    { kind: 'toString' },
    ': expected kind to be one of a',
  ],
  [
    'a tag that is no text is refused',
    tagged('kind', { a: object({ kind: literal('a') }) }),
    { kind: ['a'] },
    'kind: expected one of a',
  ],
  ['a member chooses the variant', aOrB, { b: 'x' }, null],
  ['both members are too many', aOrB, { a: '', b: '' }, ': has the unknown member "b"'],
  ['neither member is too few', aOrB, {}, ': lacks a or b'],
];

test.each(cases)('%s', (_name, shape, value, problem) => {
  const result = decodeShape(shape, value);
  expect(result.ok ? null : `${result.at}: ${result.message}`).toBe(problem);
});
