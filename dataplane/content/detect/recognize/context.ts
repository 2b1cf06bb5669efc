import { wordsBefore, wordsOf } from './words.ts';

/** What a word nearby adds to a score, and the least that is left then (engines.md is where both are from). */
const CONTEXT_BONUS = 0.35;
const CONTEXT_FLOOR = 0.4;

/** What raises a score when it stands before a place, and what rules the place out. */
export interface Context {
  /** Words in a row, by the last of them. */
  readonly phrases: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly not: ReadonlySet<string>;
  readonly notBelow: number;
}

/**
 * Both are lists with commas between.
 * @param words words, or several in a row, in lower case and in the singular
 * @param not words directly before that say it is something else
 * @param notBelow candidates of at least this score are not ruled out by them
 */
export function buildContext(words: string, not = '', notBelow = 1): Context {
  const phrases = new Map<string, (readonly string[])[]>();
  for (const phrase of words.split(', ')) {
    const parts = phrase.split(' ');
    const last = parts.at(-1) ?? '';
    phrases.set(last, [...(phrases.get(last) ?? []), parts]);
  }
  return { phrases, not: new Set(not.split(', ')), notBelow };
}

/**
 * The score of a candidate beside what stands before it, and beside the names of the JSON members that lead to it; null
 * when they say that it is something else.
 */
export function scoreInContext(
  score: number,
  context: Context,
  text: string,
  start: number,
  keys: readonly string[],
): number | null {
  if (score >= 1) return score;
  const { words, near } = wordsBefore(text, start);
  // A label in the text is nearer than the member that holds the text.
  const spoken = verdict(words, near, context) ?? keyVerdict(keys.at(-1), context) ?? outer(keys, context);
  if (spoken === 'for') return Math.min(1, Math.max(score + CONTEXT_BONUS, CONTEXT_FLOOR));
  return spoken === 'against' && score < context.notBelow ? null : score;
}

/** Members further out say what something belongs to, and never what it is not. */
function outer(keys: readonly string[], context: Context): 'for' | null {
  return keys.slice(-3, -1).some((key) => keyVerdict(key, context) === 'for') ? 'for' : null;
}

function keyVerdict(key: string | undefined, context: Context): 'for' | 'against' | null {
  const words = wordsOf(key ?? '');
  return verdict(words, words.length, context);
}

/** Words that may rule something out stand directly before it. */
const AGAINST_MAX = 2;

/** What the nearest word says that says anything; `near`: how many can speak against it. */
function verdict(words: readonly string[], near: number, { phrases, not }: Context): 'for' | 'against' | null {
  for (let at = words.length - 1; at >= 0; at--) {
    const word = words[at] ?? '';
    if (speaksFor(words, at, phrases.get(word)) || speaksFor(words, at, phrases.get(singular(word)))) return 'for';
    if (at >= words.length - Math.min(near, AGAINST_MAX) && not.has(word)) return 'against';
  }
  return null;
}

function speaksFor(words: readonly string[], at: number, phrases: readonly (readonly string[])[] | undefined): boolean {
  return (
    phrases?.some((parts) => {
      const first = at - parts.length + 1;
      return first >= 0 && parts.slice(0, -1).every((part, index) => words[first + index] === part);
    }) ?? false
  );
}

const singular = (word: string): string => (word.endsWith('s') ? word.slice(0, -1) : word);
