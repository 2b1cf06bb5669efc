import type { Scalar } from 'yaml';
import type { SourceFile, Span } from '../diagnostics/diagnostic.ts';
import type { Part, Path } from './document.ts';
import { scalarOffsets } from './scalar-offsets.ts';

/** Where a value of a document is written, beside the value itself. */
export interface SourceNode {
  /** Of the key, in a mapping. */
  readonly key: Span | null;
  /** From the first character to the last; the key's where nothing is written. */
  readonly value: Span;
  /** By key or index. */
  readonly children: ReadonlyMap<string | number, SourceNode>;
  /** As it was parsed, unless it is a mapping or a list. */
  readonly scalar: Scalar | null;
}

/** A file, and how far into it the text begins that scalars count from. */
export interface Origin {
  readonly file: SourceFile;
  readonly base: number;
}

export function nodeAt(root: SourceNode, path: Path): SourceNode | null {
  let node: SourceNode | null = root;
  for (const step of path) node = node?.children.get(step) ?? null;
  return node;
}

/** The span of a key or value; of what is not written, the key of the nearest mapping that is, else `otherwise`. */
export function spanAt(root: SourceNode, path: Path, part: Part, otherwise: Span): Span {
  const node = nodeAt(root, path);
  if (node !== null && path.length > 0) return part === 'key' ? (node.key ?? node.value) : node.value;
  for (let length = path.length - 1; length > 0; length--) {
    const ancestor = nodeAt(root, path.slice(0, length));
    if (ancestor !== null) return ancestor.key ?? ancestor.value;
  }
  return otherwise;
}

/** The span of characters `start` to `end` of a text value; the whole value when it is no text. */
export function spanInside(node: SourceNode, { file, base }: Origin, start: number, end: number): Span {
  const offsets = node.scalar === null ? null : scalarOffsets(node.scalar);
  if (offsets === null || offsets.starts.length === 0) return node.value;
  const last = offsets.starts.length - 1;
  const first = Math.min(Math.max(start, 0), last);
  const from = start > last ? offsets.ends[last] : offsets.starts[first];
  const to = end > start ? offsets.ends[Math.min(end - 1, last)] : from;
  if (from === undefined || to === undefined) return node.value;
  return { file, start: base + from, end: base + Math.max(from, to) };
}
