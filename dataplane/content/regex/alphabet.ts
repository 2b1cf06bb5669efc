import { RE2JS } from 're2js';
import { consumes, shortestPath, type Instruction } from './program.ts';

/** Code points that texts consist of: ranges, each by its first and its last. */
export type Alphabet = readonly (readonly [first: number, last: number])[];

const RUNE = 8;
const RUNE1 = 9;
const FOLD_CASE = 1;

/** The characters that matches of a valid pattern can consist of; null where it says that in another way than by ranges. */
export function alphabetOf(pattern: string): Alphabet | null {
  const accepted = readInstructions(pattern).instructions.filter(consumes).map(rangesOf);
  return accepted.includes(null) ? null : accepted.flatMap((ranges) => ranges ?? []);
}

/**
 * Characters of the shortest match that a valid pattern can have in texts that consist of these characters alone; infinite
 * when it can have none. Errs towards less.
 */
export function shortestWithin(pattern: string, alphabet: Alphabet): number {
  const { instructions, start } = readInstructions(pattern);
  return shortestPath(instructions, start, (instruction) => {
    const ranges = rangesOf(instruction);
    return ranges === null || ranges.some((range) => alphabet.some((other) => meet(range, other)));
  });
}

function meet([first, last]: Alphabet[number], [otherFirst, otherLast]: Alphabet[number]): boolean {
  return first <= otherLast && otherFirst <= last;
}

function readInstructions(pattern: string): {
  readonly instructions: readonly Instruction[];
  readonly start: number;
} {
  const { prog } = RE2JS.compile(pattern).re2();
  return { instructions: prog.inst, start: prog.start };
}

/** What an instruction accepts; null = any, or one character in all its cases. */
function rangesOf({ op, arg, runes }: Instruction): Alphabet | null {
  if (op !== RUNE && op !== RUNE1) return null;
  const [only = 0] = runes;
  if (runes.length === 1) return op === RUNE && (arg & FOLD_CASE) !== 0 ? null : [[only, only]];
  return Array.from({ length: runes.length >> 1 }, (_, at) => [runes[at * 2] ?? 0, runes[at * 2 + 1] ?? 0] as const);
}
