import type { RE2JS } from 're2js';

/** One instruction of a compiled pattern, as re2js (like RE2 and Go's regexp) numbers them. */
export interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** The ranges of code points it accepts, or one code point; empty of the other instructions. */
  readonly runes: Int32Array;
}

const ALT = 1;
const ALT_MATCH = 2;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const RUNE = 8;
const RUNE1 = 9;

const BEGIN_OR_END = 1 | 2 | 4 | 8;

/** What must be known of a compiled pattern before it is run. */
export interface Program {
  /** Instructions: what memory and time per character grow with. */
  readonly size: number;
  /** An assertion about the beginning or end of a line or of the text can be reached. */
  readonly isAnchored: boolean;
  /** It can match without consuming a character, assertions granted. */
  readonly matchesEmpty: boolean;
  /** Characters of the shortest match there can be, assertions granted; infinite when there is none. */
  readonly shortest: number;
  /** UTF-16 units of the longest match there can be; null when there is no longest. */
  readonly longest: number | null;
}

/** Reads the program of a compiled pattern. It comes from re2js whichever engine runs it: validation is the same everywhere. */
export function readProgram(pattern: RE2JS): Program {
  const { prog } = pattern.re2();
  const instructions: readonly Instruction[] = prog.inst;
  const isAnchored = instructions.some(({ op, arg }) => op === EMPTY_WIDTH && (arg & BEGIN_OR_END) !== 0);
  const shortest = shortestPath(instructions, prog.start);
  const longest = longestPath(instructions, prog.start);
  return { size: instructions.length, isAnchored, matchesEmpty: shortest === 0, shortest, longest };
}

/**
 * The fewest characters that a run from `start` to the match instruction consumes: one breadth-first step for each.
 * `mayRun`: whether an instruction that consumes can find what it accepts.
 */
export function shortestPath(
  instructions: readonly Instruction[],
  start: number,
  mayRun: (instruction: Instruction) => boolean = () => true,
): number {
  const seen = new Set<number>();
  let open = [start];
  for (let consumed = 0; open.length > 0; consumed++) {
    const behind: number[] = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const instruction = instructions[at];
      if (instruction === undefined || seen.has(at)) continue;
      seen.add(at);
      if (instruction.op === MATCH) return consumed;
      if (!consumes(instruction)) open.push(...successors(instruction));
      else if (mayRun(instruction)) behind.push(...successors(instruction));
    }
    open = behind;
  }
  return Infinity;
}

/** The most UTF-16 units that a run from `start` can consume; null when it can go in circles. */
function longestPath(instructions: readonly Instruction[], start: number): number | null {
  const lengths = new Map<number, number>();
  const entered = new Set<number>();
  const open = [start];
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const instruction = instructions[at];
    if (instruction === undefined || lengths.has(at)) {
      open.pop();
      continue;
    }
    const next = successors(instruction);
    if (entered.has(at)) {
      const longest = Math.max(0, ...next.map((successor) => lengths.get(successor) ?? 0));
      lengths.set(at, longest + (consumes(instruction) ? widthOf(instruction) : 0));
      open.pop();
      continue;
    }
    entered.add(at);
    for (const successor of next) {
      if (lengths.has(successor)) continue;
      // Entered and not done: it is on the way that led here.
      if (entered.has(successor)) return null;
      open.push(successor);
    }
  }
  return lengths.get(start) ?? 0;
}

function successors({ op, out, arg }: Instruction): readonly number[] {
  if (op === ALT || op === ALT_MATCH) return [out, arg];
  return op === MATCH || op === FAIL ? [] : [out];
}

/** Whether it steps over a character. */
export function consumes({ op }: Instruction): boolean {
  return op >= RUNE;
}

/** How many UTF-16 units one step can consume. */
function widthOf({ op, runes }: Instruction): number {
  return (op === RUNE || op === RUNE1) && runes.every((rune) => rune < 0x80) ? 1 : 2;
}
