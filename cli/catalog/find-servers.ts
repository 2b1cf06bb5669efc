import { join } from 'node:path';
import { lockPath } from '../../compiler/catalog/lock-path.ts';
import type { CatalogLock } from '../../compiler/catalog/lock.ts';
import { readLock } from '../../compiler/catalog/read-lock.ts';
import { collectDiagnostics } from '../../compiler/diagnostics/collect.ts';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import type { Document } from '../../compiler/source/document.ts';
import { readDocuments } from '../../compiler/source/read-documents.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { failure } from '../failure.ts';
import { readPolicyFiles, type PolicyFolder } from '../policy-folder.ts';

/** The Servers of a policy folder, with their locks. Mistakes elsewhere in the folder do not matter here. */
export interface ServerFolder {
  /** As it should be printed. */
  readonly root: string;
  /** Sorted by name, then place. */
  readonly servers: readonly Document<Server>[];
  readonly locks: ReadonlyMap<string, SourceFile>;
}

export async function readServers(path: string): Promise<ServerFolder> {
  return serversOf(await readPolicyFiles(path));
}

export function serversOf(folder: PolicyFolder): ServerFolder {
  const { documents } = readDocuments(folder.files, () => {});
  const servers = documents
    .filter((document): document is Document<Server> => document.kind === 'Server')
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { root: folder.root, servers, locks: new Map(folder.locks.map((lock) => [lock.path, lock])) };
}

/** The documents of the Server of this name; several when environments differ. @throws Failure when there is none. */
export function serversNamed(
  folder: ServerFolder,
  name: string,
  environment: string | null,
): readonly Document<Server>[] {
  const named = folder.servers.filter((server) => server.name === name);
  if (named.length === 0) {
    const known = new Set(folder.servers.map((server) => server.name));
    throw failure(
      name,
      `is no Server in ${folder.root}`,
      didYouMean(name, known) ?? '`mcpgw check` says what is wrong with its document',
    );
  }
  const applying = named.filter((server) => appliesIn(server, environment));
  if (applying.length === 0)
    throw failure('--environment', `the Server \`${name}\` is not in \`${environment ?? ''}\``);
  return applying;
}

export function appliesIn(server: Document<Server>, environment: string | null): boolean {
  const { environments } = server.value;
  return environment === null || environments === undefined || environments.includes(environment);
}

/**
 * The lock of a Server, or null when it has none yet.
 * @throws Failure when there is one that cannot be believed: nothing is accepted or kept on its word.
 */
export function lockOf(folder: ServerFolder, server: Document<Server>): CatalogLock | null {
  const path = lockPath(server);
  const file = folder.locks.get(path);
  if (file === undefined) return null;
  const shown = join(folder.root, path);
  const collector = collectDiagnostics();
  const lock = readLock(file, collector.report);
  const help = 'restore it from git; or remove it and sync again, and everything is pending';
  if (lock === null) throw failure(shown, collector.diagnostics()[0]?.message ?? 'is no lock', help);
  if (lock.server !== server.name) throw failure(shown, `is the lock of the Server \`${lock.server}\``, help);
  return lock;
}
