import type { CST } from 'yaml';

/** A comment as it stands in the text of a document. */
export interface FoundComment {
  readonly offset: number;
  readonly text: string;
}

/** Every comment of a document in the order in which they stand; without recursion, whatever the depth. */
export function findComments(tokens: readonly CST.Token[]): readonly FoundComment[] {
  const found: FoundComment[] = [];
  const stack: CST.Token[] = [...tokens];
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    if (token.type === 'comment') found.push({ offset: token.offset, text: token.source.trimEnd() });
    for (const part of partsOf(token)) stack.push(part);
  }
  return found.sort((a, b) => a.offset - b.offset);
}

/** The tokens within a token, those beside its value included. */
function partsOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return [...token.start, ...optional(token.value), ...(token.end ?? [])];
  if (token.type === 'block-scalar') return token.props;
  const items = 'items' in token ? token.items.flatMap(itemParts) : [];
  return 'end' in token ? [...items, ...(token.end ?? [])] : items;
}

function itemParts(item: CST.CollectionItem): readonly CST.Token[] {
  return [...item.start, ...optional(item.key), ...(item.sep ?? []), ...optional(item.value)];
}

function optional(token: CST.Token | null | undefined): readonly CST.Token[] {
  return token === null || token === undefined ? [] : [token];
}
