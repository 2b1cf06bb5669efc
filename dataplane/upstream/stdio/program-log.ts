import { PROGRAM_LOG_CHARS_MAX, PROGRAM_LOG_LINES_MAX, PROGRAM_LOG_MS } from '../../limits.ts';
import { LineReader } from './line-reader.ts';

/**
 * What a program writes for people, as lines of the operator's log: each cut off, without control characters, and only
 * so many in a time, however much it writes.
 */
export class ProgramLog {
  readonly #name: string;
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  #sinceMs = -Infinity;
  #lines = 0;
  #left = 0;

  constructor(name: string, log: (line: string) => void, now: () => number) {
    this.#name = name;
    this.#log = log;
    this.#now = now;
  }

  /** Takes a stream's pieces; `where` is put before each line. */
  reader(where: string): (piece: Buffer) => void {
    let lines = new LineReader(PROGRAM_LOG_CHARS_MAX * 4);
    return (piece) => {
      const read = lines.push(piece);
      if (read.ok) for (const line of read.lines) this.write(where, line.toString('utf8'));
      else {
        // What is left of an endless line counts as another one.
        lines = new LineReader(PROGRAM_LOG_CHARS_MAX * 4);
        this.write(where, piece.toString('utf8', 0, PROGRAM_LOG_CHARS_MAX * 4));
      }
    };
  }

  write(where: string, text: string): void {
    const nowMs = this.#now();
    if (nowMs - this.#sinceMs >= PROGRAM_LOG_MS) {
      this.#tellLeft();
      this.#sinceMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= PROGRAM_LOG_LINES_MAX) {
      this.#left++;
      return;
    }
    this.#lines++;
    const visible = text.replace(/\p{C}/gu, '?');
    const shown = visible.length > PROGRAM_LOG_CHARS_MAX ? `${visible.slice(0, PROGRAM_LOG_CHARS_MAX)}…` : visible;
    this.#log(`stdio ${this.#name} ${where}: ${shown.toWellFormed()}`);
  }

  #tellLeft(): void {
    if (this.#left > 0) this.#log(`stdio ${this.#name}: ${this.#left} more lines were left out`);
    this.#left = 0;
  }
}
