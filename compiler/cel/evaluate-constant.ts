import { buildCondition } from '../../dataplane/cel/build.ts';
import { Fault, UNKNOWN } from '../../dataplane/cel/fault.ts';
import { Frame } from '../../dataplane/cel/frame.ts';
import { Double, isInt, Uint, type Outcome } from '../../dataplane/cel/value.ts';
import type { Literal } from './ast.ts';
import type { Checked } from './checked.ts';
import { emitExpression } from './emit.ts';

/** What evaluating without a request gives. */
export type Evaluation =
  | { readonly kind: 'literal'; readonly literal: Literal }
  /** A list, a map, a time, or a type: a value that has no literal. */
  | { readonly kind: 'value' }
  | { readonly kind: 'error' }
  | { readonly kind: 'unknown' };

/**
 * Evaluates an expression as the proxy would, there being one evaluator, for values of these variables in their order.
 * Null when it cannot: patterns are compiled where bundles are loaded.
 */
export function evaluatorOf(
  node: Checked,
  variables: readonly string[],
): ((values: readonly Outcome[]) => Evaluation) | null {
  const patterns: string[] = [];
  const expression = emitExpression(node, (pattern) => patterns.push(pattern) - 1);
  const built = buildCondition(expression, { variables, patterns: [] });
  if (!built.ok) return null;
  return (values) => evaluationOf(built.expression.evaluate(new Frame(values)));
}

function evaluationOf(outcome: Outcome): Evaluation {
  if (outcome === UNKNOWN) return { kind: 'unknown' };
  if (outcome instanceof Fault) return { kind: 'error' };
  const literal = literalOf(outcome);
  return literal === null ? { kind: 'value' } : { kind: 'literal', literal };
}

function literalOf(value: Exclude<Outcome, Fault>): Literal | null {
  if (value === null) return { type: 'null' };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'string') return { type: 'string', value };
  if (isInt(value)) return { type: 'int', value: BigInt(value) };
  if (value instanceof Uint) return { type: 'uint', value: BigInt(value.value) };
  if (value instanceof Double) return { type: 'double', value: value.value };
  return value instanceof Uint8Array ? { type: 'bytes', value } : null;
}
