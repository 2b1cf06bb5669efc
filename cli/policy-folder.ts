import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { failure, onPath } from './failure.ts';
import { readText } from './read-file.ts';
import { sourceState, type SourceState } from './source-control.ts';

const FILES_MAX = 20_000;
const FOLDER_DEPTH_MAX = 32;
export const POLICY_BYTES_MAX = 4 * 1024 * 1024;
const LOCK_BYTES_MAX = 32 * 1024 * 1024;
/** Of everything together: what a compile holds in memory. */
const TOTAL_BYTES_MAX = 512 * 1024 * 1024;

/** Structurally the compiler's: a path relative to the policy folder with `/`, and text with LF line ends. */
interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface PolicyFolder {
  /** The folder of the Workspace, as it should be printed. */
  readonly root: string;
  /** `*.yaml` and `*.yml`, sorted by path. */
  readonly files: readonly SourceText[];
  /** `*.lock.json`, sorted by path. */
  readonly locks: readonly SourceText[];
  readonly source: SourceState;
}

/**
 * Reads a policy folder: finds the one Workspace below `path` and takes every policy and lock file below its folder.
 * Hidden folders and node_modules are skipped; a symbolic link is refused, since what it points to is reviewed elsewhere.
 * @throws Failure naming the path that is missing, unreadable, too large, or a link.
 */
export async function readPolicyFolder(path: string): Promise<PolicyFolder> {
  const folder = await readPolicyFiles(path);
  return { ...folder, source: await sourceState(folder.root) };
}

/**
 * The same without asking git, for what ships nothing.
 * @param previous the folder as it was read before: files that have not changed are the very same objects.
 */
export async function readPolicyFiles(path: string, previous: PolicyFolder | null = null): Promise<PolicyFolder> {
  const found = await policyPaths(path);
  const all: SourceText[] = [];
  let characters = 0;
  for (const file of found) {
    const text = await readText(join(path, file), isLock(file) ? LOCK_BYTES_MAX : POLICY_BYTES_MAX);
    characters += text.length;
    if (characters > TOTAL_BYTES_MAX) throw failure(path, `holds more than ${TOTAL_BYTES_MAX} bytes of policy`);
    all.push({ path: file, text });
  }
  if (!all.some((file) => !isLock(file.path))) {
    throw failure(path, 'holds no policy file (*.yaml)', 'name the folder that holds them, or begin with `mcpgw init`');
  }
  const folder = workspaceFolder(path, all);
  const known = new Map([...(previous?.files ?? []), ...(previous?.locks ?? [])].map((file) => [file.path, file]));
  const within = all
    .filter((file) => file.path.startsWith(folder))
    .map(({ path: file, text }): SourceText => {
      const before = known.get(file.slice(folder.length));
      return before?.text === text ? before : { path: file.slice(folder.length), text };
    });
  return {
    root: join(path, folder),
    files: within.filter((file) => !isLock(file.path)),
    locks: within.filter((file) => isLock(file.path)),
    source: { commit: null, dirty: true },
  };
}

/**
 * Every policy and lock file below a folder, relative to it, sorted. Hidden folders and node_modules are skipped.
 * @throws Failure naming the path that is missing, unreadable, or a symbolic link.
 */
export async function policyPaths(folder: string): Promise<readonly string[]> {
  const found = (await walk(folder, '', 0)).sort();
  if (found.length > FILES_MAX) throw failure(folder, `holds more than ${FILES_MAX} policy files`);
  return found;
}

export function isLock(path: string): boolean {
  return path.endsWith('.lock.json');
}

async function walk(top: string, folder: string, depth: number): Promise<string[]> {
  const here = join(top, folder);
  if (depth > FOLDER_DEPTH_MAX) throw failure(here, `is more than ${FOLDER_DEPTH_MAX} folders deep`);
  const found: string[] = [];
  for (const entry of await onPath(here, entriesOf(here))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = `${folder}${entry.name}`;
    if (entry.isSymbolicLink())
      throw failure(join(top, path), 'is a symbolic link, which a policy folder may not hold');
    if (entry.isDirectory()) found.push(...(await walk(top, `${path}/`, depth + 1)));
    else if (/\.(?:yaml|yml|lock\.json)$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdirSync(folder, { withFileTypes: true });
}

/** Only finds where to look: whether the document is well-formed, and the only one, is the compiler's to say. */
const WORKSPACE = /^kind[ \t]*:[ \t]*(["']?)Workspace\1[ \t]*(?:#.*)?$/m;

/** A policy that nobody reads is worse than none: a rule that subtracts would silently be missing. */
const POLICY_KIND =
  /^kind[ \t]*:[ \t]*(["']?)(?:Role|Team|Robot|Client|Server|Allowlist|Gateway|Grant|Guard|RedactionRule|Limit|Invariant|TestSuite)\1[ \t]*(?:#.*)?$/m;

/** The folder of the Workspace, relative, with a `/` at its end unless empty; everything when there is none. */
function workspaceFolder(path: string, files: readonly SourceText[]): string {
  const workspaces = files.filter((file) => !isLock(file.path) && WORKSPACE.test(file.text));
  const folders = [...new Set(workspaces.map((file) => file.path.slice(0, file.path.lastIndexOf('/') + 1)))];
  if (folders.length > 1) {
    const places = workspaces.map((file) => join(path, file.path)).join(', ');
    throw failure(path, `holds more than one workspace: ${places}`, 'name the folder of one of them');
  }
  const folder = folders[0] ?? '';
  const stray = files.find(
    (file) => !file.path.startsWith(folder) && !isLock(file.path) && POLICY_KIND.test(file.text),
  );
  if (stray !== undefined) {
    const remedy = `every policy file lies below the folder of the workspace, ${join(path, folder)}`;
    throw failure(join(path, stray.path), 'lies outside the workspace and would not be in force', remedy);
  }
  return folder;
}
