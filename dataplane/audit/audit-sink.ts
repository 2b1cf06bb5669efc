import { AUDIT_BATCH_BYTES_MAX, AUDIT_BLOCK_MS, AUDIT_BUSY_MS, AUDIT_GATHER_MS, AUDIT_RETRY_MS } from '../limits.ts';
import { LineQueue, type QueueBounds } from './line-queue.ts';
import { SinkFile, type LineTarget } from './sink-file.ts';

export interface AuditSinkStatus {
  /** Path, or `-`. */
  readonly file: string;
  readonly written: number;
  readonly queued: number;
  /** Records lost since the start. */
  readonly dropped: number;
  /** Attempts to write or to reopen that failed since the start. */
  readonly failures: number;
  /** Code of the operating system (`ENOSPC`) while the last attempt failed, else null. */
  readonly failure: string | null;
}

interface Batch {
  readonly bytes: Buffer;
  readonly lines: number;
  /** Bytes already written. */
  offset: number;
}

type OpenTarget = (path: string) => Promise<LineTarget>;

interface Waiter {
  readonly line: string;
  readonly timer: NodeJS.Timeout;
  readonly settle: (recorded: boolean) => void;
}

const openFile: OpenTarget = (path) => SinkFile.open(path);

/** After these the same descriptor is good again as soon as there is room; after others it may never be. */
const ROOM_ERRORS: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EAGAIN']);

const LINE_END = 0x0a;

/**
 * One place that audit records go to, with a queue of its own: a slow sink holds up no other. Lines are written in batches,
 * one write at a time. What could not be written is tried again from the byte where it stopped, so a full disk neither
 * loses a queued record nor leaves half a line.
 */
export class AuditSink {
  readonly #path: string;
  readonly #queue: LineQueue;
  readonly #open: OpenTarget;
  #file: LineTarget;
  #batch: Batch | null = null;
  #isRunning = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #waiters: Waiter[] = [];
  #reopens: ((reopened: boolean) => void)[] = [];
  #idle: (() => void)[] = [];
  #written = 0;
  #failures = 0;
  #failure: string | null = null;

  private constructor(path: string, file: LineTarget, bounds: QueueBounds, open: OpenTarget) {
    this.#path = path;
    this.#file = file;
    this.#open = open;
    this.#queue = new LineQueue(bounds);
  }

  /** Rejects with the operating system's error when the file cannot be opened. */
  static async open(path: string, bounds: QueueBounds, open: OpenTarget = openFile): Promise<AuditSink> {
    return new AuditSink(path, await open(path), bounds, open);
  }

  get status(): AuditSinkStatus {
    return {
      file: this.#path,
      written: this.#written,
      queued: this.#queue.length + this.#waiters.length + (this.#batch?.lines ?? 0),
      dropped: this.#queue.lost,
      failures: this.#failures,
      failure: this.#failure,
    };
  }

