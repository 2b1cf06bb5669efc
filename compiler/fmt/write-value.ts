import type { Entry } from './layout.ts';
import { layoutValue } from './layout-value.ts';
import { shapeOf, type Shape } from './shape.ts';
import { writeEntry, writeLayout } from './write-layout.ts';
import { writeText } from './write-text.ts';

/** A new document of a kind, in canonical form, with the line feed at its end. */
export function writeDocument(value: Readonly<Record<string, unknown>> & { readonly kind: string }): string {
  return `${writeLayout(bare(null, value), shapeOf(value.kind)).join('\n')}\n`;
}

/** A pair of a mapping, or with the key null an item of a list, on lines of its own. */
export function writeLines(key: string | null, value: unknown, shape: Shape, indent: string): readonly string[] {
  return writeEntry({ entry: bare(key, value), shape }, indent, true);
}

/** A value between brackets, in one line whatever it is: for what stands within such a line already. */
export function writeFlow(value: unknown): string {
  if (typeof value === 'string') return writeText(value, 'flow');
  if (Array.isArray(value)) return `[${value.map(writeFlow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, item]) => writeFlowPair(key, item));
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

export function writeFlowPair(key: string, value: unknown): string {
  return `${writeText(key, 'flow')}: ${writeFlow(value)}`;
}

function bare(key: string | null, value: unknown): Entry {
  return { key, value: layoutValue(value), before: [], gap: false, comment: null };
}
