import { RE2JS, RE2JSSyntaxException } from 're2js';
import { PATTERN_CHARACTERS_MAX, PATTERN_INSTRUCTIONS_MAX } from '../../limits.ts';
import { readProgram } from './program.ts';

export type PatternResult =
  | {
      readonly ok: true;
      readonly matchesEmpty: boolean;
      /** Characters of the shortest match there can be; infinite when there is none. */
      readonly shortest: number;
      /** UTF-16 units of the longest match there can be; null when there is no longest. */
      readonly longest: number | null;
      /** Named groups, by their numbers. */
      readonly groups: ReadonlyMap<string, number>;
      readonly groupCount: number;
    }
  | {
      readonly ok: false;
      /** It is a regular expression, and larger than is run. */
      readonly isTooLarge: boolean;
      readonly message: string;
      /** UTF-16 offset into the pattern of what is wrong, where that is known. */
      readonly offset: number | null;
    };

/**
 * Whether a pattern is RE2 syntax and within the bounds of `limits.ts`; the same answer on every host. `matchesEmpty`: it
 * can match no character at all, so it is useless to redact with, and the compiler refuses it.
 */
export function validatePattern(pattern: string): PatternResult {
  if (pattern.length > PATTERN_CHARACTERS_MAX) {
    const message = `the pattern has ${pattern.length} characters, more than ${PATTERN_CHARACTERS_MAX}`;
    return { ok: false, isTooLarge: true, message, offset: PATTERN_CHARACTERS_MAX };
  }
  if (!pattern.isWellFormed()) return malformed('half of a surrogate pair', null);
  try {
    const compiled = RE2JS.compile(pattern);
    const program = readProgram(compiled);
    if (program.size > PATTERN_INSTRUCTIONS_MAX) {
      const message = `the pattern compiles to ${program.size} instructions, more than ${PATTERN_INSTRUCTIONS_MAX}; repeat less`;
      return { ok: false, isTooLarge: true, message, offset: null };
    }
    const groups = new Map(Object.entries(compiled.namedGroups()));
    const { matchesEmpty, shortest, longest } = program;
    return { ok: true, matchesEmpty, shortest, longest, groups, groupCount: compiled.groupCount() };
  } catch (problem) {
    if (!(problem instanceof RE2JSSyntaxException)) return malformed('cannot be compiled', null);
    const fragment = problem.getPattern() ?? '';
    const quoted = fragment === '' || fragment === pattern ? '' : `: \`${fragment}\``;
    return malformed(`${problem.getDescription()}${quoted}`, offsetOf(pattern, fragment));
  }
}

function malformed(message: string, offset: number | null): PatternResult {
  return { ok: false, isTooLarge: false, message, offset };
}

/** re2js names the part that is wrong but not where it is: the end when the pattern breaks off there, else the only place of that text. */
function offsetOf(pattern: string, fragment: string): number | null {
  if (fragment === '') return pattern.endsWith('\\') ? pattern.length - 1 : null;
  if (fragment === pattern) return 0;
  if (pattern.endsWith(fragment)) return pattern.length - fragment.length;
  const first = pattern.indexOf(fragment);
  return first >= 0 && pattern.indexOf(fragment, first + 1) < 0 ? first : null;
}
