import { stringify } from 'yaml';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import type { LockedDefinition } from '../../compiler/catalog/lock.ts';
import { definitionDigest, type DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import type { Doc, LockDoc } from './documents.ts';

const textOf = new WeakMap<Doc, string>();

/** A document as a person could have written it. */
function writeDocument(doc: Doc): string {
  const known = textOf.get(doc) ?? stringify(doc, { lineWidth: 0, aliasDuplicateObjects: false });
  textOf.set(doc, known);
  return known;
}

/** Policy files with so many documents each. */
export function writeFiles(documents: readonly Doc[], perFile: number): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (let at = 0; at < documents.length; at += perFile) {
    files.push({
      path: `file-${at}.yaml`,
      text: documents
        .slice(at, at + perFile)
        .map(writeDocument)
        .join('---\n'),
    });
  }
  return files;
}

const lockFiles = new WeakMap<LockDoc, SourceFile>();

/** Lock files as `catalog sync` and `catalog accept` leave them. */
export function writeLocks(locks: ReadonlyMap<string, LockDoc>): readonly SourceFile[] {
  return [...locks].map(([path, lock]) => {
    const known = lockFiles.get(lock) ?? { path, text: lockText(lock) };
    lockFiles.set(lock, known);
    return known;
  });
}

function lockText({ server, tools, prompts, templates }: LockDoc): string {
  const named = <T extends { readonly name: string; readonly pending?: true }>(
    kind: DefinitionKind,
    items: readonly T[],
    definitionOf: (item: T) => object,
  ): readonly LockedDefinition[] =>
    items.map((item) => {
      const parsed = parseJsonTree(JSON.stringify(definitionOf(item)));
      const digest = parsed.ok ? definitionDigest(kind, parsed.tree) : null;
      if (!parsed.ok || digest === null) throw new Error('a definition is an object');
      return { kind, name: item.name, pending: item.pending === true, digest, definition: parsed.tree, at: null };
    });
  return writeLock({
    server,
    era: 'modern',
    protocolVersion: '2026-07-28',
    serverInfo: { name: server, version: '1.0.0' },
    instructions: null,
    legacyVersion: null,
    capabilities: null,
    definitions: [
      ...named('tool', tools, ({ name, definition }) => ({ name, ...definition })),
      ...named('prompt', prompts, ({ name, definition }) => ({ name, ...definition })),
      ...named('template', templates, ({ name }) => ({ name: 'a template', uriTemplate: name })),
    ],
  });
}
