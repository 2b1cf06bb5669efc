import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROJECTION } from '../../../dataplane/cel/decode-projection.ts';
import { InvalidArguments, projectArguments } from '../../../dataplane/cel/project-arguments.ts';
import { buildProjection } from '../../../dataplane/cel/projection-plan.ts';
import { Double, isList, MapValue, type Value } from '../../../dataplane/cel/value.ts';
import { decodeShape } from '../../../dataplane/format/shape.ts';
import { JSON_DEPTH_MAX } from '../../../dataplane/limits.ts';
import type { Projection } from '../../../schemas/types/expression.ts';
import { describeValue } from './describe-value.ts';

const NOTHING = {
  nullable: false,
  enum: null,
  members: null,
  required: [],
  undeclared: 'refuse',
  items: null,
} as const;
const INTEGER: Projection = { ...NOTHING, type: 'integer' };
const NUMBER: Projection = { ...NOTHING, type: 'number' };
const STRING: Projection = { ...NOTHING, type: 'string' };
const BOOLEAN: Projection = { ...NOTHING, type: 'boolean' };
const ANY: Projection = { ...NOTHING, type: 'any' };
const NULL: Projection = { ...NOTHING, type: 'null' };

function object(members: Readonly<Record<string, Projection | null>>, more: Partial<Projection> = {}): Projection {
  return { ...NOTHING, type: 'object', members, ...more };
}

function array(items: Projection): Projection {
  return { ...NOTHING, type: 'array', items };
}

function project(json: string, projection: Projection): Value | InvalidArguments {
  // Offsets are into the body: what is around the arguments must not matter.
  const body = Buffer.from(`{"params":{"arguments":${json}}}`);
  const span = { start: 23, end: 23 + Buffer.byteLength(json) };
  return projectArguments(body, span, buildProjection(projection));
}

function outcome(json: string, projection: Projection): string {
  const value = project(json, projection);
  if (!(value instanceof InvalidArguments)) return describeValue(value);
  const expected = value.expected === null ? '' : `, expected ${value.expected}`;
  return `${value.problem} at ${value.path.join('.')}${expected}`;
}

const payment = object(
  {
    amount: INTEGER,
    currency: { ...STRING, enum: ['usd', 'eur'] },
    rate: { ...NUMBER, nullable: true },
    customer: object({ id: STRING, vip: BOOLEAN }, { required: ['id'] }),
    lines: array(object({ sku: STRING, count: INTEGER }, { required: ['sku'] })),
    note: null,
    meta: ANY,
  },
  { required: ['amount'] },
);

const cases: readonly (readonly [json: string, outcome: string])[] = [
  ['{"amount":5}', '{"amount": 5}'],
  ['{"amount":5,"currency":"usd"}', '{"amount": 5, "currency": "usd"}'],
  ['{"amount":5,"currency":"\\u0075sd"}', '{"amount": 5, "currency": "usd"}'],
  ['{"amount":5,"rate":1}', '{"amount": 5, "rate": double 1}'],
  ['{"amount":5,"rate":null}', '{"amount": 5, "rate": null}'],
  ['{"amount":5,"note":[1,{"x":"unread"}]}', '{"amount": 5}'],
  ['{"amount":5,"customer":{"id":"c1","vip":true}}', '{"amount": 5, "customer": {"id": "c1", "vip": true}}'],
  ['{"amount":5,"lines":[]}', '{"amount": 5, "lines": []}'],
  [
    '{"lines":[{"count":2,"sku":"a"},{"sku":"b"}],"amount":5}',
    '{"amount": 5, "lines": [{"count": 2, "sku": "a"}, {"sku": "b"}]}',
  ],
  ['{"amount":5,"meta":{"a":[1,null,{"b":"c"}]}}', '{"amount": 5, "meta": {"a": [double 1, null, {"b": "c"}]}}'],
  ['{ "amount" : 5 }', '{"amount": 5}'],
  ['{}', 'missing at amount'],
  ['{"currency":"usd"}', 'missing at amount'],
  ['{"amount":"5"}', 'type at amount, expected integer'],
  ['{"amount":5.5}', 'type at amount, expected integer'],
  ['{"amount":null}', 'type at amount, expected integer'],
  ['{"amount":true}', 'type at amount, expected integer'],
  ['{"amount":[5]}', 'type at amount, expected integer'],
  ['{"amount":5,"currency":"USD"}', 'enum at currency, expected string'],
  ['{"amount":5,"currency":null}', 'type at currency, expected string'],
  ['{"amount":5,"rate":"1"}', 'type at rate, expected number'],
  ['{"amount":5,"rate":1e999}', 'type at rate, expected number'],
  ['{"amount":5,"customer":{}}', 'missing at customer.id'],
  ['{"amount":5,"customer":{"id":"c1","vip":"yes"}}', 'type at customer.vip, expected boolean'],
  ['{"amount":5,"customer":{"id":"c1","age":7}}', 'undeclared at customer.age'],
  ['{"amount":5,"lines":[{"sku":"a"},{"count":1}]}', 'missing at lines.1.sku'],
  ['{"amount":5,"lines":[{"sku":"a"},{"sku":"b","count":1.5}]}', 'type at lines.1.count, expected integer'],
  ['{"amount":5,"lines":{"0":{"sku":"a"}}}', 'type at lines, expected array'],
  ['{"amount":5,"amuont":6}', 'undeclared at amuont'],
  ['{"amount":5,"Amount":6}', 'look-alike-key at Amount'],
  ['{"\\u0061mount":5}', 'look-alike-key at amount'],
  ['{"amount":5,"__proto__":{"x":1}}', 'undeclared at __proto__'],
  ['{"amount":5,"meta":1e999}', 'type at meta, expected any'],
  ['[]', 'type at , expected object'],
  ['null', 'type at , expected object'],
  ['{"amount":5,"amount":6}', 'malformed at '],
];

