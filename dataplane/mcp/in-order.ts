import { SCREENING_FULL_BYTES, SCREENING_FULL_MESSAGES, SCREENING_MESSAGES_MAX } from '../limits.ts';

/** What is done with a message: at once, or, as a promise, when others have answered. */
type Work = () => Promise<void> | void;

interface Piece {
  readonly work: Work;
  readonly bytes: number;
}

interface InOrderOptions {
  /** Hears what a piece of work threw: it is our own fault. The pieces after it are done nevertheless. */
  readonly broken: (problem: unknown) => void;
  /** There is room again, after `isFull`. */
  readonly hasRoom: () => void;
}

/**
 * Does one thing after the other although some have to wait for somebody else, so that messages leave in the order in
 * which they came. What waits for nothing is done at once, without a promise.
 */
export class InOrder {
  readonly #options: InOrderOptions;
  readonly #waiting: Piece[] = [];
  #bytes = 0;
  #busy = false;
  #full = false;
  #over = false;

  constructor(options: InOrderOptions) {
    this.#options = options;
  }

  /** So much waits that whoever can should send no more until `hasRoom`. */
  get isFull(): boolean {
    return this.#full;
  }

  /** What waits keeps so much in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Does this after all that was added before. `bytes`: what it keeps in memory. False: too much waits, and it is not done. */
  add(work: Work, bytes: number): boolean {
    if (this.#over) return true;
    if (!this.#busy) {
      const done = this.#begin(work);
      if (done !== null) void this.#goOn(done);
      return true;
    }
    if (this.#waiting.length >= SCREENING_MESSAGES_MAX) return false;
    this.#waiting.push({ work, bytes });
    this.#bytes += bytes;
    this.#full ||= this.#waiting.length >= SCREENING_FULL_MESSAGES || this.#bytes >= SCREENING_FULL_BYTES;
    return true;
  }

  /** Does nothing any more. */
  close(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#bytes = 0;
  }

  /** What is added meanwhile, even by a piece that is being done, comes after what waits already. */
  async #goOn(first: Promise<void>): Promise<void> {
    this.#busy = true;
    let done: Promise<void> | null = first;
    for (;;) {
      try {
        await done;
      } catch (problem) {
        this.#options.broken(problem);
      }
      const piece = this.#over ? undefined : this.#waiting.shift();
      if (piece === undefined) break;
      this.#bytes -= piece.bytes;
      this.#tellRoom();
      done = this.#begin(piece.work);
    }
    this.#busy = false;
  }

  #begin(work: Work): Promise<void> | null {
    try {
      const done = work();
      return done instanceof Promise ? done : null;
    } catch (problem) {
      this.#options.broken(problem);
      return null;
    }
  }

  #tellRoom(): void {
    const isEased = this.#waiting.length <= SCREENING_FULL_MESSAGES / 2 && this.#bytes <= SCREENING_FULL_BYTES / 2;
    if (!this.#full || !isEased) return;
    this.#full = false;
    this.#options.hasRoom();
  }
}
