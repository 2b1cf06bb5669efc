import type { Collection, Entry, Scalar } from './layout.ts';
import type { Shape } from './shape.ts';

/** An entry and what the schema says about its value. */
export interface ShapedEntry {
  readonly entry: Entry;
  readonly shape: Shape;
}

/** The entries of a list as they are; those of a mapping in the order of the schema, then the others as they were written. */
export function orderedEntries(collection: Collection, shape: Shape): readonly ShapedEntry[] {
  const { entries, type } = collection;
  if (type === 'list') return entries.map((entry) => ({ entry, shape: shape.item() }));
  const { names, member } = shape.fields(writtenOf(collection));
  const rank = (key: string | null): number => {
    const at = names.indexOf(key ?? '');
    return at === -1 ? names.length : at;
  };
  return [...entries]
    .sort((a, b) => rank(a.key) - rank(b.key))
    .map((entry) => ({ entry, shape: member(entry.key ?? '') }));
}

/** Keys and texts, by which the alternatives of a schema are told apart. */
function writtenOf({ entries }: Collection): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entries.map(({ key, value }) => [key ?? '', value.type === 'scalar' ? plain(value) : {}]));
}

function plain({ text, source }: Scalar): unknown {
  if (text !== null) return text;
  return source === 'true' || source === 'false' ? source === 'true' : source === 'null' ? null : 0;
}
