import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folderState } from '../../cli/development/folder-state.ts';
import { watchFolder } from '../../cli/development/watch-folder.ts';
import { temporaryFolder } from './mcpgw.ts';

/** Everything that editors and version control do to files, in the order in which it once went unseen. */
const CHANGES: [name: string, change: (folder: string) => Promise<unknown>][] = [
  ['a new file', (folder) => writeFile(join(folder, 'a.yaml'), '1')],
  [
    'new folders',
    (folder) => mkdir(join(folder, 'x/y'), { recursive: true }).then(() => writeFile(join(folder, 'x/y/b.yaml'), '1')),
  ],
  ['a file in a new folder', (folder) => writeFile(join(folder, 'x/y/b.yaml'), '12')],
  [
    'a file that is replaced',
    (folder) =>
      writeFile(join(folder, 'x/.b.tmp'), '123').then(() =>
        rename(join(folder, 'x/.b.tmp'), join(folder, 'x/y/b.yaml')),
      ),
  ],
  ['a file that was replaced before', (folder) => writeFile(join(folder, 'x/y/b.yaml'), '1234')],
  ['a folder that is removed', (folder) => rm(join(folder, 'x'), { recursive: true })],
  [
    'a folder that is there again',
    (folder) => mkdir(join(folder, 'x')).then(() => writeFile(join(folder, 'x/c.yaml'), '1')),
  ],
  ['a file in it', (folder) => writeFile(join(folder, 'x/c.yaml'), '12')],
];

test('every change is seen, one after the other', async () => {
  const folder = await temporaryFolder();
  const changed = vi.fn(() => Promise.resolve());
  const watcher = watchFolder(folder, await folderState(folder), changed);
  onTestFinished(() => watcher.close());
  for (const [name, change] of CHANGES) {
    changed.mockClear();
    await change(folder);
    await vi.waitFor(() => expect(changed, name).toHaveBeenCalled(), { timeout: 10_000 });
  }
});

test('what is hidden is not watched, and what comes while we are busy is seen afterwards', async () => {
  const folder = await temporaryFolder();
  const seen: string[] = [];
  const watcher = watchFolder(folder, await folderState(folder), async () => {
    seen.push('changed');
    if (seen.length === 1) await writeFile(join(folder, 'second.yaml'), '');
  });
  onTestFinished(() => watcher.close());
  await writeFile(join(folder, '.swp'), '');
  await writeFile(join(folder, 'first.yaml'), '');
  await vi.waitFor(() => expect(seen).toEqual(['changed', 'changed']), { timeout: 10_000 });
});
