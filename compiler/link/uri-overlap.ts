/** A piece of what URIs look like: one character, or a run of any but some. `?` and `#` are in a run of `any` alone. */
type UriPiece = { readonly character: string } | { readonly run: 'segment' | 'path' | 'any' };

/** What URIs look like that a pattern, or an alternative of a template, means. */
export type UriShape = readonly UriPiece[];

/** The shape of a pattern (language.md, rule 10): `*` is a run without `/ ? #`, `**` one without `? #`. */
export function shapeOfPattern(pattern: string, isOpaque: boolean): UriShape {
  if (isOpaque) return pattern === '**' ? [{ run: 'any' }] : shapeOfText(pattern);
  const pieces: UriPiece[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character !== '*') {
      pieces.push({ character });
      continue;
    }
    const crosses = pattern.charAt(at + 1) === '*';
    if (crosses) at++;
    pieces.push({ run: crosses ? 'path' : 'segment' });
  }
  return pieces;
}

export function shapeOfText(text: string): UriShape {
  return Array.from(text, (character) => ({ character }));
}

/** Whether some URI has both shapes. Takes time in the product of their lengths, unless they begin or end differently. */
export function shapesOverlap(a: UriShape, b: UriShape): boolean {
  if (differ(a, b) || differ(a.toReversed(), b.toReversed())) return false;
  // Row i, column j: whether what is left of both, from i and from j, can be the same text.
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = Array.from({ length: b.length + 1 }, () => false);
    for (let j = b.length; j >= 0; j--) row[j] = fits(a[i], b[j], { below, row, j });
    below = row;
  }
  return below[0] ?? false;
}

/**
 * Whether every URI of the inner shape has the outer one, as far as that shows piece by piece: a run stands for itself,
 * and is within one that may hold as much.
 */
export function shapeWithin(inner: UriShape, outer: UriShape): boolean {
  // Row i, column j: whether what is left of the inner one, from i, is within what is left of the outer one, from j.
  let below: boolean[] = [];
  for (let i = inner.length; i >= 0; i--) {
    const row: boolean[] = Array.from({ length: outer.length + 1 }, () => false);
    for (let j = outer.length; j >= 0; j--) {
      const [a, b] = [inner[i], outer[j]];
      if (b === undefined) row[j] = a === undefined;
      else if ('run' in b) row[j] = (row[j + 1] ?? false) || (a !== undefined && holds(b, a) && (below[j] ?? false));
      else row[j] = a !== undefined && sameCharacter(a, b) && (below[j + 1] ?? false);
    }
    below = row;
  }
  return below[0] ?? false;
}

const RUNS = ['segment', 'path', 'any'] as const;

function holds(run: UriPiece & { readonly run: (typeof RUNS)[number] }, piece: UriPiece): boolean {
  return 'run' in piece ? RUNS.indexOf(piece.run) <= RUNS.indexOf(run.run) : inRun(run, piece);
}

/** Whether they have different characters before the first run of either. */
function differ(a: UriShape, b: UriShape): boolean {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined || 'run' in left || 'run' in right) return false;
    if (left.character !== right.character) return true;
  }
  return false;
}

interface Known {
  readonly below: readonly boolean[];
  readonly row: readonly boolean[];
  readonly j: number;
}

function fits(a: UriPiece | undefined, b: UriPiece | undefined, { below, row, j }: Known): boolean {
  const afterA = below[j] ?? false;
  const afterB = row[j + 1] ?? false;
  const afterBoth = below[j + 1] ?? false;
  if (a === undefined && b === undefined) return true;
  const runA = a !== undefined && 'run' in a;
  const runB = b !== undefined && 'run' in b;
  // A run may be empty, or go on over what the other has.
  if (runA && (b === undefined || runB || inRun(a, b))) return afterA || (b !== undefined && afterB);
  if (runB && (a === undefined || runA || inRun(b, a))) return afterB || (a !== undefined && afterA);
  if (runA) return afterA;
  if (runB) return afterB;
  return a !== undefined && b !== undefined && sameCharacter(a, b) && afterBoth;
}

function inRun(run: UriPiece, piece: UriPiece): boolean {
  if (!('run' in run) || !('character' in piece)) return false;
  if (run.run === 'any') return true;
  return piece.character !== '?' && piece.character !== '#' && (run.run === 'path' || piece.character !== '/');
}

function sameCharacter(a: UriPiece, b: UriPiece): boolean {
  return 'character' in a && 'character' in b && a.character === b.character;
}
