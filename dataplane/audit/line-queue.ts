import { withDropped } from './audit-line.ts';

export interface QueueBounds {
  readonly linesMax: number;
  readonly bytesMax: number;
}

export interface Batch {
  /** Whole lines, each with its line end. */
  readonly bytes: Buffer;
  readonly lines: number;
}

/**
 * Lines that wait for a sink, in order and bounded. Of the lines that found no room the newest is kept beside the queue:
 * it goes in as soon as there is room and says how many were lost before it, so that a gap in the log is always marked,
 * and by a record that really was.
 */
export class LineQueue {
  readonly #bounds: QueueBounds;
  /** As bytes, since a text that was put together of many would be kept in as many pieces. */
  #lines: Buffer[] = [];
  #bytes = 0;
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

  /** Size of all lines not yet taken, but for one that waits for room. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lines lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether the line was queued. An empty queue takes any line. */
  offer(line: string): boolean {
    return this.#last === null && this.#push(line);
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

  /** The next lines, up to `bytesMax` but at least one; null when there are none. */
  take(bytesMax: number): Batch | null {
    let lines = 0;
    let bytes = 0;
    for (const line of this.#lines) {
      if (lines > 0 && bytes + line.length > bytesMax) break;
      lines++;
      bytes += line.length;
    }
    const taken = this.#lines.slice(0, lines);
    this.#lines = this.#lines.slice(lines);
    this.#bytes -= bytes;
    if (this.#last !== null && this.#push(this.#last)) this.#last = null;
    return lines === 0 ? null : { bytes: Buffer.concat(taken, bytes), lines };
  }

  /** Queues a line, if there is room for it. */
  #push(line: string): boolean {
    const marked = this.#lostUnsaid === 0 ? line : withDropped(line, this.#lostUnsaid);
    const bytes = Buffer.from(`${marked}\n`);
    const { linesMax, bytesMax } = this.#bounds;
    const hasRoom = this.#lines.length < linesMax && this.#bytes + bytes.length <= bytesMax;
    if (!hasRoom && this.#lines.length > 0) return false;
    this.#lostUnsaid = 0;
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    return true;
  }
}
