import type { Expr } from '../../schemas/types/expression.ts';

/** An expression whose patterns have other numbers: those of the policy's table in place of its own. */
export function withPatterns(expression: Expr, numberOf: (own: number) => number): Expr {
  const renumber = (child: Expr) => withPatterns(child, numberOf);
  switch (expression.k) {
    case 'const':
    case 'var':
      return expression;
    case 'get':
    case 'has':
      return { ...expression, of: renumber(expression.of) };
    case 'call':
      return { ...expression, args: expression.args.map(renumber) };
    case 'match':
      return { ...expression, of: renumber(expression.of), pattern: numberOf(expression.pattern) };
    case 'list':
      return { ...expression, items: expression.items.map(renumber) };
    case 'map':
      return {
        ...expression,
        entries: expression.entries.map(({ key, value }) => ({ key: renumber(key), value: renumber(value) })),
      };
    case 'fold':
      return {
        ...expression,
        range: renumber(expression.range),
        init: renumber(expression.init),
        cond: renumber(expression.cond),
        step: renumber(expression.step),
        result: renumber(expression.result),
      };
  }
}
