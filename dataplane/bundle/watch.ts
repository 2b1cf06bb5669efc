import { statSync, watch, type FSWatcher } from 'node:fs';

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

/**
 * Watches folders that may appear, vanish and be replaced, and calls `changed` for whatever happens in them. It may
 * miss a change (network file systems report none), so it only hastens what a timer does anyway.
 */
export class FolderWatch {
  readonly #folders: readonly string[];
  readonly #changed: () => void;
  readonly #watched = new Map<string, Watched>();

  constructor(folders: readonly string[], changed: () => void) {
    this.#folders = [...new Set(folders)];
    this.#changed = changed;
  }

  /** Watches what exists now. Call it from time to time: a folder that was replaced is no longer watched. */
  arm(): void {
    for (const folder of this.#folders) {
      const inode = inodeOf(folder);
      const watched = this.#watched.get(folder);
      if (watched?.inode === inode) continue;
      this.#release(folder);
      if (inode !== null) this.#watch(folder, inode);
    }
  }

  close(): void {
    for (const folder of this.#folders) this.#release(folder);
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, this.#changed);
      watcher.on('error', () => this.#release(folder));
      this.#watched.set(folder, { watcher, inode });
    } catch {
      // Too many watches, or the folder went away again: the timer remains.
    }
  }

  #release(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}

/** Null when there is nothing there that can be watched. */
function inodeOf(folder: string): number | null {
  try {
    return statSync(folder).ino;
  } catch {
    return null;
  }
}
