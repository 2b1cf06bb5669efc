import type { Expr } from '../../../schemas/types/expression.ts';
import { childrenOf } from '../../cel/children.ts';

/** The variables that an expression reads and no fold of its own introduces, sorted. Of a decoded expression. */
export function variablesOf(expression: Expr): readonly string[] {
  const found = new Set<string>();
  collect(expression, new Set(), found);
  return [...found].sort();
}

function collect(node: Expr, bound: ReadonlySet<string>, found: Set<string>): void {
  if (node.k === 'var' && !bound.has(node.name)) found.add(node.name);
  if (node.k !== 'fold') {
    for (const child of childrenOf(node)) collect(child, bound, found);
    return;
  }
  const result = new Set(bound).add(node.accu);
  const inside = new Set(result).add(node.iter).add(node.iter2 ?? node.iter);
  for (const outside of [node.range, node.init]) collect(outside, bound, found);
  for (const within of [node.cond, node.step]) collect(within, inside, found);
  collect(node.result, result, found);
}
