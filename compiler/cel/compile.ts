import { decodeExpression } from '../../dataplane/cel/decode.ts';
import type { Condition, Root } from '../../schemas/types/expression.ts';
import { certainties, type Certainty } from './always.ts';
import { checkCondition } from './check.ts';
import { emitExpression } from './emit.ts';
import { ROOTS, type Environment } from './environment.ts';
import { boolOf, foldConstants } from './fold.ts';
import type { UndeclaredMember } from './inference.ts';
import { parseExpression, type ParsedExpression } from './parse.ts';
import type { CelProblem } from './problem.ts';
import { projectionOf } from './projection.ts';
import { stepsOf } from './steps.ts';
import { globalsOf } from './visit.ts';

/** A condition, ready for the bundle. */
export interface CompiledCondition {
  /** Its patterns are numbered as in `patterns`; `withPatterns` gives them the numbers of a policy. */
  readonly condition: Condition;
  readonly patterns: readonly string[];
  /** True or false when it is that without looking at the request; null when it depends on it. */
  readonly constant: boolean | null;
  /** Nodes evaluated at most; null when that depends on lists of the request. */
  readonly steps: number | null;
  /** Parts that are always true, always false or always an error: for lints, computed when asked for. */
  readonly certainties: () => readonly Certainty[];
}

export type ConditionResult = {
  /** Members that a `has` asks for and this tool does not declare (`unknownMembers`). */
  readonly undeclared: readonly UndeclaredMember[];
} & (
  | { readonly ok: true; readonly compiled: CompiledCondition }
  | { readonly ok: false; readonly errors: readonly CelProblem[] }
);

/** Compiles the text of a condition: parse, check, fold, emit. Total. */
export function compileCondition(text: string, environment: Environment): ConditionResult {
  return compileParsed(parseExpression(text), environment);
}

/** The same of an expression that is parsed once and checked for each tool that its rule reaches. */
export function compileParsed(parsed: ParsedExpression, environment: Environment): ConditionResult {
  const { ok, errors, tree, undeclared } = checkCondition(parsed, environment);
  if (!ok) return { ok: false, errors, undeclared };
  const folded = foldConstants(tree);
  const patterns: string[] = [];
  const expression = emitExpression(folded, (pattern) => {
    const known = patterns.indexOf(pattern);
    return known >= 0 ? known : patterns.push(pattern) - 1;
  });
  const variables = [...environment.variables].flatMap(([name, { known }]) => (known === null ? [name] : []));
  const decoded = decodeExpression(expression, { variables, patterns: patterns.length });
  // What the data plane would refuse must not reach a bundle.
  if (!decoded.ok) return { ok: false, errors: [unreadable(decoded.reason, tree)], undeclared };
  const args = environment.variables.get('args')?.type;
  const globals = new Set(globalsOf(folded));
  const condition: Condition = {
    reads: ROOTS.filter((root: Root) => globals.has(root)),
    expression,
    projection: args?.kind === 'record' ? projectionOf(folded, args.record) : null,
  };
  const compiled: CompiledCondition = {
    condition,
    patterns,
    constant: boolOf(folded),
    steps: stepsOf(folded),
    certainties: () => certainties(tree, environment),
  };
  return { ok: true, compiled, undeclared };
}

function unreadable(reason: string, { start, end }: { readonly start: number; readonly end: number }): CelProblem {
  const code = reason === 'too-deep' || reason === 'too-many-folds' ? 'cel/too-deep' : 'cel/too-large';
  return {
    code,
    message: 'the condition is larger than a bundle can carry',
    help: 'split it into several rules',
    start,
    end,
  };
}
