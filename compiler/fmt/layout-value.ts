import type { Collection, Entry, Scalar } from './layout.ts';

/** A plain value as it could be laid out, without comments. */
export function layoutValue(value: unknown): Scalar | Collection {
  if (typeof value === 'string') return { type: 'scalar', text: value, source: '', isSpread: false };
  if (Array.isArray(value)) {
    return { type: 'list', entries: value.map((item: unknown) => entryOf(null, item)), end: [] };
  }
  if (typeof value === 'object' && value !== null) {
    return { type: 'mapping', entries: Object.entries(value).map(([key, item]) => entryOf(key, item)), end: [] };
  }
  return { type: 'scalar', text: null, source: String(value), isSpread: false };
}

function entryOf(key: string | null, value: unknown): Entry {
  return { key, value: layoutValue(value), before: [], gap: false, comment: null };
}
