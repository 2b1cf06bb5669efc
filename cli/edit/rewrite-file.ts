import { readFile, realpath, stat } from 'node:fs/promises';
import { onPath } from '../failure.ts';
import { replaceFile } from '../write-file.ts';

/**
 * Replaces a text file in one step, and puts back what reading it took away, so that the diff is what was changed: the
 * byte order mark and CRLF line ends. Its mode stays, and a link stays a link.
 */
export async function rewriteFile(path: string, text: string): Promise<void> {
  const target = await onPath(path, realpath(path));
  const { mode } = await onPath(path, stat(target));
  const original = await onPath(path, readFile(target, 'utf8'));
  const mark = original.startsWith('\uFEFF') ? '\uFEFF' : '';
  const isCrlf = original.includes('\r\n') && !/(?<!\r)\n/.test(original);
  await replaceFile(target, mark + (isCrlf ? text.replaceAll('\n', '\r\n') : text), mode & 0o777);
}
