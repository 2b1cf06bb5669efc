import type { RE2JS } from 're2js';

/** One instruction of a compiled pattern, as re2js (like RE2 and Go's regexp) numbers them. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
}

const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const MATCH = 6;
const NOP = 7;

const BEGIN_OR_END = 1 | 2 | 4 | 8;

/** What must be known of a compiled pattern before it is run. */
export interface Program {
  /** Instructions: what memory and time per character grow with. */
  readonly size: number;
  /** An assertion about the beginning or end of a line or of the text can be reached. */
  readonly isAnchored: boolean;
  /** It can match without consuming a character, assertions granted. */
  readonly matchesEmpty: boolean;
}

/** Reads the program of a compiled pattern. It comes from re2js whichever engine runs it: validation is the same everywhere. */
export function readProgram(pattern: RE2JS): Program {
  const { prog } = pattern.re2();
  const instructions: readonly Instruction[] = prog.inst;
  const isAnchored = instructions.some(({ op, arg }) => op === EMPTY_WIDTH && (arg & BEGIN_OR_END) !== 0);
  return { size: instructions.length, isAnchored, matchesEmpty: reachesMatch(instructions, prog.start) };
}

/** Whether the match instruction can be reached without consuming a character. */
function reachesMatch(instructions: readonly Instruction[], start: number): boolean {
  const seen = new Set<number>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instruction = instructions[at];
    if (instruction === undefined || seen.has(at)) continue;
    seen.add(at);
    if (instruction.op === MATCH) return true;
    if (instruction.op === ALT || instruction.op === ALT_MATCH) open.push(instruction.out, instruction.arg);
    else if (instruction.op === CAPTURE || instruction.op === EMPTY_WIDTH || instruction.op === NOP)
      open.push(instruction.out);
  }
  return false;
}
