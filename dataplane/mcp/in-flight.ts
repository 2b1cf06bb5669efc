import { BoundedCache } from '../bounded-cache.ts';
import { CANCELLABLE_CALLS_MAX } from '../limits.ts';
import type { McpRequest } from './mcp-request.ts';

/** The calls of legacy sessions under way, so that `notifications/cancelled` can end them. Past the bound the oldest cannot be cancelled. */
export class InFlight {
  readonly #calls = new BoundedCache<string, () => void>(CANCELLABLE_CALLS_MAX);

  get size(): number {
    return this.#calls.size;
  }

  /** `id`: the request's, as JSON text. Returns what to call when the request is over. */
  add(session: string, id: Buffer, cancel: () => void): () => void {
    const key = keyOf(session, id);
    this.#calls.set(key, cancel);
    return () => {
      if (this.#calls.get(key) === cancel) this.#calls.delete(key);
    };
  }

  /** Cancels all, when the proxy stops. */
  close(): void {
    for (const cancel of this.#calls.values()) cancel();
  }

  /** Cancels a request of that session; one that is unknown or over is ignored. */
  cancel(session: string, id: Buffer): void {
    this.#calls.get(keyOf(session, id))?.();
  }
}

/** Lets the client of a request cancel it, where that has a name for it. Returns what to call when the request is over. */
export function cancellable(inFlight: InFlight, { session, turn }: McpRequest, cancel: () => void): () => void {
  return session === null || turn.id === null ? nothing : inFlight.add(session.id, turn.id, cancel);
}

const nothing = (): void => undefined;

/** Ids are compared as texts once their escapes are read: 1 and "1" are two requests. */
function keyOf(session: string, id: Buffer): string {
  return `${session} ${JSON.stringify(JSON.parse(id.toString('utf8')))}`;
}
