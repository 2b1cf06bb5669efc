import type { ChannelCall, ChannelEvent, ChannelReceiver } from '../upstream/channel.ts';
import { InOrder } from './in-order.ts';
import type { CallFailure } from './refusals.ts';

/** What hears an answer of which others look through the messages first. */
export interface WaitingReceiver extends ChannelReceiver {
  /** As `message`; a promise: it waits, and so does all that follows. May throw and reject, where that is our own fault. */
  take(event: ChannelEvent): Promise<void> | void;
  broken(problem: unknown): void;
}

/**
 * Passes an answer on in order although some of its messages have to be waited for. The server is read no further while
 * too much waits, and is given up where it cannot be stopped.
 */
export class AnswerInOrder implements ChannelReceiver {
  readonly #receiver: WaitingReceiver;
  readonly #callOf: () => ChannelCall | null;
  readonly #order: InOrder;

  /** `callOf`: the call whose answer it is, as soon as there is one. */
  constructor(receiver: WaitingReceiver, callOf: () => ChannelCall | null) {
    this.#receiver = receiver;
    this.#callOf = callOf;
    this.#order = new InOrder({
      broken: (problem) => receiver.broken(problem),
      hasRoom: () => callOf()?.resume(),
    });
  }

  get isFull(): boolean {
    return this.#order.isFull;
  }

  open(): void {
    this.#receiver.open();
  }

  message(event: ChannelEvent): void {
    this.#add(() => this.#receiver.take(event), event.data.length);
    if (this.#order.isFull) this.#callOf()?.pause();
  }

  ended(eventId: string, retryMs: number | null): void {
    this.#add(() => this.#receiver.ended(eventId, retryMs), 0);
  }

  /** After what arrived before: it may be all that the client gets. */
  fail(reason: CallFailure): void {
    this.#add(() => this.#receiver.fail(reason), 0);
  }

  close(): void {
    this.#order.close();
  }

  #add(work: () => Promise<void> | void, bytes: number): void {
    if (!this.#order.add(work, bytes)) this.#receiver.fail('upstream-too-large');
  }
}
