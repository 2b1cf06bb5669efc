import { watch } from 'node:fs';

/** Editors write a file in several steps, and a checkout writes many: one reading after all of them. */
const QUIET_MS = 150;

export interface FolderWatcher {
  close(): void;
}

/**
 * Calls `changed` after something below a folder changed, and after a call has ended that came too early to see it;
 * never twice at a time.
 * @param failed the watch is broken: nothing is reported any more.
 */
export function watchFolder(path: string, changed: () => Promise<void>, failed: (error: Error) => void): FolderWatcher {
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await changed();
      } while (again);
    } finally {
      running = false;
    }
  };
  const watcher = watch(path, { recursive: true }, () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), QUIET_MS);
  });
  watcher.on('error', failed);
  return {
    close: () => {
      if (timer !== null) clearTimeout(timer);
      watcher.close();
    },
  };
}
