import type { CelProblem } from '../../../compiler/cel/problem.ts';

/** Where something is written: `«` and `»` stand around it. */
export interface Marked {
  readonly text: string;
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

export function readMarks(marked: string): Marked {
  const ranges: [number, number][] = [];
  const open: number[] = [];
  let text = '';
  for (const character of marked) {
    if (character === '«') open.push(text.length);
    else if (character === '»') ranges.push([open.pop() ?? 0, text.length]);
    else text += character;
  }
  return { text, ranges };
}

/** The text with the places of problems marked; they must not overlap unless one is inside of another. */
export function writeMarks(text: string, problems: readonly CelProblem[]): string {
  const signs = problems.flatMap(({ start, end }) => [
    { at: end, sign: '»', order: 0, size: end - start },
    { at: start, sign: '«', order: end === start ? -1 : 1, size: start - end },
  ]);
  signs.sort((a, b) => b.at - a.at || b.order - a.order || b.size - a.size);
  return signs.reduce((marked, { at, sign }) => `${marked.slice(0, at)}${sign}${marked.slice(at)}`, text);
}
