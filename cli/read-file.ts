import { open, type FileHandle } from 'node:fs/promises';
import { failure, onPath } from './failure.ts';

/**
 * The bytes of a regular file, never more than a bound: what grows while it is read is refused as well.
 * @throws Failure naming the path.
 */
export async function readBytes(path: string, bytesMax: number): Promise<Buffer> {
  return onPath(path, read(path, bytesMax));
}

/** The same as UTF-8 text: a byte order mark is dropped, line ends become LF, anything but UTF-8 is refused. */
export async function readText(path: string, bytesMax: number): Promise<string> {
  const bytes = await readBytes(path, bytesMax);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw failure(path, 'is not UTF-8 text');
  }
}

async function read(path: string, bytesMax: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const status = await handle.stat();
    if (!status.isFile())
      throw failure(path, status.isDirectory() ? 'is a folder, a file is wanted' : 'is no regular file');
    const bytes = await readAtMost(handle, Math.min(status.size, bytesMax) + 1);
    if (bytes.length > bytesMax) throw failure(path, `is larger than ${bytesMax} bytes`);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function readAtMost(handle: FileHandle, bytesMax: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const { bytesRead } = await handle.read(buffer, length, bytesMax - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
