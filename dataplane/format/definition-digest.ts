import { domainDigest } from './digest.ts';
import { canonicalTree, type JsonTree } from './json-tree.ts';

export type DefinitionKind = 'tool' | 'prompt' | 'template';

/**
 * The members a definition is pinned by (language.md, Locks). The rest, `_meta` and icons, is served but not compared.
 * What prompts and templates have instead of schemas counts for them.
 */
const PINNED: Readonly<Record<DefinitionKind, ReadonlySet<string>>> = {
  tool: new Set(['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations', 'execution']),
  prompt: new Set(['name', 'title', 'description', 'arguments', 'annotations']),
  template: new Set(['name', 'title', 'description', 'uriTemplate', 'mimeType', 'annotations']),
};

/**
 * The digest of a definition as the upstream sent it: order of members and spaces do not count, number tokens count as
 * sent (1 and 1.0 differ). SHA-256, lower-case hex; null when the tree is no object.
 */
export function definitionDigest(kind: DefinitionKind, definition: JsonTree): string | null {
  if (definition.kind !== 'object') return null;
  const members = definition.members.filter(({ key }) => PINNED[kind].has(key));
  return domainDigest('mcpgw definition 1', kind, canonicalTree({ ...definition, members }));
}
