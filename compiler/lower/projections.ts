import assert from 'node:assert/strict';
import type { Projection } from '../../schemas/types/expression.ts';

/**
 * What two conditions of one tool read together. Both projections are of the same schema, so they agree about whatever
 * both read, and differ only in what one of them does not look at.
 */
export function mergeProjections(a: Projection, b: Projection): Projection {
  if (a.type === 'any') return b;
  if (b.type === 'any') return a;
  assert.equal(a.type, b.type, 'projections of one schema have one type');
  return {
    type: a.type,
    nullable: a.nullable && b.nullable,
    enum: a.enum ?? b.enum,
    members: mergeMembers(a.members, b.members),
    required: [...new Set([...a.required, ...b.required])].sort(),
    undeclared:
      a.undeclared === 'read' || b.undeclared === 'read' ? 'read' : mergeUndeclared(a.undeclared, b.undeclared),
    items: mergeOptional(a.items, b.items),
  };
}

const mergeUndeclared = (a: 'refuse' | 'skip', b: 'refuse' | 'skip'): 'refuse' | 'skip' =>
  a === 'refuse' || b === 'refuse' ? 'refuse' : 'skip';

function mergeOptional(a: Projection | null, b: Projection | null): Projection | null {
  if (a === null) return b;
  return b === null ? a : mergeProjections(a, b);
}

function mergeMembers(a: Projection['members'], b: Projection['members']): Projection['members'] {
  if (a === null || b === null) return a ?? b;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => [name, mergeOptional(a[name] ?? null, b[name] ?? null)]));
}
