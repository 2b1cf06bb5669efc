export interface GateBounds {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** What those who wait hold in memory meanwhile, together. */
  readonly waitingBytesMax: number;
}

/** Lets so many through at once; others wait in the order in which they came, and no more than so many of them. */
export class Gate {
  readonly #bounds: GateBounds;
  readonly #waiting = new Set<() => void>();
  #waitingBytes = 0;
  #inside = 0;

  constructor(bounds: GateBounds) {
    this.#bounds = bounds;
  }

  /** Resolves to true inside, and whoever is inside calls `leave`; to false when too many wait or `signal` aborts first. */
  async enter(bytes: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const { atOnceMax, waitingMax, waitingBytesMax } = this.#bounds;
    if (this.#inside < atOnceMax) {
      this.#inside++;
      return true;
    }
    if (this.#waiting.size >= waitingMax || this.#waitingBytes + bytes > waitingBytesMax) return false;
    return new Promise((resolve) => {
      const stopWaiting = (isInside: boolean): void => {
        this.#waiting.delete(enter);
        this.#waitingBytes -= bytes;
        signal.removeEventListener('abort', giveUp);
        resolve(isInside);
      };
      const enter = (): void => stopWaiting(true);
      const giveUp = (): void => stopWaiting(false);
      this.#waiting.add(enter);
      this.#waitingBytes += bytes;
      signal.addEventListener('abort', giveUp);
    });
  }

  /** Whoever waits longest takes the place. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#inside--;
    else next();
  }
}
