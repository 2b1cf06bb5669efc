import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const GIT_MS_MAX = 10_000;
const GIT_BYTES_MAX = 16 * 1024 * 1024;

export interface SourceState {
  /** The commit checked out, 40 or 64 hex digits; null outside a repository, before the first commit, or without git. */
  readonly commit: string | null;
  /** Something in the folder differs from that commit, or there is no commit to differ from. */
  readonly dirty: boolean;
}

/** What git says of a folder. Never fails: the policy is the same without it, only its origin is not recorded. */
export async function sourceState(folder: string): Promise<SourceState> {
  const commit = await git(folder, ['rev-parse', '--verify', 'HEAD']);
  if (commit === null) return { commit: null, dirty: true };
  const changes = await git(folder, ['status', '--porcelain', '--', '.']);
  return { commit: commit.trim(), dirty: changes === null || changes !== '' };
}

/** The file system monitor is a program that a repository's own configuration may name: not run from here. */
async function git(folder: string, words: readonly string[]): Promise<string | null> {
  const options = { timeout: GIT_MS_MAX, maxBuffer: GIT_BYTES_MAX, windowsHide: true };
  try {
    const before = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-C', folder];
    return (await run('git', [...before, ...words], options)).stdout;
  } catch {
    return null;
  }
}
