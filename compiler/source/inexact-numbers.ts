import type { Path } from './document.ts';
import type { SourceNode } from './source-tree.ts';

/** Numbers that would be rounded: integers beyond 2^53, and what no JSON can say (infinities, not-a-number). */
export function findInexact(root: SourceNode): readonly Path[] {
  if (root.children.size > 0) {
    return [...root.children].flatMap(([key, child]) => findInexact(child).map((path) => [key, ...path]));
  }
  const value = root.scalar?.value;
  if (typeof value !== 'number') return [];
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value)) ? [] : [[]];
}
