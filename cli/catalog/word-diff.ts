import { sequenceDiff, type DiffPiece } from '../edit/sequence-diff.ts';

/** What changed between two texts, word by word, neighbours joined. Spaces belong to the word before them. */
export function wordDiff(before: string, after: string): readonly DiffPiece[] {
  const runs: DiffPiece[] = [];
  for (const piece of sequenceDiff(words(before), words(after))) {
    const last = runs.at(-1);
    if (last?.op === piece.op) runs[runs.length - 1] = { op: piece.op, text: last.text + piece.text };
    else runs.push(piece);
  }
  return runs;
}

/** `the [-old-]{+new+} word`, as git writes it. */
export function renderWordDiff(runs: readonly DiffPiece[]): string {
  return runs.map(({ op, text }) => (op === 'same' ? text : op === 'removed' ? `[-${text}-]` : `{+${text}+}`)).join('');
}

function words(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
