import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onPath } from './failure.ts';

/** Only the owner may read: for private keys. */
export const PRIVATE = 0o600;
export const PUBLIC = 0o644;

/** Writes a file that must not exist yet, and the folders above it. @throws Failure when it does. */
export async function writeNewFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  await onPath(dirname(path), mkdir(dirname(path), { recursive: true }));
  await onPath(path, write(path, content, mode), 'it is never overwritten: give another path, or remove it first');
}

/** Replaces a file in one step: whoever reads meanwhile sees the old content or the new one, never half of it. */
export async function replaceFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  await onPath(dirname(path), mkdir(dirname(path), { recursive: true }));
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await onPath(path, write(temporary, content, mode));
    await onPath(path, rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function write(path: string, content: string | Buffer, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
