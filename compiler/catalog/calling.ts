import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import type { Definition, KeyTree } from '../../schemas/types/catalog.ts';
import { keyTreeOf } from './key-tree.ts';
import { paramHeaders } from './param-headers.ts';

export type Calling =
  | { readonly ok: true; readonly keys: KeyTree | null; readonly headers: Definition['headers'] }
  /** Nobody can call it. */
  | { readonly ok: false; readonly message: string; readonly at: JsonTree };

/** How a definition is called: the names of its arguments, and which of them travel as headers too. */
export function callingOf(kind: DefinitionKind, definition: JsonTree): Calling {
  switch (kind) {
    case 'tool':
      return toolCalling(memberOf(definition, 'inputSchema'));
    case 'prompt':
      return { ok: true, keys: promptKeys(memberOf(definition, 'arguments')), headers: [] };
    case 'template':
      return { ok: true, keys: null, headers: [] };
  }
}

function toolCalling(inputSchema: JsonTree | null): Calling {
  if (inputSchema === null) return { ok: true, keys: null, headers: [] };
  const keys = keyTreeOf(inputSchema);
  if (!keys.ok) return { ok: false, message: keys.message, at: inputSchema };
  const headers = paramHeaders(inputSchema);
  return headers.ok ? { ok: true, keys: keys.keys, headers: headers.headers } : headers;
}

/** A prompt's arguments are a flat list of names. */
function promptKeys(names: JsonTree | null): KeyTree | null {
  if (names?.kind !== 'array') return null;
  const properties = names.items
    .map((item) => memberOf(item, 'name'))
    .flatMap((name) => (name?.kind === 'string' ? [name.value] : []))
    .sort();
  return { properties: Object.fromEntries(properties.map((name) => [name, null])), items: null };
}
