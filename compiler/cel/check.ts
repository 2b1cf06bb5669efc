import type { Checked } from './checked.ts';
import { describeType } from './explain.ts';
import type { Environment } from './environment.ts';
import { inferTypes } from './infer.ts';
import type { UndeclaredMember } from './inference.ts';
import type { ParsedExpression } from './parse.ts';
import { collectProblems, type CelProblem } from './problem.ts';
import { settleTypes } from './settle.ts';
import type { Type } from './types.ts';

export interface CheckedExpression {
  readonly ok: boolean;
  readonly type: Type;
  /** Of parsing and of checking, in the order of the text. */
  readonly errors: readonly CelProblem[];
  readonly tree: Checked;
  /**
   * Members that a `has` asks for and the record does not declare. The answer is false; an error when that is so for
   * every tool that the rule reaches (`unknownMembers`).
   */
  readonly undeclared: readonly UndeclaredMember[];
}

/** Types an expression in an environment. Total; reports every mistake at its exact place. */
export function checkExpression(parsed: ParsedExpression, environment: Environment): CheckedExpression {
  const { report, list } = collectProblems();
  for (const { code, message, help, ...range } of parsed.problems) report(code, range, message, help);
  const { checked, bindings, undeclared } = inferTypes(parsed, environment, report);
  const tree = settleTypes(checked, bindings, parsed.text, report);
  const errors = list();
  return { ok: errors.length === 0, type: tree.type, errors, tree, undeclared };
}

/** As `checkExpression`, of an expression that must be true or false. */
export function checkCondition(parsed: ParsedExpression, environment: Environment): CheckedExpression {
  const result = checkExpression(parsed, environment);
  const { type, tree, errors } = result;
  // Of what could not be read, the type says little.
  if (type.kind === 'bool' || type.kind === 'error' || parsed.problems.length > 0) return result;
  const { start, end } = tree;
  const message = `a condition is true or false, this is ${describeType(type)}`;
  const isDynamic = type.kind === 'dyn' || type.kind === 'untyped';
  const help = `compare it: \`… == ${isDynamic ? 'true' : 'value'}\``;
  const problem: CelProblem = { code: 'cel/not-bool', message, help, start, end };
  return { ...result, ok: false, errors: [...errors, problem] };
}
