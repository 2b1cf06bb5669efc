import { EXIT, type ExitCode } from './exit-code.ts';

/** The invocation or the world is wrong: one line for the person, no stack. Caught once, in `main.ts`. */
export class Failure extends Error {
  readonly exit: ExitCode;
  /** What to do about it, or null. */
  readonly help: string | null;

  constructor(message: string, options: { readonly exit?: ExitCode; readonly help?: string | null } = {}) {
    super(message);
    this.exit = options.exit ?? EXIT.usage;
    this.help = options.help ?? null;
  }
}

/** @param subject the flag, argument or path that is wrong. */
export function failure(subject: string, message: string, help: string | null = null): Failure {
  return new Failure(`${subject}: ${message}`, { help });
}

/** Something signed, hashed or tested does not hold. */
export function unverified(subject: string, message: string, help: string | null = null): Failure {
  return new Failure(`${subject}: ${message}`, { exit: EXIT.verification, help });
}

/** What people call the error codes of the operating system; others keep their own text. */
const SYSTEM_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['EEXIST', 'already exists'],
  ['EISDIR', 'is a folder, a file is wanted'],
  ['ENOTDIR', 'is a file, a folder is wanted'],
  ['ENOSPC', 'no space left on the disk'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many open files'],
  ['ELOOP', 'too many symbolic links'],
]);

/**
 * An error of the file system as a failure that names the path; null for anything else, which is then a bug.
 * One that comes without a path (a socket, say) is not ours to explain here: whoever opened it knows more.
 */
export function systemFailure(error: unknown): Failure | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  if (!('path' in error) || typeof error.path !== 'string') return null;
  return failure(error.path, SYSTEM_MESSAGES.get(error.code) ?? error.message);
}

/** Awaits work on files; an error of the file system comes out as a failure about the path as the person wrote it. */
export async function onPath<T>(path: string, work: Promise<T>, help: string | null = null): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      throw failure(path, SYSTEM_MESSAGES.get(error.code) ?? error.message, help);
    }
    throw error;
  }
}
