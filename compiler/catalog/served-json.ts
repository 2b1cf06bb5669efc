import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { canonicalTree, type JsonTree } from '../../dataplane/format/json-tree.ts';

/**
 * What a list shows of a definition, but for its name, which depends on the gateway. `execution` is left out because it
 * announces tasks, and these are not served.
 */
const LEFT_OUT: Readonly<Record<DefinitionKind, readonly string[]>> = {
  tool: ['name', 'execution'],
  prompt: ['name'],
  // Named by `uriTemplate`; its `name` is a label, like a title.
  template: [],
};

/** The definition as canonical JSON text, from `{` to `}`, ready to have the exposed name spliced in. */
export function servedJson(kind: DefinitionKind, definition: JsonTree): string {
  if (definition.kind !== 'object') return canonicalTree(definition);
  const members = definition.members.filter((member) => !LEFT_OUT[kind].includes(member.key));
  return canonicalTree({ ...definition, members });
}
