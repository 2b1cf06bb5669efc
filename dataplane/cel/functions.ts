import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';
import { index, isIn, mapInsert, mapInsertMap, size } from './collection.ts';
import { toBool, toBytes, toDouble, toDuration, toDyn, toInt, toText, toTimestamp, toUint, typeOf } from './convert.ts';
import { equals } from './equality.ts';
import type { Frame } from './frame.ts';
import { logicalNot, notStrictlyFalse } from './logic.ts';
import { greater, greaterEquals, less, lessEquals } from './ordering.ts';
import { FUNCTIONS } from './overloads.ts';
import {
  charAt,
  contains,
  endsWith,
  indexOf,
  indexOfFrom,
  join,
  lastIndexOf,
  lastIndexOfFrom,
  lowerAscii,
  replace,
  reverse,
  split,
  startsWith,
  substring,
  substringTo,
  trim,
  upperAscii,
} from './text.ts';
import { TIME_METHODS, timePart, zonedTimePart } from './time-parts.ts';
import type { Outcome } from './value.ts';

/**
 * What implements a function: total, over faults too. It tells its operands' types itself, so every overload of a
 * function has the same one.
 */
export type Implementation =
  | { readonly arity: 1; readonly run: (a: Outcome, frame: Frame) => Outcome }
  | { readonly arity: 2; readonly run: (a: Outcome, b: Outcome, frame: Frame) => Outcome }
  | { readonly arity: 3; readonly run: (a: Outcome, b: Outcome, c: Outcome, frame: Frame) => Outcome }
  | { readonly arity: 4; readonly run: (a: Outcome, b: Outcome, c: Outcome, d: Outcome, frame: Frame) => Outcome };

const unary = (run: (a: Outcome, frame: Frame) => Outcome): Implementation => ({ arity: 1, run });
const binary = (run: (a: Outcome, b: Outcome, frame: Frame) => Outcome): Implementation => ({ arity: 2, run });
const ternary = (run: (a: Outcome, b: Outcome, c: Outcome, frame: Frame) => Outcome): Implementation => ({
  arity: 3,
  run,
});

/** By name, method or not, and arity. What evaluates its operands lazily (`&&`, `||`, `?:`) is not among them. */
const implementations = new Map<string, Implementation>([
  ['!_/1', unary(logicalNot)],
  ['@not_strictly_false/1', unary(notStrictlyFalse)],
  ['_==_/2', binary(equals)],
  ['_!=_/2', binary((a, b, frame) => logicalNot(equals(a, b, frame)))],
  ['_<_/2', binary(less)],
  ['_<=_/2', binary(lessEquals)],
  ['_>_/2', binary(greater)],
  ['_>=_/2', binary(greaterEquals)],
  ['_+_/2', binary(add)],
  ['_-_/2', binary(subtract)],
  ['_*_/2', binary(multiply)],
  ['_/_/2', binary(divide)],
  ['_%_/2', binary(modulo)],
  ['-_/1', unary(negate)],
  ['@in/2', binary(isIn)],
  ['_[_]/2', binary(index)],
  ['@mapInsert/3', ternary(mapInsert)],
  ['@mapInsert/2', binary(mapInsertMap)],
  ['int/1', unary(toInt)],
  ['uint/1', unary(toUint)],
  ['double/1', unary(toDouble)],
  ['bool/1', unary(toBool)],
  ['string/1', unary(toText)],
  ['bytes/1', unary(toBytes)],
  ['timestamp/1', unary(toTimestamp)],
  ['duration/1', unary(toDuration)],
  ['dyn/1', unary(toDyn)],
  ['type/1', unary(typeOf)],
  ['size/1', unary(size)],
  ['.size/1', unary(size)],
  ['.startsWith/2', binary(startsWith)],
  ['.endsWith/2', binary(endsWith)],
  ['.contains/2', binary(contains)],
  ['.charAt/2', binary(charAt)],
  ['.indexOf/2', binary(indexOf)],
  ['.indexOf/3', ternary(indexOfFrom)],
  ['.lastIndexOf/2', binary(lastIndexOf)],
  ['.lastIndexOf/3', ternary(lastIndexOfFrom)],
  ['.lowerAscii/1', unary(lowerAscii)],
  ['.upperAscii/1', unary(upperAscii)],
  ['.replace/3', ternary((text, old, by, frame) => replace(text, old, by, -1, frame))],
  ['.replace/4', { arity: 4, run: replace }],
  ['.split/2', binary((text, separator, frame) => split(text, separator, -1, frame))],
  ['.split/3', ternary(split)],
  ['.substring/2', binary(substring)],
  ['.substring/3', ternary(substringTo)],
  ['.trim/1', unary(trim)],
  ['.reverse/1', unary(reverse)],
  ['.join/1', unary((list, frame) => join(list, '', frame))],
  ['.join/2', binary(join)],
  ...TIME_METHODS.flatMap((name): [string, Implementation][] => [
    [`.${name}/1`, unary(timePart(name))],
    [`.${name}/2`, binary(zonedTimePart(name))],
  ]),
]);

const byOverload = new Map<string, Implementation>();
for (const { name, method, arity, overloads, dynamic } of FUNCTIONS) {
  const implementation = implementations.get(`${method ? '.' : ''}${name}/${arity}`);
  if (implementation === undefined) continue;
  for (const { id } of [...overloads, dynamic]) byOverload.set(id, implementation);
}

/** What an overload id stands for; null for the lazy operators, and for no id of the table. */
export function implementationOf(overload: string): Implementation | null {
  return byOverload.get(overload) ?? null;
}
