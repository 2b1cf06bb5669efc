import { CEL_SOURCE_UNITS_MAX } from '../limits.ts';
import type { Node, Range } from './ast.ts';
import { lexExpression } from './lexer.ts';
import { parseTokens } from './parser.ts';
import { collectProblems, type CelProblem } from './problem.ts';

/** An expression, parsed. With problems, the tree has `error` nodes where something could not be read. */
export interface ParsedExpression {
  readonly text: string;
  readonly tree: Node;
  readonly comments: readonly Range[];
  /** In the order of the text. */
  readonly problems: readonly CelProblem[];
}

/**
 * Parses CEL: tokens, tree, macros. Total: any text gives a tree and problems, in time linear in its length, which is
 * bounded by `CEL_SOURCE_UNITS_MAX`.
 */
export function parseExpression(text: string): ParsedExpression {
  const { report, list } = collectProblems();
  if (text.length > CEL_SOURCE_UNITS_MAX || !text.isWellFormed()) {
    const whole = { start: 0, end: text.length };
    if (text.length > CEL_SOURCE_UNITS_MAX) {
      report(
        'cel/too-large',
        whole,
        `${text.length} characters, more than ${CEL_SOURCE_UNITS_MAX}`,
        'split it into several rules',
      );
    } else report('cel/syntax', whole, 'the text has half of a surrogate pair', 'write the character again');
    return { text, tree: { kind: 'error', depth: 1, ...whole }, comments: [], problems: list() };
  }
  const { tokens, comments } = lexExpression(text, report);
  const tree = parseTokens(tokens, report);
  return { text, tree, comments, problems: list() };
}
