import { constants, open, type FileHandle } from 'node:fs/promises';
import { refuse, type ReadFailure, type Refusal } from './refusal.ts';

export type FileResult = { readonly ok: true; readonly bytes: Buffer } | Refusal;

/** The stages that read a file of their own. */
type ReadingStage = 'trust' | 'pointer' | 'signature' | 'tar';

/**
 * Reads a whole plain file of at most so many bytes; the bound holds before and while reading, since the file may grow.
 * Whatever goes wrong is a refusal of the stage. Without O_NONBLOCK, a pipe put in the file's place would hang us.
 */
export async function readBounded(stage: ReadingStage, path: string, bytesMax: number): Promise<FileResult> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return failed(stage, 'unreadable', path, 'not a plain file');
    const buffer = Buffer.allocUnsafe(Math.min(stat.size, bytesMax) + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) return { ok: true, bytes: buffer.subarray(0, length) };
      length += bytesRead;
    }
    if (length > bytesMax) return failed(stage, 'too-large', path, `more than ${bytesMax} bytes`);
    return failed(stage, 'unreadable', path, 'the file grew while it was read');
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'unknown error';
    return failed(stage, code === 'ENOENT' ? 'missing' : 'unreadable', path, code);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

function failed(stage: ReadingStage, code: ReadFailure, path: string, why: string): Refusal {
  return refuse(stage, code, `${path}: ${why}`);
}
