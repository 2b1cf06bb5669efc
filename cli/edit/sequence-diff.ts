/** A piece that both sides have, or only one of them. */
export interface DiffPiece {
  readonly op: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Cells of the table of common pieces; what would need more is shown as removed and added whole. */
const CELLS_MAX = 4_000_000;

/** What changed between two texts that were cut into pieces: words, or lines. */
export function sequenceDiff(before: readonly string[], after: readonly string[]): readonly DiffPiece[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (pieces: readonly string[]): readonly DiffPiece[] => pieces.map((text) => ({ op: 'same', text }));
  return [
    ...same(before.slice(0, head)),
    ...difference(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** The longest common subsequence, by the table: what is not in it was removed or added. */
function difference(a: readonly string[], b: readonly string[]): readonly DiffPiece[] {
  const removed = a.map((text): DiffPiece => ({ op: 'removed', text }));
  const added = b.map((text): DiffPiece => ({ op: 'added', text }));
  if (a.length * b.length > CELLS_MAX) return [...removed, ...added];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: DiffPiece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      pieces.push({ op: 'same', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ op: 'removed', text: left });
      i++;
    } else if (right !== undefined) {
      pieces.push({ op: 'added', text: right });
      j++;
    }
  }
  return pieces;
}
