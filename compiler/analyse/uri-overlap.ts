/** A piece of a pattern: one character, or a run of any without `?` and `#`, and without `/` unless `crosses`. */
type Piece = { readonly character: string } | { readonly crosses: boolean };

/**
 * Whether some resource URI fits both patterns (language.md, rule 10): `*` is a run without `/ ? #`, `**` one without
 * `? #`. Takes time in the product of their lengths.
 */
export function patternsOverlap(left: string, right: string): boolean {
  const a = piecesOf(left);
  const b = piecesOf(right);
  // Row i, column j: whether what is left of both, from i and from j, can be the same text.
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = Array.from({ length: b.length + 1 }, () => false);
    for (let j = b.length; j >= 0; j--) row[j] = fits(a[i], b[j], { below, row, j });
    below = row;
  }
  return below[0] ?? false;
}

interface Known {
  readonly below: readonly boolean[];
  readonly row: readonly boolean[];
  readonly j: number;
}

function fits(a: Piece | undefined, b: Piece | undefined, { below, row, j }: Known): boolean {
  const afterA = below[j] ?? false;
  const afterB = row[j + 1] ?? false;
  const afterBoth = below[j + 1] ?? false;
  if (a === undefined && b === undefined) return true;
  const runA = a !== undefined && 'crosses' in a;
  const runB = b !== undefined && 'crosses' in b;
  // A run may be empty, or go on over what the other has.
  if (runA && (b === undefined || runB || inRun(a, b))) return afterA || (b !== undefined && afterB);
  if (runB && (a === undefined || runA || inRun(b, a))) return afterB || (a !== undefined && afterA);
  if (runA) return afterA;
  if (runB) return afterB;
  return a !== undefined && b !== undefined && sameCharacter(a, b) && afterBoth;
}

function inRun(run: Piece, piece: Piece): boolean {
  if (!('crosses' in run) || !('character' in piece)) return false;
  return piece.character !== '?' && piece.character !== '#' && (run.crosses || piece.character !== '/');
}

function sameCharacter(a: Piece, b: Piece): boolean {
  return 'character' in a && 'character' in b && a.character === b.character;
}

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character !== '*') {
      pieces.push({ character });
      continue;
    }
    const crosses = pattern.charAt(at + 1) === '*';
    if (crosses) at++;
    pieces.push({ crosses });
  }
  return pieces;
}