  /** Queues a line. When there is no room, it or the line that waited for room before it is lost, and counted. */
  push(line: string): void {
    if (this.#isClosed) this.#queue.lose();
    else if (!this.#queue.offer(line)) this.#queue.giveUp(line);
    this.#wake();
  }

  /** Queues a line; when there is no room, resolves once there was, or with false after `AUDIT_BLOCK_MS`. */
  pushOrWait(line: string): Promise<boolean> | null {
    if (!this.#isClosed && this.#waiters.length === 0 && this.#queue.offer(line)) {
      this.#wake();
      return null;
    }
    return new Promise((settle) => {
      const waiter: Waiter = { line, settle, timer: setTimeout(() => this.#abandon(waiter), AUDIT_BLOCK_MS) };
      this.#waiters.push(waiter);
      if (this.#isClosed) this.#abandon(waiter);
    });
  }

  /** Opens the path anew, between two writes, and closes the old file. False: it cannot be opened, the old one stays. */
  async reopen(): Promise<boolean> {
    if (this.#isClosed) return false;
    const reopened = new Promise<boolean>((settle) => this.#reopens.push(settle));
    this.#retryNow();
    return reopened;
  }

  /** Resolves once all that was queued is written, which may be never: the caller has the deadline. */
  async drained(): Promise<void> {
    if (this.#isIdle()) return;
    if (this.#gathering !== null) this.#start();
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Gives up what is still queued. A write that hangs keeps its descriptor until the process ends. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    for (const waiter of this.#waiters) this.#abandon(waiter);
    for (const settle of this.#reopens.splice(0)) settle(false);
    if (!this.#isRunning) await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    await this.#file.close().catch((problem: unknown) => this.#fail(problem));
  }

  #isIdle(): boolean {
    return this.#batch === null && this.#queue.length === 0 && this.#waiters.length === 0;
  }

  /** Writes in a moment: the lines of that moment are one write, which costs as much as one for each of them would. */
  #wake(): void {
    if (this.#isRunning || this.#isClosed || this.#retry !== null) return;
    this.#gathering ??= setTimeout(() => this.#start(), AUDIT_GATHER_MS);
  }

  #start(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    if (this.#isRunning || this.#isClosed || this.#retry !== null) return;
    this.#isRunning = true;
    void this.#run();
  }

  #retryNow(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#start();
  }

  /** Never rejects. Between the last look at the queue and `isRunning = false` nothing is awaited, so no line is forgotten. */
  async #run(): Promise<void> {
    for (;;) {
      if (this.#isClosed) return this.#closeFile();
      if (this.#reopens.length > 0) await this.#replaceFile();
      this.#batch ??= this.#nextBatch();
      if (this.#batch === null) break;
      try {
        await this.#writeBatch(this.#batch);
      } catch (problem) {
        const code = this.#fail(problem);
        if (this.#isClosed) continue;
        if (!ROOM_ERRORS.has(code)) this.#reopens.push(() => undefined);
        this.#isRunning = false;
        // A pipe whose reader is slow is what queues are for.
        const delayMs = code === 'EAGAIN' ? AUDIT_BUSY_MS : AUDIT_RETRY_MS;
        this.#retry = setTimeout(() => this.#retryNow(), delayMs).unref();
        return;
      }
      if (!this.#isPressing()) break;
    }
    this.#isRunning = false;
    if (!this.#isIdle()) {
      this.#wake();
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Whether there is a reason to write on at once. */
  #isPressing(): boolean {
    const isAsked = this.#idle.length > 0 || this.#waiters.length > 0 || this.#reopens.length > 0 || this.#isClosed;
    return isAsked || this.#queue.bytes >= AUDIT_BATCH_BYTES_MAX;
  }

  #nextBatch(): Batch | null {
    const taken = this.#queue.take(AUDIT_BATCH_BYTES_MAX);
    this.#admitWaiters();
    return taken === null ? null : { ...taken, offset: 0 };
  }

  async #writeBatch(batch: Batch): Promise<void> {
    while (batch.offset < batch.bytes.length) batch.offset += await this.#file.write(batch.bytes, batch.offset);
    this.#batch = null;
    this.#written += batch.lines;
    this.#failure = null;
  }

  async #replaceFile(): Promise<void> {
    const settles = this.#reopens.splice(0);
    let reopened = false;
    try {
      const old = this.#file;
      this.#file = await this.#open(this.#path);
      reopened = true;
      // The half of a line that is in the old file is of no use without the other: the new one gets it whole.
      if (this.#batch !== null) this.#batch.offset = lineStart(this.#batch);
      this.#failure = null;
      await old.close();
    } catch (problem) {
      this.#fail(problem);
    }
    for (const settle of settles) settle(reopened);
  }

  /** Counts a failure and returns its code. */
  #fail(problem: unknown): string {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'EIO';
    if (code !== 'EAGAIN') {
      this.#failures++;
      this.#failure = code;
    }
    return code;
  }

  #admitWaiters(): void {
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      if (!this.#queue.offer(waiter.line)) return;
      clearTimeout(waiter.timer);
      this.#waiters.shift();
      waiter.settle(true);
    }
  }

  #abandon(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#queue.lose();
    waiter.settle(false);
  }
}

function lineStart(batch: Batch): number {
  return batch.offset === 0 ? 0 : batch.bytes.lastIndexOf(LINE_END, batch.offset - 1) + 1;
}
