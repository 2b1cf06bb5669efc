import type { RegexEngine, RegexPattern, RegexSet } from '../content/regex/engine.ts';
import { mismatch } from './fault.ts';
import { charge, type Evaluate } from './frame.ts';

/** Sets of one pattern each, shared by all conditions that have it. */
const setByPattern = new WeakMap<RegexPattern, RegexSet>();

/**
 * `text.matches("pattern")`: whether it occurs in the text. Asked of a set of one, since a set says only that, which
 * takes a tenth of the time that it takes to say where. A large pattern costs more steps per character.
 */
export function buildMatch(operand: Evaluate, pattern: RegexPattern, regex: RegexEngine): Evaluate {
  const set = setByPattern.get(pattern) ?? regex.combine([pattern]);
  setByPattern.set(pattern, set);
  const stepsPerUnit = Math.max(1, pattern.size >> 2) / 4;
  return (frame) => {
    const text = operand(frame);
    if (typeof text !== 'string') return mismatch(text);
    return charge(frame, Math.floor(text.length * stepsPerUnit)) ?? set.hits(text).length > 0;
  };
}
