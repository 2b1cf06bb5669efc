import * as fc from 'fast-check';

type Texts = Readonly<Record<'bool' | 'int' | 'double' | 'string', string>>;

const compare = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');

/** Conditions about `REFUND` that have a type, with every kind of access to what may be absent, null or untyped. */
export const randomCondition: fc.Arbitrary<string> = fc.letrec<Texts>((tie) => ({
  bool: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'false', 'claims.mfa', 'has(args.note)', 'has(args.customer)', 'args.limit == null'),
    fc
      .tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('int'), compare, tie('int')).map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc.tuple(tie('int'), compare, tie('double')).map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc.tuple(tie('double'), compare, tie('double')).map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc.tuple(tie('string'), compare, tie('string')).map(([a, operator, b]) => `${a} ${operator} ${b}`),
    tie('bool').map((a) => `!(${a})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `${a}.startsWith(${b})`),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `${a} in [${b}, "x"]`),
    fc.tuple(tie('double'), tie('int')).map(([a, b]) => `${a} in [${b}, 2]`),
    tie('string').map((a) => `${a} in args.tags`),
    tie('int').map((a) => `(args.limit != null && args.limit < ${a})`),
    tie('int').map((a) => `(args.limit == null || args.limit + 1 > ${a})`),
    tie('string').map((a) => `(has(args.note) && args.note != ${a})`),
    tie('string').map((a) => `(!has(args.note) || args.note.size() < 3 && args.note < ${a})`),
    tie('string').map((a) => `(has(args.customer) && has(args.customer.country) && args.customer.country == ${a})`),
    tie('double').map((a) => `args.items.exists(i, has(i.price) && i.price > ${a})`),
    fc.tuple(tie('bool'), tie('string')).map(([a, b]) => `args.tags.all(t, ${a} || t <= ${b})`),
    tie('string').map((a) => `(dyn(args.choice) == ${a})`),
    tie('int').map((a) => `(dyn(args.choice) == ${a} || type(args.choice) == string)`),
    tie('int').map((a) => `args.tags.exists_one(i, t, i == ${a} && t != "")`),
  ),
  int: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '0',
      '1',
      '-3',
      'args.amount',
      'args.tags.size()',
      'args.items.map(i, i.sku).size()',
      '9223372036854775807',
    ),
    fc
      .tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('string').map((a) => `${a}.size()`),
    tie('double').map((a) => `int(${a})`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
  double: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('0.5', '-2.0', 'args.ratio', '1e300'),
    fc
      .tuple(tie('double'), fc.constantFrom('+', '-', '*', '/'), tie('double'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('int').map((a) => `double(${a})`),
  ),
  string: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('""', '"x"', '"usd"', 'args.currency', 'args.tags[0]', 'tool.name', 'principal.kind', 'client.id'),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a} + ${b})`),
    tie('int').map((a) => `string(${a})`),
    tie('int').map((a) => `args.tags[${a}]`),
    tie('string').map((a) => `${a}.lowerAscii()`),
    fc.tuple(tie('bool'), tie('string'), tie('string')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).bool;
