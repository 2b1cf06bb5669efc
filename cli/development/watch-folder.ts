import { FolderWatch } from '../../dataplane/bundle/watch.ts';
import { folderState, type FolderState } from './folder-state.ts';

/** Editors write a file in several steps, and a checkout writes many: one reading after all of them. */
const QUIET_MS = 150;
/** Network file systems and mounted folders report nothing: looked at from time to time as well. */
const POLL_MS = 2_000;

export interface FolderWatcher {
  close(): void;
}

/**
 * Calls `changed` after something below a folder was written; never twice at a time, and once more when something is
 * written meanwhile. Each folder is watched by itself, since a recursive watch on Linux loses files that are replaced.
 *
 * @param seen how the folder was when it was read: what changed since then counts.
 * @param quietMs how long nothing must have been written.
 */
export function watchFolder(
  path: string,
  seen: FolderState,
  changed: () => Promise<void>,
  quietMs: number = QUIET_MS,
): FolderWatcher {
  const watched = new WatchedFolder(path, changed, seen, quietMs);
  return { close: () => watched.close() };
}

class WatchedFolder {
  readonly #path: string;
  readonly #changed: () => Promise<void>;
  readonly #quietMs: number;
  readonly #poll: NodeJS.Timeout;
  #state: FolderState;
  #watch: FolderWatch;
  #quiet: NodeJS.Timeout | null = null;
  #running = false;

  constructor(path: string, changed: () => Promise<void>, state: FolderState, quietMs: number) {
    this.#path = path;
    this.#quietMs = quietMs;
    this.#changed = changed;
    this.#state = state;
    this.#watch = this.#arm();
    this.#poll = setInterval(() => void this.#look(), POLL_MS);
    void this.#look();
  }

  close(): void {
    clearInterval(this.#poll);
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#watch.close();
  }

  #arm(): FolderWatch {
    const watch = new FolderWatch(this.#state.folders, () => {
      if (this.#quiet !== null) clearTimeout(this.#quiet);
      this.#quiet = setTimeout(() => void this.#look(), this.#quietMs);
    });
    watch.arm();
    return watch;
  }

  async #look(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (;;) {
        const state = await folderState(this.#path);
        if (state.signature === this.#state.signature) return;
        this.#state = state;
        this.#watch.close();
        this.#watch = this.#arm();
        await this.#changed();
      }
    } finally {
      this.#running = false;
    }
  }
}
