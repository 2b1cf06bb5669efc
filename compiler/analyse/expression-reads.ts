import type { Const, Expr, Fold } from '../../schemas/types/expression.ts';

/** A place that an expression reads, and what it is compared with there. */
export interface Reading {
  /** From the variable on: `['args', 'customer', 'country']`; `*` is every element of a list. */
  readonly path: readonly string[];
  readonly constants: readonly Const[];
  /** Indices of patterns that it is matched against. */
  readonly patterns: readonly number[];
}

/** Operators between statements: what stands on one side of them says nothing about the other. */
const BETWEEN_STATEMENTS: ReadonlySet<string> = new Set([
  'logical_and',
  'logical_or',
  'logical_not',
  'conditional',
  'not_strictly_false',
]);

type Locals = ReadonlyMap<string, readonly string[] | null>;

/**
 * Everything that an expression reads. Each statement, such as `args.amount <= 50000`, relates the places in it to the
 * constants in it: the values at which its truth changes are among those and their neighbours.
 */
export function readingsOf(expression: Expr): readonly Reading[] {
  const readings: Reading[] = [];
  statements(expression, new Map(), readings);
  return readings;
}

function statements(node: Expr, locals: Locals, readings: Reading[]): void {
  if (node.k === 'call' && BETWEEN_STATEMENTS.has(node.fn)) {
    for (const arg of node.args) statements(arg, locals, readings);
    return;
  }
  const found: Found = { paths: [], constants: [], patterns: [] };
  collect(node, locals, found);
  for (const path of found.paths) readings.push({ path, constants: found.constants, patterns: found.patterns });
}

interface Found {
  readonly paths: (readonly string[])[];
  readonly constants: Const[];
  readonly patterns: number[];
}

function collect(node: Expr, locals: Locals, found: Found): void {
  const path = pathOf(node, locals);
  if (path !== null) {
    found.paths.push(path);
    return;
  }
  switch (node.k) {
    case 'const':
      found.constants.push(node);
      return;
    case 'var':
      return;
    case 'get':
    case 'has':
      collect(node.of, locals, found);
      return;
    case 'call':
      for (const arg of node.args) collect(arg, locals, found);
      return;
    case 'match':
      found.patterns.push(node.pattern);
      collect(node.of, locals, found);
      return;
    case 'list':
      for (const item of node.items) collect(item, locals, found);
      return;
    case 'map':
      for (const { key, value } of node.entries) {
        collect(key, locals, found);
        collect(value, locals, found);
      }
      return;
    case 'fold':
      collectFold(node, locals, found);
      return;
  }
}

function collectFold(node: Fold, locals: Locals, found: Found): void {
  collect(node.range, locals, found);
  const range = pathOf(node.range, locals);
  const inner = new Map(locals);
  // With two variables, the second is the element; a map's key is no place of its own.
  inner.set(node.iter, range === null || node.iter2 !== null ? null : [...range, '*']);
  if (node.iter2 !== null) inner.set(node.iter2, range === null ? null : [...range, '*']);
  inner.set(node.accu, null);
  for (const part of [node.init, node.cond, node.step, node.result]) collect(part, inner, found);
}

/** The place that a node names; null when it is none, or a variable of a fold over something else. */
function pathOf(node: Expr, locals: Locals): readonly string[] | null {
  if (node.k === 'var') {
    const local = locals.get(node.name);
    return local === undefined ? [node.name] : local;
  }
  if (node.k !== 'get' && node.k !== 'has') return null;
  const of = pathOf(node.of, locals);
  return of === null ? null : [...of, node.name];
}
