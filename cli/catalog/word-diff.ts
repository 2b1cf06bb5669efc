/** A run of text that both sides have, or only one of them. */
export interface WordRun {
  readonly op: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Cells of the table of common words; beyond it the texts are shown whole, one after the other. */
const CELLS_MAX = 4_000_000;

/** What changed between two texts, word by word. Spaces belong to the word before them. */
export function wordDiff(before: string, after: string): readonly WordRun[] {
  const [a, b] = [words(before), words(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const middle = difference(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const runs: WordRun[] = [];
  for (const run of [
    ...a.slice(0, head).map((text) => ({ op: 'same' as const, text })),
    ...middle,
    ...a.slice(a.length - tail).map((text) => ({ op: 'same' as const, text })),
  ]) {
    const last = runs.at(-1);
    if (last?.op === run.op) runs[runs.length - 1] = { op: run.op, text: last.text + run.text };
    else runs.push(run);
  }
  return runs;
}

/** `the [-old-]{+new+} word`, as git writes it. */
export function renderWordDiff(runs: readonly WordRun[]): string {
  return runs.map(({ op, text }) => (op === 'same' ? text : op === 'removed' ? `[-${text}-]` : `{+${text}+}`)).join('');
}

function words(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

/** The longest common subsequence, by the table: what is not in it was removed or added. */
function difference(a: readonly string[], b: readonly string[]): readonly WordRun[] {
  if (a.length * b.length > CELLS_MAX) {
    return [
      { op: 'removed', text: a.join('') },
      { op: 'added', text: b.join('') },
    ];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const runs: WordRun[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      runs.push({ op: 'same', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      runs.push({ op: 'removed', text: left });
      i++;
    } else if (right !== undefined) {
      runs.push({ op: 'added', text: right });
      j++;
    }
  }
  return runs;
}
