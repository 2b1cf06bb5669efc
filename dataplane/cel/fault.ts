/** Why an expression has no value. `no-such-overload`: no function takes operands of these types. */
export type ErrorKind =
  | 'no-such-overload'
  | 'no-such-key'
  | 'no-such-variable'
  | 'index-out-of-range'
  | 'divide-by-zero'
  | 'overflow'
  | 'out-of-range'
  | 'malformed-text'
  | 'malformed-utf8'
  | 'unknown-time-zone'
  | 'repeated-key'
  | 'unsupported-key'
  | 'too-deep'
  | 'steps-exceeded';

/**
 * What an evaluation gives in place of a value: an error, or `unknown`, which stands for a value that is not there yet
 * (`args` and `now` when a list is made). Errors are values, one frozen object per kind: none is made or thrown at run time.
 */
export class Fault {
  readonly kind: ErrorKind | 'unknown';

  constructor(kind: ErrorKind | 'unknown') {
    this.kind = kind;
    Object.freeze(this);
  }
}

export const UNKNOWN = new Fault('unknown');
export const NO_SUCH_OVERLOAD = new Fault('no-such-overload');
export const NO_SUCH_KEY = new Fault('no-such-key');
export const NO_SUCH_VARIABLE = new Fault('no-such-variable');
export const INDEX_OUT_OF_RANGE = new Fault('index-out-of-range');
export const DIVIDE_BY_ZERO = new Fault('divide-by-zero');
export const OVERFLOW = new Fault('overflow');
export const OUT_OF_RANGE = new Fault('out-of-range');
export const MALFORMED_TEXT = new Fault('malformed-text');
export const MALFORMED_UTF8 = new Fault('malformed-utf8');
export const UNKNOWN_TIME_ZONE = new Fault('unknown-time-zone');
export const REPEATED_KEY = new Fault('repeated-key');
export const UNSUPPORTED_KEY = new Fault('unsupported-key');
export const TOO_DEEP = new Fault('too-deep');
export const STEPS_EXCEEDED = new Fault('steps-exceeded');

/** Whether a fault is an error, which no later knowledge mends, and not the unknown. */
export function isError(outcome: unknown): outcome is Fault {
  return outcome instanceof Fault && outcome !== UNKNOWN;
}

/**
 * What a strict function gives for operands that it cannot take: the first error among them, since it stays one whatever
 * the unknown turns out to be; else the unknown; else that there is no such overload.
 */
export function mismatch(a: unknown, b: unknown = null, c: unknown = null, d: unknown = null): Fault {
  if (isError(a)) return a;
  if (isError(b)) return b;
  if (isError(c)) return c;
  if (isError(d)) return d;
  return a === UNKNOWN || b === UNKNOWN || c === UNKNOWN || d === UNKNOWN ? UNKNOWN : NO_SUCH_OVERLOAD;
}
