import type { Problem, SourceFile } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { writeQuoted } from '../fmt/write-text.ts';

const QUOTE = 'quote the condition, which YAML otherwise takes apart';

/**
 * A mistake of YAML on the line of a condition: CEL is full of signs that mean something to YAML, so the remedy is to quote
 * it. The same problem otherwise, and where the condition is quoted.
 */
export function aboutCondition(problem: Problem): Problem {
  const { file, start } = problem.span;
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1;
  const line = lineAt(file, lineStart);
  const own = /^([ \t]*(?:-[ \t]+)*)(?:when|unless):[ \t]+/.exec(line);
  if (own !== null && start >= lineStart + own[0].length) {
    return { ...problem, ...adviseLine(file, lineStart, own[0].length, own[1]?.length ?? 0) };
  }
  const inBraces = /[{,][ \t]*(?:when|unless):[ \t]+[^'"\s]/.test(line);
  return inBraces ? { ...problem, help: `${QUOTE} (a comma, a bracket or a brace ends it)` } : problem;
}

/** The condition is the rest of the line, unless a comment may follow, or it goes on in the next one. */
function adviseLine(
  file: SourceFile,
  lineStart: number,
  column: number,
  keyColumn: number,
): Pick<Problem, 'help' | 'fix'> {
  const start = lineStart + column;
  const line = lineAt(file, lineStart);
  const condition = line.slice(column).trimEnd();
  const next = lineAt(file, lineStart + line.length + 1);
  const goesOn = next.trim() !== '' && (/^ */.exec(next)?.[0].length ?? 0) > keyColumn;
  const isQuoted = /^(['"])(?:(?!\1).)*\1$/.test(condition);
  if (isQuoted || /^[|>]/.test(condition)) return {};
  if (/(?:^| )#/.test(condition) || goesOn) return { help: QUOTE };
  const insert = writeQuoted(condition);
  return {
    help: `quote the condition: ${quote(insert)}`,
    fix: { title: `write ${quote(insert)}`, edits: [{ span: { file, start, end: start + condition.length }, insert }] },
  };
}

function lineAt({ text }: SourceFile, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
}
