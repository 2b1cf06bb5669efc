import { EXPRESSION_STEPS_MAX } from '../limits.ts';
import { STEPS_EXCEEDED, type Fault } from './fault.ts';
import type { Outcome } from './value.ts';

/**
 * What one evaluation reads and writes: the variables by position, then those of folds. One frame serves any number of
 * evaluations, one after the other.
 */
export class Frame {
  readonly values: Outcome[];
  /** What is left of the budget. Below zero: exceeded, and whatever was computed since counts for nothing. */
  steps = EXPRESSION_STEPS_MAX;

  /** `variables` in the order in which the condition was built with their names. */
  constructor(variables: readonly Outcome[]) {
    this.values = [...variables];
  }
}

export type Evaluate = (frame: Frame) => Outcome;

/**
 * Takes from the budget what an operation is about to cost, in steps: elements, or 16 units of text. Null, or the error
 * when the budget is exceeded: then the operation must not begin.
 */
export function charge(frame: Frame, steps: number): Fault | null {
  frame.steps -= steps;
  return frame.steps < 0 ? STEPS_EXCEEDED : null;
}

/** What it costs to read a text of so many UTF-16 units or bytes. */
export function textSteps(units: number): number {
  return units >> 4;
}
