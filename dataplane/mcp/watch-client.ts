import { cancellable } from './in-flight.ts';
import type { McpRequest, Services } from './mcp-request.ts';

/** Whether a client still waits for its answer. */
export interface ClientWatch {
  /** Aborted as soon as it does not: the turn is over then. */
  readonly signal: AbortSignal;
  /** Somebody else watches from now on. */
  stop(): void;
}

/**
 * Ends a turn when its client does not wait any more: it cancelled, or went away.
 *
 * @param goesOn Whether a request of a legacy client goes on without it, as calls do (2025-11-25 basic/transports, Sending
 *   Messages: a connection that is lost is not a cancellation).
 */
export function watchClient(services: Services, request: McpRequest, goesOn: 'goes-on' | 'ends'): ClientWatch {
  const { turn, era } = request;
  const controller = new AbortController();
  let watching = true;
  const end = (gone: boolean): void => {
    if (!watching) return;
    controller.abort();
    turn.cancel(gone);
  };
  turn.exchange.onClose((complete) => {
    if (!complete && !(era === 'legacy' && goesOn === 'goes-on')) end(true);
  });
  const leave = cancellable(services.inFlight, request, () => end(false));
  return {
    signal: controller.signal,
    stop: () => {
      watching = false;
      leave();
    },
  };
}

/** The same for what mostly waits for nobody: the client is watched from when the signal is asked for. */
export class LazyWatch implements ClientWatch {
  readonly #begin: () => ClientWatch;
  #watch: ClientWatch | null = null;

  constructor(services: Services, request: McpRequest) {
    this.#begin = () => watchClient(services, request, 'ends');
  }

  get signal(): AbortSignal {
    this.#watch ??= this.#begin();
    return this.#watch.signal;
  }

  stop(): void {
    this.#watch?.stop();
  }
}