test.each(cases)('%s: %s', (json, expected) => {
  expect(outcome(json, payment)).toBe(expected);
});

test('a call without arguments has none of them', () => {
  const noArguments = (projection: Projection) =>
    projectArguments(Buffer.from('{}'), null, buildProjection(projection));
  expect(describeValue(noArguments(object({ a: INTEGER })) as Value)).toBe('{}');
  expect(noArguments(payment)).toMatchObject({ problem: 'missing', path: ['amount'] });
});

const integers: readonly (readonly [token: string, value: string])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['-0.0', '0'],
  ['0e5', '0'],
  ['0e999', '0'],
  ['5.0', '5'],
  ['5.000000000000000000000000', '5'],
  ['1e3', '1000'],
  ['1E+3', '1000'],
  ['1000e-3', '1'],
  ['-12.50e1', '-125'],
  ['0.00001e5', '1'],
  ['999999999999999', '999999999999999'],
  ['9007199254740991', '9007199254740991'],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740993.0', '9007199254740993'],
  ['9007199254740992.1', 'type at a, expected integer'],
  ['9223372036854775807', '9223372036854775807'],
  ['9223372036854775808', 'type at a, expected integer'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['-9223372036854775809', 'type at a, expected integer'],
  ['9.223372036854775807e18', '9223372036854775807'],
  ['92233720368547758070e-1', '9223372036854775807'],
  ['1e19', 'type at a, expected integer'],
  ['1e999999999', 'type at a, expected integer'],
  ['5.1', 'type at a, expected integer'],
  ['1e-1', 'type at a, expected integer'],
  ['0.5e0', 'type at a, expected integer'],
  ['1e-999999999', 'type at a, expected integer'],
];

test.each(integers)('the integer %s is read as %s', (token, value) => {
  expect(outcome(`{"a":${token}}`, object({ a: INTEGER }))).toBe(value.startsWith('type') ? value : `{"a": ${value}}`);
});

test('an integer of 64 bits is read exactly however it is written', () => {
  const form = fc.record({
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    zeros: fc.nat(5),
    shift: fc.nat(25),
    notation: fc.constantFrom('plain', 'fraction', 'exponent', 'shifted'),
  });
  fc.assert(
    fc.property(form, ({ value, zeros, shift, notation }) => {
      const sign = value < 0n ? '-' : '';
      const digits = String(value < 0n ? -value : value);
      const padded = digits.padStart(shift + 1, '0');
      const tokens = {
        plain: digits,
        fraction: `${digits}.${'0'.repeat(zeros + 1)}`,
        exponent: value === 0n ? '0e-5' : `${digits}${'0'.repeat(zeros)}e-${zeros}`,
        shifted: `${padded.slice(0, padded.length - shift)}${shift === 0 ? '' : `.${padded.slice(padded.length - shift)}`}e+${shift}`,
      };
      expect(outcome(`{"a":${sign}${tokens[notation]}}`, object({ a: INTEGER }))).toBe(`{"a": ${value}}`);
    }),
    { numRuns: 2_000 },
  );
});

