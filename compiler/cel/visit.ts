import type { Checked } from './checked.ts';

/** The nodes right below one, in the order of evaluation. */
export function childrenOf(node: Checked): readonly Checked[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'error':
      return [];
    case 'get':
    case 'has':
    case 'match':
      return [node.of];
    case 'call':
      return node.args;
    case 'logic':
      return node.operands;
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'loop':
      return [
        node.range,
        ...(node.condition === null ? [] : [node.condition]),
        ...(node.result === null ? [] : [node.result]),
      ];
  }
}

/** A node with other nodes below it, in the order of `childrenOf`. */
export function mapChildren(node: Checked, replace: (child: Checked) => Checked): Checked {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'error':
      return node;
    case 'get':
    case 'has':
    case 'match':
      return { ...node, of: replace(node.of) };
    case 'call':
      return { ...node, args: node.args.map(replace) };
    case 'logic':
      return { ...node, operands: node.operands.map(replace) };
    case 'list':
      return { ...node, items: node.items.map(replace) };
    case 'map':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key: replace(key), value: replace(value) })) };
    case 'loop':
      return {
        ...node,
        range: replace(node.range),
        condition: node.condition === null ? null : replace(node.condition),
        result: node.result === null ? null : replace(node.result),
      };
  }
}

/** The variables of a request that an expression reads, sorted. */
export function globalsOf(node: Checked): readonly string[] {
  const names = new Set<string>();
  const visit = (each: Checked): void => {
    if (each.kind === 'variable' && !each.isLocal) names.add(each.name);
    for (const child of childrenOf(each)) visit(child);
  };
  visit(node);
  return [...names].sort();
}

/** Whether a node reads a variable that is defined around it, or stands for a mistake. */
export function isOpen(node: Checked): boolean {
  return reads(node, new Set());
}

function reads(node: Checked, bound: ReadonlySet<string>): boolean {
  if (node.kind === 'variable') return !node.isLocal || !bound.has(node.name);
  if (node.kind === 'error') return true;
  if (node.kind !== 'loop') return childrenOf(node).some((child) => reads(child, bound));
  if (reads(node.range, bound)) return true;
  const inside = new Set([...bound, ...node.variables]);
  return [node.condition, node.result].some((body) => body !== null && reads(body, inside));
}
