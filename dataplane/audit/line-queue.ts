import { withDropped } from './audit-line.ts';

export interface QueueBounds {
  readonly linesMax: number;
  readonly charsMax: number;
}

export interface Batch {
  /** Whole lines, each with its line end. */
  readonly text: string;
  readonly lines: number;
}

/**
 * Lines that wait for a sink, in order and bounded. Of the lines that found no room the newest is kept beside the queue:
 * it goes in as soon as there is room and says how many were lost before it, so that a gap in the log is always marked,
 * and by a record that really was.
 */
export class LineQueue {
  readonly #bounds: QueueBounds;
  #lines: string[] = [];
  #chars = 0;
  #last: string | null = null;
  #lostUnsaid = 0;
  #lost = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** Lines not yet taken. */
  get length(): number {
    return this.#lines.length + (this.#last === null ? 0 : 1);
  }

  /** Characters of all lines not yet taken, but for one that waits for room. */
  get chars(): number {
    return this.#chars;
  }

  /** Lines lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether the line was queued. An empty queue takes any line. */
  offer(line: string): boolean {
    if (this.#last !== null || !this.#hasRoom(line)) return false;
    this.#push(line);
    return true;
  }

  /** Gives up a line for which there is no room: it or the one given up before it is lost. */
  giveUp(line: string): void {
    if (this.#last !== null) this.lose();
    this.#last = line;
  }

  /** Counts a line that is lost altogether. */
  lose(): void {
    this.#lost++;
    this.#lostUnsaid++;
  }

  /** The next lines, up to `charsMax` characters but at least one; null when there are none. */
  take(charsMax: number): Batch | null {
    let lines = 0;
    let chars = 0;
    // Texts that are put together one by one are copied once, when they are written.
    let text = '';
    for (const line of this.#lines) {
      if (lines > 0 && chars + line.length > charsMax) break;
      lines++;
      chars += line.length;
      text += `${line}\n`;
    }
    this.#lines = this.#lines.slice(lines);
    this.#chars -= chars;
    if (this.#last !== null && this.#hasRoom(this.#last)) {
      const last = this.#last;
      this.#last = null;
      this.#push(last);
    }
    return lines === 0 ? null : { text, lines };
  }

  #hasRoom(line: string): boolean {
    if (this.#lines.length === 0) return true;
    return this.#lines.length < this.#bounds.linesMax && this.#chars + line.length <= this.#bounds.charsMax;
  }

  #push(line: string): void {
    const marked = this.#lostUnsaid === 0 ? line : withDropped(line, this.#lostUnsaid);
    this.#lostUnsaid = 0;
    this.#lines.push(marked);
    this.#chars += marked.length;
  }
}
