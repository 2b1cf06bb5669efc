import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder looks like from outside: equal when nothing in it was written. */
export interface FolderState {
  /** The folder and all below it that may hold policies. */
  readonly folders: readonly string[];
  readonly signature: string;
}

/** Looks at names, sizes and times only. What cannot be looked at counts as absent: reading it says why. */
export async function folderState(path: string): Promise<FolderState> {
  const folders: string[] = [];
  const lines: string[] = [];
  await look(path, folders, lines);
  return { folders, signature: lines.sort().join('\n') };
}

async function look(folder: string, folders: string[], lines: string[]): Promise<void> {
  folders.push(folder);
  lines.push(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) lines.push(`${folder} unreadable`);
  for (const entry of entries ?? []) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await look(path, folders, lines);
    else lines.push(`${path} ${await fileState(path)}`);
  }
}

async function fileState(path: string): Promise<string> {
  const status = await stat(path, { bigint: true }).catch(() => null);
  return status === null ? 'gone' : `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`;
}
