import type { JsonTree } from '../../dataplane/format/json-tree.ts';
import type { Literal } from './ast.ts';
import { INT_MAX, INT_MIN } from './integers.ts';

/** The digits of an integer that a JSON number can be written as: `5`, `5.0`, `0.5e1`. Bounds what is computed exactly. */
const EXPONENT_MAX = 400;

/** A scalar of a schema as a literal; null for objects, arrays and integers beyond 64 bits. */
export function literalOf(tree: JsonTree, isInteger: boolean): Literal | null {
  switch (tree.kind) {
    case 'string':
      return { type: 'string', value: tree.value };
    case 'literal':
      return tree.value === null ? { type: 'null' } : { type: 'bool', value: tree.value };
    case 'number': {
      if (!isInteger) return { type: 'double', value: Number(tree.token) };
      const value = integerOf(tree.token);
      return value === null || value < INT_MIN || value > INT_MAX ? null : { type: 'int', value };
    }
    case 'object':
    case 'array':
      return null;
  }
}

/** Whether a number token has an integral value, however it is written (language.md, rule 11). */
export function isIntegral(token: string): boolean {
  return integerOf(token) !== null;
}

function integerOf(token: string): bigint | null {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(token) ?? [];
  const shift = Number(exponent) - fraction.length;
  if (Math.abs(shift) > EXPONENT_MAX) return null;
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return signed(sign, digits * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  return digits % divisor === 0n ? signed(sign, digits / divisor) : null;
}

function signed(sign: string, value: bigint): bigint {
  return sign === '-' ? -value : value;
}

/** Whether two scalars of schemas are the same JSON value. */
export function sameLiteral(left: Literal, right: Literal): boolean {
  if (left.type === 'null' || right.type === 'null') return left.type === right.type;
  if (left.type === right.type) return left.value === right.value;
  const [a, b] = [left.value, right.value];
  if (typeof a === 'bigint') return typeof b === 'number' && Number(a) === b;
  return typeof a === 'number' && typeof b === 'bigint' && a === Number(b);
}
