import { Fault, mismatch, NO_SUCH_OVERLOAD, UNKNOWN } from './fault.ts';
import type { Evaluate } from './frame.ts';
import type { Outcome } from './value.ts';

/**
 * The operators that absorb: `&&` and `||` have a value when either side decides it, whichever that is, even if the other
 * is an error or unknown (cel-spec, "Logical Operators"). Where neither decides, unknown comes before error, since the
 * unknown may yet turn out to decide.
 */

/** `left && right`. */
export function and(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a === false) return false;
    const b = right(frame);
    if (a === true && (b === true || b === false)) return b;
    return b === false ? false : undecided(a, b);
  };
}

/** `left || right`. */
export function or(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a === true) return true;
    const b = right(frame);
    if (a === false && (b === true || b === false)) return b;
    return b === true ? true : undecided(a, b);
  };
}

/** `test ? yes : no`. */
export function conditional(test: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (frame) => {
    const outcome = test(frame);
    if (outcome === true) return yes(frame);
    return outcome === false ? no(frame) : mismatch(outcome);
  };
}

/** `!operand`. */
export function logicalNot(operand: Outcome): boolean | Fault {
  if (operand === true) return false;
  return operand === false ? true : mismatch(operand);
}

/** What a quantifier asks before each element: false alone ends it. */
export function notStrictlyFalse(operand: Outcome): boolean {
  return operand !== false;
}

/** What `a && b` or `a || b` gives when neither side decides it and they are not both bool. */
export function undecided(a: Outcome, b: Outcome): Fault {
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  if (a instanceof Fault) return a;
  return b instanceof Fault ? b : NO_SUCH_OVERLOAD;
}
