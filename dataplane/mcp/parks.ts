import { randomBytes } from 'node:crypto';
import { PARKED_MAX, PARKED_PER_PRINCIPAL_MAX, REQUEST_STATE_AGE_MS_MAX } from '../limits.ts';
import type { AskingExchange } from './ask-under-way.ts';
import type { McpRequest } from './mcp-request.ts';
import { splice, type Edit } from './splice.ts';

interface Parked {
  readonly exchange: AskingExchange;
  readonly principal: string;
  readonly timer: NodeJS.Timeout;
}

/** Calls of legacy servers held open while a modern client answers their questions. Bounded in number and time. */
export class Parks {
  readonly #parked = new Map<string, Parked>();
  readonly #byPrincipal = new Map<string, number>();

  get size(): number {
    return this.#parked.size;
  }

  /** Holds an exchange whose client is about to leave; null when there are too many. */
  hold(
    exchange: AskingExchange,
    { identity }: McpRequest,
  ): { readonly id: string; readonly release: () => void } | null {
    const own = this.#byPrincipal.get(identity.key) ?? 0;
    if (this.#parked.size >= PARKED_MAX || own >= PARKED_PER_PRINCIPAL_MAX) return null;
    const id = randomBytes(12).toString('base64url');
    const timer = setTimeout(() => exchange.cancel(true), REQUEST_STATE_AGE_MS_MAX).unref();
    this.#parked.set(id, { exchange, principal: identity.key, timer });
    this.#byPrincipal.set(identity.key, own + 1);
    return { id, release: () => void this.#take(id) };
  }

  /** Lets a client that came back have its exchange; once, since whoever answers twice is not answered twice. */
  resume(id: string, request: McpRequest, edits: readonly Edit[]): void {
    const parked = this.#take(id);
    if (parked === null) request.turn.refuse('unknown-state');
    else parked.exchange.attachAgain(request, splice(request.body, edits));
  }

  /** Ends what is held, when the proxy stops. */
  close(): void {
    for (const { exchange } of this.#parked.values()) exchange.cancel(true);
  }

  #take(id: string): Parked | null {
    const parked = this.#parked.get(id);
    if (parked === undefined) return null;
    clearTimeout(parked.timer);
    this.#parked.delete(id);
    const left = (this.#byPrincipal.get(parked.principal) ?? 1) - 1;
    if (left > 0) this.#byPrincipal.set(parked.principal, left);
    else this.#byPrincipal.delete(parked.principal);
    return parked;
  }
}
