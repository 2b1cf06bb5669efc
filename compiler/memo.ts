/**
 * What was worked out about things, kept for as long as there are the things: of each the last result, for the inputs
 * that it was worked out from. It grows no larger than what it is about.
 *
 * The rule for whoever uses it: all that `work` reads is the thing, one of the inputs, what those refer to, or the same
 * for ever. Things and inputs are compared as objects: nothing in them ever changes.
 */
export class Memo<K extends WeakKey, V> {
  readonly #known = new WeakMap<K, { readonly inputs: readonly unknown[]; readonly result: V }>();

  of(thing: K, inputs: readonly unknown[], work: () => V): V {
    const before = this.#known.get(thing);
    if (before !== undefined && areSame(before.inputs, inputs)) return before.result;
    const result = work();
    this.#known.set(thing, { inputs, result });
    return result;
  }
}

/** Whether two lists have the very same items. */
export function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
