import { SERVER_REQUESTS_REFUSED_MAX } from '../limits.ts';
import { scanResponse, type ScannedResponse } from '../mcp/scan-response.ts';
import type { ChannelEvent, ChannelListener } from './channel.ts';

/**
 * Those who hear what belongs to no request of ours. Announcements go to all of them; a request of the server's to the
 * first, since it wants one answer. A ping is answered here, and so is what nobody hears: the server must not wait.
 */
export class Listeners {
  readonly #listeners = new Set<ChannelListener>();
  readonly #post: (message: Buffer) => Promise<boolean>;
  readonly #changed: (somebody: boolean) => void;
  #answers = 0;

  /** `changed` is told when the first begins to listen and when the last one stops. */
  constructor(post: (message: Buffer) => Promise<boolean>, changed: (somebody: boolean) => void = () => undefined) {
    this.#post = post;
    this.#changed = changed;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns how to stop. */
  add(listener: ChannelListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#changed(true);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#changed(false);
    };
  }

  reopened(): void {
    for (const listener of this.#listeners) listener.reopened();
  }

  gone(): void {
    for (const listener of this.#listeners) listener.gone?.();
  }

  /** A message of a stream of its own: what is no message, or answers something, is dropped. */
  heard(event: ChannelEvent): void {
    const scanned = scanResponse(event.data);
    if (scanned.ok) this.dispatch(event, scanned.message);
  }

  /** A notification or request of the server's, already scanned; anything else is dropped. */
  dispatch(event: ChannelEvent, message: ScannedResponse): void {
    if (message.kind === 'notification') {
      for (const listener of this.#listeners) listener.message(event);
      return;
    }
    if (message.kind !== 'request' || message.id === null) return;
    const [first] = this.#listeners;
    if (message.method === 'ping' || first === undefined) {
      this.#answer(event.data.subarray(message.id.start, message.id.end), message.method === 'ping');
    } else first.message(event);
  }

  /** So many at once: a server that asks without end gets no traffic out of us. */
  #answer(id: Buffer, isPing: boolean): void {
    if (this.#answers >= SERVER_REQUESTS_REFUSED_MAX) return;
    this.#answers++;
    const answer = isPing ? '"result":{}' : '"error":{"code":-32601,"message":"method not found"}';
    const message = Buffer.from(`{"jsonrpc":"2.0","id":${id.toString('utf8')},${answer}}`);
    void this.#post(message).finally(() => {
      this.#answers--;
    });
  }
}
