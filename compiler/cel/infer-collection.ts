import type { Node } from './ast.ts';
import type { Checked } from './checked.ts';
import { describeType } from './explain.ts';
import type { Inference } from './inference.ts';
import type { Scope } from './scope.ts';
import { DYN, listOf, mapOf, type Type } from './types.ts';

export function inferList(inference: Inference, node: Node & { readonly kind: 'list' }, scope: Scope): Checked {
  const { start, end } = node;
  const items = node.items.map((item) => inference.infer(item, scope));
  const type = listOf(joinAll(inference, items, 'item of the list'));
  return { kind: 'list', items, type, start, end };
}

export function inferMap(inference: Inference, node: Node & { readonly kind: 'map' }, scope: Scope): Checked {
  const { start, end } = node;
  const entries = node.entries.map(({ key, value }) => ({
    key: inference.infer(key, scope),
    value: inference.infer(value, scope),
  }));
  const key = joinAll(
    inference,
    entries.map((entry) => entry.key),
    'key of the map',
  );
  const value = joinAll(
    inference,
    entries.map((entry) => entry.value),
    'value of the map',
  );
  return { kind: 'map', entries, type: mapOf(key, value), start, end };
}

/** The type of all items; dyn when they have no common one. */
function joinAll({ environment, bindings, report }: Inference, items: readonly Checked[], what: string): Type {
  let joined: Type | null = null;
  let isMixed = false;
  for (const item of items) {
    const next: Type | null = joined === null ? item.type : bindings.join(joined, item.type);
    if (next === null && !environment.allowsMixedLiterals) {
      const before = describeType(bindings.finish(joined ?? DYN));
      const message = `this ${what} is ${describeType(bindings.finish(item.type))}, those before are ${before}`;
      report('cel/wrong-type', item, message, 'write `dyn(…)` around a value to mix types');
      continue;
    }
    if (next === null) isMixed = true;
    joined = next ?? DYN;
  }
  if (isMixed) return DYN;
  return joined ?? bindings.freshVariable();
}
