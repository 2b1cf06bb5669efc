import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
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

/** Without awaiting: a policy folder has thousands of small files, and each of four awaits would cost more than its file. */
async function read(path: string, bytesMax: number): Promise<Buffer> {
  // Not blocking: opening a named pipe would otherwise wait for whoever writes into it.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile())
      throw failure(path, status.isDirectory() ? 'is a folder, a file is wanted' : 'is no regular file');
    const bytes = readAtMost(file, Math.min(status.size, bytesMax) + 1);
    if (bytes.length > bytesMax) throw failure(path, `is larger than ${bytesMax} bytes`);
    return bytes;
  } finally {
    closeSync(file);
  }
}

function readAtMost(file: number, bytesMax: number): Buffer {
  const buffer = Buffer.alloc(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const bytesRead = readSync(file, buffer, length, bytesMax - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
