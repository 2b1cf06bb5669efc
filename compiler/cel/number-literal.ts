import { INT_MAX, UINT_MAX } from './integers.ts';
import type { Literal, Range } from './ast.ts';
import type { ReportCel } from './problem.ts';

const NUMBER = /0x[0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
/** What numbers there are. */
export const INTEGERS = `an int is at most ${INT_MAX}, a uint \`${UINT_MAX}u\``;

const REST = /[A-Za-z0-9_]+/y;

/**
 * Reads a number that starts here; null when none does. An int can be 2^63, since its sign is not known yet. A number too
 * large for its type, or run together with letters, is reported, and its literal is null.
 */
export function readNumber(
  text: string,
  start: number,
  report: ReportCel,
): (Range & { readonly literal: Literal | null }) | null {
  NUMBER.lastIndex = start;
  const token = NUMBER.exec(text)?.[0];
  if (token === undefined) return null;
  const end = start + token.length;
  REST.lastIndex = end;
  const rest = REST.exec(text)?.[0] ?? 'in';
  if (rest !== 'in') {
    const range = { start, end: end + rest.length };
    report(
      'cel/bad-literal',
      range,
      `\`${token}${rest}\` is not a number`,
      'put a space or an operator behind the number',
    );
    return { ...range, literal: null };
  }
  const literal = valueOf(token);
  if (literal === null) {
    report('cel/bad-literal', { start, end }, `${token} does not fit in 64 bits`, INTEGERS);
  } else if (literal.type === 'double' && !Number.isFinite(literal.value)) {
    report(
      'cel/bad-literal',
      { start, end },
      `${token} is larger than any double`,
      'the largest is 1.7976931348623157e308',
    );
    return { start, end, literal: null };
  }
  return { start, end, literal };
}

function valueOf(token: string): Literal | null {
  const isHex = token.startsWith('0x');
  if (!isHex && /[.eE]/.test(token)) return { type: 'double', value: Number(token) };
  const isUnsigned = /u$/i.test(token);
  const value = BigInt(isUnsigned ? token.slice(0, -1) : token);
  if (value > (isUnsigned ? UINT_MAX : INT_MAX + 1n)) return null;
  return { type: isUnsigned ? 'uint' : 'int', value };
}
