import type { Built } from './build.ts';
import { isIn } from './collection.ts';
import { constantSet, equals } from './equality.ts';
import { mismatch, type Fault } from './fault.ts';
import { charge, textSteps, type Evaluate, type Frame } from './frame.ts';
import { implementationOf } from './functions.ts';
import { logicalNot } from './logic.ts';
import { greater, greaterEquals, less, lessEquals } from './ordering.ts';
import { contains, endsWith, startsWith } from './text.ts';
import { Double, isList, type Outcome, type Value } from './value.ts';

type Binary = (a: Outcome, b: Outcome, frame: Frame) => Outcome;

/**
 * The calls that conditions are made of, with the operands that they mostly have: next to a constant, the types to be
 * told apart at run time are few. Whatever is not met here gets the general form, and whatever operands do not fit fall
 * back to the function itself, so nothing is decided differently. Null: no special form.
 */
export function specialize(fn: string, operands: readonly Built[]): Evaluate | null {
  const implementation = implementationOf(fn);
  const [left, right] = operands;
  if (implementation?.arity === 1 && implementation.run === logicalNot && left !== undefined) return not(left.evaluate);
  if (implementation?.arity !== 2 || left === undefined || right === undefined) return null;
  const { run } = implementation;
  const limit = right.constant === undefined ? null : limitOf(right.constant);
  if (limit !== null && right.constant !== undefined) {
    const bounded = compareWith(run, left.evaluate, limit, right.constant);
    if (bounded !== null) return bounded;
  }
  if (run === less) return lessThan(left.evaluate, right.evaluate);
  if (run === equals) return equalTo(left, right);
  if (run === isIn) return memberOf(left, right);
  if (typeof right.constant !== 'string') return null;
  if (run === startsWith) return startingWith(left.evaluate, right.constant);
  if (run === endsWith) return endingWith(left.evaluate, right.constant);
  return run === contains ? containing(left.evaluate, right.constant) : null;
}

function not(operand: Evaluate): Evaluate {
  return (frame) => {
    const outcome = operand(frame);
    if (outcome === true) return false;
    return outcome === false ? true : mismatch(outcome);
  };
}

/** A number constant as JavaScript compares it; null when it has no such form. */
function limitOf(constant: Value): number | null {
  if (typeof constant === 'number') return constant;
  return constant instanceof Double ? constant.value : null;
}

/** `left < 100` and its like. Ints that are numbers compare with ints and doubles as JavaScript's numbers do. */
function compareWith(run: Binary, left: Evaluate, limit: number, constant: Value): Evaluate | null {
  if (run === less) {
    return (frame) => {
      const a = left(frame);
      if (typeof a === 'number') return a < limit;
      return a instanceof Double ? a.value < limit : less(a, constant, frame);
    };
  }
  if (run === lessEquals) {
    return (frame) => {
      const a = left(frame);
      if (typeof a === 'number') return a <= limit;
      return a instanceof Double ? a.value <= limit : lessEquals(a, constant, frame);
    };
  }
  if (run === greater) {
    return (frame) => {
      const a = left(frame);
      if (typeof a === 'number') return a > limit;
      return a instanceof Double ? a.value > limit : greater(a, constant, frame);
    };
  }
  if (run !== greaterEquals) return null;
  return (frame) => {
    const a = left(frame);
    if (typeof a === 'number') return a >= limit;
    return a instanceof Double ? a.value >= limit : greaterEquals(a, constant, frame);
  };
}

function lessThan(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    return typeof a === 'number' && typeof b === 'number' ? a < b : less(a, b, frame);
  };
}

function equalTo(left: Built, right: Built): Evaluate {
  const { evaluate } = right.constant === undefined ? right : left;
  const constant = right.constant === undefined ? left.constant : right.constant;
  if (typeof constant === 'string') {
    return (frame) => {
      const a = evaluate(frame);
      return typeof a === 'string' ? a === constant : equals(a, constant, frame);
    };
  }
  if (typeof constant === 'number') {
    return (frame) => {
      const a = evaluate(frame);
      return typeof a === 'number' ? a === constant : equals(a, constant, frame);
    };
  }
  return (frame) => equals(left.evaluate(frame), right.evaluate(frame), frame);
}

function memberOf(needle: Built, collection: Built): Evaluate {
  const { constant } = collection;
  const texts = constant !== undefined && isList(constant) ? constantSet(constant) : null;
  if (texts !== null && constant !== undefined) {
    const { evaluate } = needle;
    return (frame) => {
      const a = evaluate(frame);
      return typeof a === 'string' ? texts.has(a) : isIn(a, constant, frame);
    };
  }
  const text = needle.constant;
  if (typeof text !== 'string') {
    return (frame) => isIn(needle.evaluate(frame), collection.evaluate(frame), frame);
  }
  const { evaluate } = collection;
  return (frame) => {
    const list = evaluate(frame);
    return isList(list) ? hasText(list, text, frame) : isIn(text, list, frame);
  };
}

function hasText(list: readonly Value[], text: string, frame: Frame): boolean | Fault {
  const exceeded = charge(frame, list.length);
  if (exceeded !== null) return exceeded;
  for (let index = 0; index < list.length; index++) if (list[index] === text) return true;
  return false;
}

function startingWith(left: Evaluate, part: string): Evaluate {
  return (frame) => {
    const text = left(frame);
    return typeof text === 'string' ? text.startsWith(part) : mismatch(text);
  };
}

function endingWith(left: Evaluate, part: string): Evaluate {
  return (frame) => {
    const text = left(frame);
    return typeof text === 'string' ? text.endsWith(part) : mismatch(text);
  };
}

function containing(left: Evaluate, part: string): Evaluate {
  const steps = textSteps(part.length);
  return (frame) => {
    const text = left(frame);
    if (typeof text !== 'string') return mismatch(text);
    return charge(frame, steps + textSteps(text.length)) ?? text.includes(part);
  };
}
