import { SUGGESTED_FOR_CHARACTERS_MAX } from '../limits.ts';
import { quote } from './quote.ts';

/**
 * The candidate that was probably meant, or null: at most one mistake in three characters, the case of letters free.
 * Among equally near ones the first by code unit, whatever the order of the candidates.
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > SUGGESTED_FOR_CHARACTERS_MAX) return null;
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const bound = Math.min(bestDistance, nearness(word, candidate));
    const distance = editDistance(wanted, candidate.toLowerCase(), bound);
    if (distance > bound) continue;
    if (distance < bestDistance || best === null || candidate < best) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Mistakes of a word that is mended without asking. */
const CERTAIN_DISTANCE_MAX = 2;

/**
 * The candidate that was certainly meant: one or two mistakes away, and every other at least twice as far and one more.
 * Null otherwise, and then a person decides.
 */
export function suggestOnly(word: string, candidates: readonly string[] | ReadonlySet<string>): string | null {
  const meant = suggest(word, candidates);
  if (meant === null) return null;
  const wanted = word.toLowerCase();
  const distance = editDistance(wanted, meant.toLowerCase(), CERTAIN_DISTANCE_MAX);
  if (distance > CERTAIN_DISTANCE_MAX) return null;
  const apart = 2 * distance;
  const isAmbiguous = [...candidates].some(
    (candidate) => candidate !== meant && editDistance(wanted, candidate.toLowerCase(), apart) <= apart,
  );
  return isAmbiguous ? null : meant;
}

/** Mistakes at which a candidate is still near. */
function nearness(word: string, candidate: string): number {
  const third = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
  return Math.min(third, word.length - 1);
}

/** "did you mean `x`?", or null when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const meant = suggest(word, candidates);
  return meant === null ? null : `did you mean ${quote(meant)}?`;
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) from one text to another.
 * More than `bound` is any number above it: the rest of the table is not filled in then.
 */
export function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) > bound) return bound + 1;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substituted = at(last, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let least = Math.min(substituted, at(last, column) + 1, at(current, column - 1) + 1);
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) least = Math.min(least, at(beforeLast, column - 2) + 1);
      current.push(least);
    }
    if (Math.min(...current) > bound) return bound + 1;
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
