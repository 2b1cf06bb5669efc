import type { Waiter } from './redact-scanned.ts';

/**
 * How long an exchange waits for what others say of its messages, in all: what is not said by then is not waited for, and
 * holds back what it is about. Costs nothing until somebody is asked.
 */
export class Patience implements Waiter {
  readonly #limitMs: number;
  #controller: AbortController | null = null;
  #timer: NodeJS.Timeout | undefined = undefined;
  #over = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Its time begins when it is asked for first. */
  get signal(): AbortSignal {
    const controller = (this.#controller ??= new AbortController());
    if (this.#over) controller.abort();
    else this.#timer ??= setTimeout(() => controller.abort(), this.#limitMs).unref();
    return controller.signal;
  }

  /** Its time begins anew when it is asked for next. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#controller?.signal.aborted === true) this.#controller = null;
  }

  /** Waits for nothing any more. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#controller?.abort();
  }
}
