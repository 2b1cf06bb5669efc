import type { Candidate } from './recognizer.ts';

/** How a detector decides between its own entities. */
export interface Precedence {
  /** Position of each entity: the earlier one has a place that two take with the same score. */
  readonly order: ReadonlyMap<string, number>;
  /** These have a place that others take as well, whatever the scores. */
  readonly first: ReadonlySet<string>;
  /** These leave any place of which another takes a part. */
  readonly last: ReadonlySet<string>;
}

/** Entities in the order of their names' list, and no other rule. */
export function inOrderOf(entities: readonly string[]): Precedence {
  return { order: new Map(entities.map((entity, at) => [entity, at])), first: new Set(), last: new Set() };
}

/**
 * What is left of overlapping candidates, in order: of what lies within another the outer one; of the same place the one
 * with the higher score. Where two overlap only in part both stay, since leaving one out would leave a part of it to be read.
 */
export function withoutOverlaps(candidates: readonly Candidate[], precedence: Precedence): readonly Candidate[] {
  if (candidates.length < 2) return candidates;
  const likeliest = oneForEachPlace(candidates, precedence);
  const firm = outermost(likeliest.filter(({ entity }) => !precedence.last.has(entity)));
  const yielding = outermost(likeliest.filter(({ entity }) => precedence.last.has(entity)));
  const left = untouched(yielding, firm);
  return left.length === 0 ? firm : [...firm, ...left].sort((a, b) => a.start - b.start);
}

/** In order of their places, the outer ones first. */
function oneForEachPlace(candidates: readonly Candidate[], { order, first }: Precedence): readonly Candidate[] {
  const rank = ({ entity }: Candidate): number => order.get(entity) ?? order.size;
  const isFirst = ({ entity }: Candidate): number => Number(first.has(entity));
  const sorted = [...candidates].sort(
    (a, b) => a.start - b.start || b.end - a.end || isFirst(b) - isFirst(a) || b.score - a.score || rank(a) - rank(b),
  );
  return sorted.filter(({ start, end }, at) => {
    const before = sorted[at - 1];
    return before === undefined || before.start !== start || before.end !== end;
  });
}

/** Of candidates in that order, those that lie within no other. */
function outermost(candidates: readonly Candidate[]): readonly Candidate[] {
  let covered = 0;
  return candidates.filter(({ end }) => {
    const isWithin = end <= covered;
    covered = Math.max(covered, end);
    return !isWithin;
  });
}

/** Both in order, and neither with one of its own within another. */
function untouched(candidates: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  let next = 0;
  return candidates.filter(({ start, end }) => {
    while ((others[next]?.end ?? Infinity) <= start) next++;
    return (others[next]?.start ?? Infinity) >= end;
  });
}
