import type { Expr } from '../../schemas/types/expression.ts';

/** The expressions directly within one, in the order in which they are written. */
export function childrenOf(node: Expr): readonly Expr[] {
  switch (node.k) {
    case 'const':
    case 'var':
      return [];
    case 'get':
    case 'has':
    case 'match':
      return [node.of];
    case 'call':
      return node.args;
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'fold':
      return [node.range, node.init, node.cond, node.step, node.result];
  }
}
