import assert from 'node:assert/strict';
import { NO_CAPABILITIES } from '../../../compiler/catalog/capabilities.ts';
import type { CatalogLock } from '../../../compiler/catalog/lock.ts';
import { updateLock, type ObservedCatalog, type ObservedDefinition } from '../../../compiler/catalog/update-lock.ts';
import type { DefinitionKind } from '../../../dataplane/format/definition-digest.ts';
import { parseJsonTree, type JsonTree } from '../../../dataplane/format/json-tree.ts';

export function tree(text: string): JsonTree {
  const parsed = parseJsonTree(text);
  assert(parsed.ok, 'the test writes JSON');
  return parsed.tree;
}

export function definition(kind: DefinitionKind, text: string): ObservedDefinition {
  const parsed = tree(text);
  assert(parsed.kind === 'object');
  const name = parsed.members.find(({ key }) => key === (kind === 'template' ? 'uriTemplate' : 'name'))?.value;
  assert(name?.kind === 'string');
  return { kind, name: name.value, definition: parsed };
}

export function tool(text: string): ObservedDefinition {
  return definition('tool', text);
}

export function observed(...definitions: readonly ObservedDefinition[]): ObservedCatalog {
  return {
    server: 'github',
    era: 'modern',
    protocolVersion: '2026-07-28',
    serverInfo: { name: 'github', version: '1.0.0' },
    instructions: null,
    legacyVersion: null,
    capabilities: { ...NO_CAPABILITIES, tools: true },
    definitions,
  };
}

/** What `catalog sync` and then `catalog accept` of everything leave behind. */
export function acceptedLock(...definitions: readonly ObservedDefinition[]): CatalogLock {
  const { lock } = updateLock(null, observed(...definitions));
  return { ...lock, definitions: lock.definitions.map((locked) => ({ ...locked, pending: false })) };
}
