import { readdirSync, statSync, type Dirent } from 'node:fs';
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
  look(path, folders, lines);
  return { folders, signature: lines.sort().join('\n') };
}

/** Without awaiting, which for thousands of small files would take ten times as long. */
function look(folder: string, folders: string[], lines: string[]): void {
  folders.push(folder);
  lines.push(folder);
  const entries = entriesOf(folder);
  if (entries === null) lines.push(`${folder} unreadable`);
  for (const entry of entries ?? []) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) look(path, folders, lines);
    else lines.push(`${path} ${fileState(path)}`);
  }
}

function entriesOf(folder: string): readonly Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}

function fileState(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return 'gone';
  }
}
