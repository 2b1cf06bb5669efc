import * as fc from 'fast-check';

const NAMES = ['args', 'claims', 'now', 'x', 'y', 'principal', 'tool', 'int', '.x'];
const MEMBERS = ['amount', 'note', 'customer', 'email', 'tags', 'items', 'in_', 'for', 'size'];
// prettier-ignore
const LITERALS = [
  '0', '1', '-1', '42u', '9223372036854775807', '-9223372036854775808', '1.5', '-0.0', '1e300', '.5', '0x1F',
  '"a"', "'it\\'s'", 'r"\\d"', '"""a\nb"""', '"\\u00e9\\n"', '"😀"', 'b"\\xff"', 'true', 'false', 'null', '""',
];
const OPERATORS = ['&&', '||', '==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'];
const MACROS = ['all', 'exists', 'exists_one', 'filter', 'map'];

/** Text that parses, of every form that there is; most of it has no type. */
export const randomExpression: fc.Arbitrary<string> = fc.letrec<{ expression: string; value: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('value'),
    fc
      .tuple(tie('expression'), fc.constantFrom(...OPERATORS), tie('expression'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc.tuple(tie('value'), tie('value'), tie('expression')).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NAMES),
    fc.constantFrom(...LITERALS),
    tie('expression').map((inner) => `(${inner})`),
    fc.tuple(fc.constantFrom('!', '-', '--', '!!'), tie('value')).map(([sign, value]) => `${sign}(${value})`),
    fc.tuple(tie('value'), fc.constantFrom(...MEMBERS)).map(([of, name]) => `(${of}).${name}`),
    fc.tuple(tie('value'), tie('expression')).map(([of, index]) => `(${of})[${index}]`),
    fc.tuple(tie('value'), fc.constantFrom(...MEMBERS)).map(([of, name]) => `has((${of}).${name})`),
    fc
      .tuple(tie('value'), fc.constantFrom(...MACROS), tie('expression'))
      .map(([of, macro, body]) => `(${of}).${macro}(x, ${body})`),
    fc.tuple(tie('value'), tie('expression')).map(([of, arg]) => `(${of}).startsWith(${arg})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(tie('expression'), tie('expression')), { maxLength: 2 })
      .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
    tie('expression').map((arg) => `size(${arg})`),
  ),
})).expression;
