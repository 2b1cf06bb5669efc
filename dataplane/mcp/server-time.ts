import type { McpRequest } from './mcp-request.ts';

/** How long a server takes for one request: what is waited for after its answer is not its fault. */
export class ServerTime {
  #startedMs = 0;
  #answeredMs: number | null = null;

  /** A client waits from now on. */
  start(): void {
    this.#startedMs = performance.now();
  }

  /** The server was asked, for the first time or once more. */
  asked(): void {
    this.#answeredMs = null;
  }

  answered(): void {
    this.#answeredMs = performance.now();
  }

  /** Writes it into the record of the client that waits; null = none does. */
  note(asked: McpRequest | null): void {
    const endMs = this.#answeredMs ?? performance.now();
    // A client that came back may find the answer there.
    if (asked !== null) asked.turn.record.upstreamMs = Math.max(0, endMs - this.#startedMs);
  }
}