test.each<readonly [what: string, json: string, projection: Projection, outcome: string]>([
  [
    'members at an open level are not read',
    '{"a":1,"b":2}',
    object({ a: INTEGER }, { undeclared: 'skip' }),
    '{"a": 1}',
  ],
  ['or read like any', '{"a":1,"b":2}', object({ a: INTEGER }, { undeclared: 'read' }), '{"a": 1, "b": double 2}'],
  ['deep ones too', '{"b":{"c":[2]}}', object({ a: INTEGER }, { undeclared: 'read' }), '{"b": {"c": [double 2]}}'],
  ['but no look-alike', '{"A":1}', object({ a: INTEGER }, { undeclared: 'skip' }), 'look-alike-key at A'],
  ['nor there', '{"a\\u200b":1}', object({ a: INTEGER }, { undeclared: 'read' }), 'look-alike-key at a\u200b'],
  ['an enum of integers', '{"a":2.0}', object({ a: { ...INTEGER, enum: ['1', '2'] } }), '{"a": 2}'],
  [
    'an enum beyond doubles',
    '{"a":9007199254740992}',
    object({ a: { ...INTEGER, enum: ['9007199254740993'] } }),
    'enum at a, expected integer',
  ],
  ['an enum of numbers', '{"a":15e-1}', object({ a: { ...NUMBER, enum: ['1.5'] } }), '{"a": double 1.5}'],
  ['an enum of booleans', '{"a":false}', object({ a: { ...BOOLEAN, enum: ['true'] } }), 'enum at a, expected boolean'],
  ['null beside an enum', '{"a":null}', object({ a: { ...STRING, enum: ['x'], nullable: true } }), '{"a": null}'],
  ['null alone', '{"a":null}', object({ a: NULL }), '{"a": null}'],
  ['not null', '{"a":0}', object({ a: NULL }), 'type at a, expected null'],
  ['no arguments but an object', '"x"', ANY, '"x"'],
  ['a nullable object', '{"a":null}', object({ a: object({}, { nullable: true }) }), '{"a": null}'],
  [
    'a name of every kind',
    '{"__proto__":1,"a b":2,"":3}',
    object({ ['__proto__']: INTEGER, 'a b': INTEGER, '': INTEGER }),
    '{"": 3, "__proto__": 1, "a b": 2}',
  ],
  ['a name in another alphabet', '{"größe":1}', object({ größe: INTEGER }), '{"größe": 1}'],
  ['the same name in ASCII', '{"gr\\u00f6\\u00dfe":1}', object({ größe: INTEGER }), '{"größe": 1}'],
  ['a large number as any', '{"a":9007199254740993}', object({ a: ANY }), '{"a": 9007199254740993}'],
  ['one that a double holds', '{"a":9007199254740994}', object({ a: ANY }), '{"a": double 9007199254740994}'],
  ['one beyond 64 bits', '{"a":18446744073709551617}', object({ a: ANY }), '{"a": double 18446744073709552000}'],
  ['-0 as any', '{"a":-0}', object({ a: ANY }), '{"a": double 0}'],
])('%s: %s', (_what, json, projection, expected) => {
  expect(outcome(json, projection)).toBe(expected);
});

test('JSON as deep as it may be is read, and no deeper', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(project(nested(JSON_DEPTH_MAX), ANY)).not.toBeInstanceOf(InvalidArguments);
  expect(project(nested(JSON_DEPTH_MAX + 1), ANY)).toMatchObject({ problem: 'malformed' });
});

/** A value as JavaScript reads it, which rounds large integers. */
function plain(value: Value): unknown {
  if (value instanceof Double) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(plain);
  if (!(value instanceof MapValue)) return value;
  return Object.fromEntries([...value.entries].map(([key, each]) => [String(key), plain(each)]));
}

test('whatever JSON says, any says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const json = JSON.stringify(value);
      const read = project(json, ANY);
      expect(read).not.toBeInstanceOf(InvalidArguments);
      expect(plain(read as Value)).toEqual(JSON.parse(json));
    }),
    { numRuns: 2_000 },
  );
});

test('the shape of a projection is checked when a bundle is read', () => {
  const ok = (value: unknown) => decodeShape(PROJECTION, JSON.parse(JSON.stringify(value))).ok;
  expect(ok(payment)).toBe(true);
  expect(ok({ ...payment, extra: 1 })).toBe(false);
  const wrong: readonly (readonly [value: unknown, at: string, message: string])[] = [
    [{ ...INTEGER, type: 'int' }, 'type', 'expected one of object, array, string, integer, number, boolean, null, any'],
    [{ ...INTEGER, members: {} }, '', 'an object, and nothing else, has members'],
    [{ ...NOTHING, type: 'object' }, '', 'an object, and nothing else, has members'],
    [{ ...NOTHING, type: 'array' }, '', 'an array, and nothing else, has items'],
    [object({ a: INTEGER }, { required: ['b'] }), '', 'requires the undeclared member "b"'],
    [object({ a: { ...INTEGER, enum: ['1.5'] } }), 'members.a', 'admits "1.5", which is no integer'],
    [object({ a: { ...ANY, enum: ['x'] } }), 'members.a', 'admits "x", which is no any'],
    [array({ ...BOOLEAN, enum: ['yes'] }), 'items', 'admits "yes", which is no boolean'],
  ];
  for (const [value, at, message] of wrong) expect(decodeShape(PROJECTION, value)).toEqual({ ok: false, at, message });
  let deep: Projection = INTEGER;
  for (let level = 1; level < JSON_DEPTH_MAX; level++) deep = array(deep);
  expect(ok(deep)).toBe(true);
  expect(ok(array(deep))).toBe(false);
});
