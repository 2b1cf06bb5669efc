import { buildCondition, type BuiltExpression } from '../../../dataplane/cel/build.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { checkExpression } from '../../../compiler/cel/check.ts';
import { emitExpression } from '../../../compiler/cel/emit.ts';
import { TYPE_VARIABLES, type Environment } from '../../../compiler/cel/environment.ts';
import { parseExpression } from '../../../compiler/cel/parse.ts';
import { DYN } from '../../../compiler/cel/types.ts';
import type { Outcome } from '../../../dataplane/cel/value.ts';
import { re2js } from '../../../dataplane/content/regex/re2js.ts';
import type { Expr } from '../../../schemas/types/expression.ts';

/** Source as data, with variables of type dyn. */
export function compileText(text: string, variables: readonly string[], patterns: string[] = []): Expr {
  const declared = variables.map((name) => [name, { type: DYN, known: null }] as const);
  const environment: Environment = {
    variables: new Map([...TYPE_VARIABLES, ...declared]),
    allowsMixedLiterals: true,
  };
  const { ok, tree, errors } = checkExpression(parseExpression(text), environment);
  if (!ok) throw new Error(`${text}: ${errors.map(({ message }) => message).join(', ')}`);
  return emitExpression(tree, (pattern) => patterns.push(pattern) - 1);
}

export function build(
  expr: Expr,
  variables: readonly string[] = [],
  patterns: readonly string[] = [],
): BuiltExpression {
  const built = buildCondition(expr, { variables, patterns: patterns.map((pattern) => re2js.compile(pattern)) });
  if (!built.ok) throw new Error(`${built.reason} at ${built.at}`);
  return built.expression;
}

/** What source evaluates to with these values of its variables. */
export function evaluateText(text: string, values: Readonly<Record<string, Outcome>> = {}): Outcome {
  const variables = Object.keys(values);
  const patterns: string[] = [];
  return build(compileText(text, variables, patterns), variables, patterns).evaluate(new Frame(Object.values(values)));
}
