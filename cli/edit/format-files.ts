import { stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { collectDiagnostics } from '../../compiler/diagnostics/collect.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { formatFile } from '../../compiler/fmt/format-file.ts';
import { readDocuments } from '../../compiler/source/read-documents.ts';
import { failure, onPath } from '../failure.ts';
import { isLock, POLICY_BYTES_MAX, policyPaths } from '../policy-folder.ts';
import { readText } from '../read-file.ts';

export interface FormattedFile {
  /** As it should be printed. */
  readonly path: string;
  readonly before: string;
  /** Null when the file has errors, and is not to be written. */
  readonly after: string | null;
}

export interface Formatting {
  /** Sorted by path, each once. */
  readonly files: readonly FormattedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What formatting would make of policy files. A path is a file, or a folder and all policy files below it.
 * @throws Failure naming a path that cannot be read, or a folder without policy files.
 */
export async function formatFiles(paths: readonly string[]): Promise<Formatting> {
  const collector = collectDiagnostics();
  const files: FormattedFile[] = [];
  for (const path of [...new Set((await Promise.all(paths.map(filesOf))).flat())].sort()) {
    const before = await readText(path, POLICY_BYTES_MAX);
    const errors = collector.errors();
    readDocuments([{ path, text: before }], collector.report);
    files.push({ path, before, after: collector.errors() > errors ? null : formatFile(before) });
  }
  return { files, diagnostics: collector.diagnostics() };
}

async function filesOf(path: string): Promise<readonly string[]> {
  const status = await onPath(path, stat(path));
  if (!status.isDirectory()) {
    if (/\.ya?ml$/.test(path)) return [normalize(path)];
    throw failure(path, 'is no policy file (*.yaml)');
  }
  const found = (await policyPaths(path)).filter((file) => !isLock(file));
  if (found.length === 0) throw failure(path, 'holds no policy file (*.yaml)');
  return found.map((file) => join(path, file));
}
