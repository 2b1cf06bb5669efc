import type { Checked } from './checked.ts';
import { childrenOf } from './visit.ts';

/**
 * Nodes that one evaluation visits at most; null when that depends on how long a list of the request is. Long texts cost
 * more at run time, where `EXPRESSION_STEPS_MAX` is the bound.
 */
export function stepsOf(node: Checked): number | null {
  if (node.kind !== 'loop') return sum(childrenOf(node).map(stepsOf), 1);
  const elements = lengthOf(node.range);
  const body = sum(
    [node.condition, node.result].map((part) => (part === null ? 0 : stepsOf(part))),
    2,
  );
  const range = stepsOf(node.range);
  return elements === null || body === null || range === null ? null : 1 + range + elements * body;
}

function sum(parts: readonly (number | null)[], first: number): number | null {
  return parts.reduce<number | null>((total, part) => (total === null || part === null ? null : total + part), first);
}

function lengthOf(range: Checked): number | null {
  if (range.kind === 'list') return range.items.length;
  return range.kind === 'map' ? range.entries.length : null;
}
