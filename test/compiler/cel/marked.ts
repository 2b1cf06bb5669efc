import type { CelProblem } from '../../../compiler/cel/problem.ts';

/** The text with `«` and `»` around the places of problems; they must not overlap unless one is inside of another. */
export function writeMarks(text: string, problems: readonly CelProblem[]): string {
  const signs = problems.flatMap(({ start, end }) => [
    { at: end, sign: '»', order: 0, size: end - start },
    { at: start, sign: '«', order: end === start ? -1 : 1, size: start - end },
  ]);
  signs.sort((a, b) => b.at - a.at || b.order - a.order || b.size - a.size);
  return signs.reduce((marked, { at, sign }) => `${marked.slice(0, at)}${sign}${marked.slice(at)}`, text);
}
