import type { Edit } from '../json/splice.ts';
import { byteOffsets, stringToken } from '../json/text.ts';
import type { Leaf, Leaves, Source } from './leaves.ts';
import type { Change } from './resolve.ts';

/**
 * The edits that make the changes in the bytes of a message. What is changed within a text that is JSON is spliced there, and
 * that splice is made in the text: whatever no rule changed stays as it was, on every level.
 */
export function editsOf({ sources, leaves }: Leaves, changes: readonly Change[]): readonly Edit[] {
  const bySource = sources.map((): Change[] => []);
  for (const change of changes) bySource[leaves[change.text]?.source ?? 0]?.push(change);
  // Inner sources come after those that hold them.
  for (let at = sources.length - 1; at > 0; at--) {
    const source = sources[at];
    if (source === undefined) continue;
    const edits = sourceEdits(source, leaves, bySource[at] ?? []);
    const holder = leaves[source.holder];
    if (edits.length > 0 && holder !== undefined) bySource[holder.source]?.push(...changesOf(source, edits));
  }
  const [message] = sources;
  return message === undefined ? [] : sourceEdits(message, leaves, bySource[0] ?? []);
}

function sourceEdits({ bytes }: Source, leaves: readonly Leaf[], changes: readonly Change[]): readonly Edit[] {
  const edits: Edit[] = [];
  const inOrder = [...changes].sort((a, b) => a.text - b.text || a.start - b.start);
  for (let first = 0; first < inOrder.length;) {
    const text = inOrder[first]?.text ?? 0;
    let after = first + 1;
    while (inOrder[after]?.text === text) after++;
    const leaf = leaves[text];
    const own = inOrder.slice(first, after);
    first = after;
    if (leaf === undefined) continue;
    // Changed both as it stands and as it decodes, nothing of it can be kept.
    if (inOrder[after]?.text === text + 1 && isDecoded(leaf, leaves[text + 1])) {
      edits.push({ start: leaf.start, end: leaf.end, bytes: stringToken(own.map((change) => change.with).join('')) });
      while (inOrder[first]?.text === text + 1) first++;
    } else {
      pushEdits(bytes, leaf, own, edits);
    }
  }
  return edits;
}

/** Whether the second is the same token as the first, decoded. */
const isDecoded = (leaf: Leaf, next: Leaf | undefined): boolean =>
  leaf.kind === 'string' && next?.kind === 'base64' && next.start === leaf.start && next.source === leaf.source;

function pushEdits(bytes: Buffer, leaf: Leaf, changes: readonly Change[], edits: Edit[]): void {
  switch (leaf.kind) {
    case 'string':
    case 'key': {
      const places = byteOffsets(
        bytes,
        leaf.start,
        changes.flatMap(({ start, end }) => [start, end]),
      );
      for (const [index, change] of changes.entries()) {
        const start = places[index * 2] ?? 0;
        const end = places[index * 2 + 1] ?? 0;
        edits.push({ start, end, bytes: stringToken(change.with).slice(1, -1) });
      }
      return;
    }
    // A number of which a part is gone is none any more.
    case 'number':
      edits.push({ start: leaf.start, end: leaf.end, bytes: stringToken(changeText(leaf.text, changes)) });
      return;
    case 'base64': {
      const encoded = Buffer.from(changeText(leaf.text, changes), 'utf8').toString('base64');
      edits.push({ start: leaf.start, end: leaf.end, bytes: stringToken(leaf.before + encoded) });
    }
  }
}

/** Edits of the bytes of a source as changes of the text that holds it. */
function changesOf({ bytes, holder }: Source, edits: readonly Edit[]): readonly Change[] {
  let at = 0;
  let unit = 0;
  const unitAt = (offset: number): number => {
    for (; at < offset; unit++) {
      const byte = bytes[at] ?? 0;
      at += byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      if (byte >= 0xf0) unit++;
    }
    return unit;
  };
  return edits.map((edit) => {
    const start = unitAt(edit.start);
    return { text: holder, start, end: unitAt(edit.end), with: edit.bytes.toString() };
  });
}

/** One text with its changes made. */
function changeText(text: string, changes: readonly Change[]): string {
  let changed = '';
  let at = 0;
  for (const change of changes) {
    changed += text.slice(at, change.start) + change.with;
    at = change.end;
  }
  return changed + text.slice(at);
}
