import type { JsonTree } from '../../dataplane/format/json-tree.ts';
import { CAPABILITY_NAMES } from './capabilities.ts';
import { compareDefinitions, type CatalogLock, type LockedDefinition } from './lock.ts';
import { escapeUnreadable } from './unreadable.ts';

/**
 * The text of a lock file: members sorted by UTF-16 code unit, one line per field so that a diff reads well, numbers as the
 * upstream wrote them, and every character that a reviewer would not see as an escape.
 */
export function writeLock(lock: CatalogLock): string {
  const of = (kind: LockedDefinition['kind']): readonly LockedDefinition[] =>
    lock.definitions.filter((definition) => definition.kind === kind).sort(compareDefinitions);
  const { capabilities } = lock;
  const tree = object({
    ...(capabilities === null
      ? {}
      : {
          capabilities: object(Object.fromEntries(CAPABILITY_NAMES.map((name) => [name, literal(capabilities[name])]))),
        }),
    era: string(lock.era),
    format: { kind: 'number', start: 0, end: 0, token: '1' },
    ...(lock.legacyVersion === null ? {} : { legacyVersion: string(lock.legacyVersion) }),
    instructions: lock.instructions === null ? literal(null) : string(lock.instructions),
    prompts: array(of('prompt').map(entry)),
    protocolVersion: string(lock.protocolVersion),
    resourceTemplates: array(of('template').map(entry)),
    server: string(lock.server),
    serverInfo: object({ name: string(lock.serverInfo.name), version: string(lock.serverInfo.version) }),
    tools: array(of('tool').map(entry)),
  });
  return `${render(tree, '')}\n`;
}

function entry(locked: LockedDefinition): JsonTree {
  return object({
    definition: locked.definition,
    digest: string(locked.digest),
    name: string(locked.name),
    ...(locked.pending ? { pending: literal(true) } : {}),
  });
}

function render(tree: JsonTree, indent: string): string {
  switch (tree.kind) {
    case 'object':
      return block(
        '{',
        '}',
        indent,
        [...tree.members].sort((a, b) => (a.key < b.key ? -1 : 1)),
        (member, inner) => `${quote(member.key)}: ${render(member.value, inner)}`,
      );
    case 'array':
      return block('[', ']', indent, tree.items, render);
    case 'string':
      return quote(tree.value);
    case 'number':
      return tree.token;
    case 'literal':
      return String(tree.value);
  }
}

function block<T>(
  open: string,
  close: string,
  indent: string,
  entries: readonly T[],
  line: (entry: T, indent: string) => string,
): string {
  if (entries.length === 0) return `${open}${close}`;
  const inner = `${indent}  `;
  return `${open}\n${entries.map((one) => `${inner}${line(one, inner)}`).join(',\n')}\n${indent}${close}`;
}

function quote(text: string): string {
  return escapeUnreadable(JSON.stringify(text));
}

function object(members: Readonly<Record<string, JsonTree>>): JsonTree {
  return {
    kind: 'object',
    start: 0,
    end: 0,
    members: Object.entries(members).map(([key, value]) => ({ key, keyStart: 0, keyEnd: 0, value })),
  };
}

function array(items: readonly JsonTree[]): JsonTree {
  return { kind: 'array', start: 0, end: 0, items };
}

function string(value: string): JsonTree {
  return { kind: 'string', start: 0, end: 0, value };
}

function literal(value: boolean | null): JsonTree {
  return { kind: 'literal', start: 0, end: 0, value };
}
