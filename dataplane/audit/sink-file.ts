import { close, constants, fstat, open, read, write } from 'node:fs';
import { promisify } from 'node:util';

const openFd = promisify(open);
const closeFd = promisify(close);
const readFd = promisify(read);
const writeFd = promisify(write);
const statFd = promisify(fstat);

const STDOUT = 1;
const LINE_END = 0x0a;

/** Where lines go in the end. */
export interface LineTarget {
  /** Writes some of the bytes from `offset` on and resolves with how many; rejects with the operating system's error. */
  write(bytes: Buffer, offset: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * A file that is appended to, or stdout (`-`). Errors of the operating system are thrown. Writes go through the thread
 * pool, to stdout too: `process.stdout` would block the event loop when its reader is slow.
 */
export class SinkFile implements LineTarget {
  readonly #fd: number;
  /** A crash left half a line, which must not swallow the next one. */
  #torn: boolean;

  private constructor(fd: number, torn: boolean) {
    this.#fd = fd;
    this.#torn = torn;
  }

  /** Creates the file for its owner alone. Opened for reading as well: a FIFO then needs no reader to be opened. */
  static async open(path: string): Promise<SinkFile> {
    if (path === '-') return new SinkFile(STDOUT, false);
    const fd = await openFd(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      return new SinkFile(fd, await endsInsideLine(fd));
    } catch (problem) {
      await closeFd(fd);
      throw problem;
    }
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    if (this.#torn) {
      await writeFd(this.#fd, '\n');
      this.#torn = false;
    }
    const { bytesWritten } = await writeFd(this.#fd, bytes, offset, bytes.length - offset, null);
    return bytesWritten;
  }

  async close(): Promise<void> {
    if (this.#fd !== STDOUT) await closeFd(this.#fd);
  }
}

async function endsInsideLine(fd: number): Promise<boolean> {
  const stats = await statFd(fd);
  if (!stats.isFile() || stats.size === 0) return false;
  const { buffer, bytesRead } = await readFd(fd, Buffer.alloc(1), 0, 1, stats.size - 1);
  return bytesRead === 1 && buffer[0] !== LINE_END;
}
