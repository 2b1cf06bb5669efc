import { STREAM_JITTER_MS, STREAM_UNSENT_BYTES_MAX } from '../../limits.ts';
import { visible, type ListedKind } from '../../decide/index.ts';
import { editMembers, splice } from '../splice.ts';
import type { ScannedResponse } from '../scan-response.ts';
import { InOrder } from '../in-order.ts';
import type { ClientContext } from '../mcp-request.ts';
import type { Waiter } from '../redact-scanned.ts';
import { writeGracefulEnd, writeNotification, type ListKind, type Wants } from './announcement.ts';

/** What of the catalog makes up a list. */
const LISTED: readonly (readonly [list: ListKind, kind: ListedKind])[] = [
  ['tools', 'tool'],
  ['prompts', 'prompt'],
  ['resources', 'template'],
];

/** The id member under which a modern stream's messages say which request they belong to. */
const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';

/**
 * One client's stream of announcements: a legacy GET or a modern `subscriptions/listen`. It says that a list changed when
 * what this client sees of it did, or when a server says so of what the client sees.
 */
export class EventStream implements Waiter {
  /** Who listens, as decided last. */
  context: ClientContext;
  wants: Wants;
  /** Resolves when its servers are heard. */
  settled: Promise<void> = Promise.resolve();
  /** The modern request's id, as JSON text; null = a legacy stream. */
  readonly #subscription: Buffer | null;
  readonly #pending = new Set<ListKind>();
  #timer: NodeJS.Timeout | null = null;
  #seen: ReadonlyMap<ListKind, string>;
  #over = false;
  /** Sent since the client last kept up. */
  #unsentBytes = 0;
  readonly #order: InOrder;
  readonly #gone = new AbortController();

  /** `report` hears of what is our own fault. */
  constructor(context: ClientContext, wants: Wants, subscription: Buffer | null, report: (problem: unknown) => void) {
    this.context = context;
    this.wants = wants;
    this.#subscription = subscription;
    this.#seen = keysOf(context);
    this.#order = new InOrder({ broken: report, hasRoom: () => undefined });
  }

  /** Aborted when nobody listens any more. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  get over(): boolean {
    return this.#over || this.context.turn.over;
  }

  /** Opens it; a modern one says first what it will tell. */
  open(honoured: Readonly<Record<string, unknown>>): void {
    const { turn } = this.context;
    turn.record.outcome = 'ok';
    turn.stream();
    if (this.#subscription === null) return;
    this.#send(
      writeNotification('notifications/subscriptions/acknowledged', { notifications: honoured }, this.#subscription),
    );
  }

  /** Says, soon and once for many, that a list changed. */
  listChanged(list: ListKind, jitterMs = STREAM_JITTER_MS): void {
    if (this.over || !this.wants.lists.has(list)) return;
    this.#pending.add(list);
    this.#timer ??= setTimeout(() => this.#flush(), Math.random() * jitterMs).unref();
  }

  resourceUpdated(uri: string): void {
    if (this.over || !this.wants.uris.includes(uri)) return;
    this.#send(writeNotification('notifications/resources/updated', { uri }, this.#subscription));
  }

  /** Deals with what a server says in the order in which it came; a client behind whom too much waits is let go. */
  inOrder(work: () => Promise<void> | void, bytes: number): void {
    if (this.over) return;
    const added = this.#order.add(work, bytes);
    if (!added || this.#order.bytes > STREAM_UNSENT_BYTES_MAX) this.context.turn.cut();
  }

  /** Passes a message of a server on, as it is but for the stream it belongs to. */
  pass(message: Buffer, scanned: ScannedResponse): void {
    if (this.over) return;
    if (this.#subscription === null || scanned.params === null) this.#send(message);
    else {
      const meta = `{${JSON.stringify(SUBSCRIPTION_KEY)}:${this.#subscription.toString('utf8')}}`;
      this.#send(splice(message, editMembers(message, scanned.params, { add: [{ key: '_meta', json: meta }] })));
    }
  }

  /** Sends a request of a server to a legacy client. */
  ask(question: Buffer): void {
    this.#send(question);
  }

  /** Who listens was decided again: says which lists are other ones now. */
  renew(context: ClientContext): void {
    const { turn } = this.context;
    this.context = { ...context, turn };
    const now = keysOf(context);
    for (const [list, key] of now) if (this.#seen.get(list) !== key) this.listChanged(list);
    this.#seen = now;
  }

  /** Ends in good order. */
  end(): void {
    if (this.#over) return;
    this.close();
    const { turn } = this.context;
    if (turn.over) return;
    if (this.#subscription === null) turn.interrupt();
    else turn.result(writeGracefulEnd(this.#subscription));
  }

  /** Stops, when the client is gone. */
  close(): void {
    this.#over = true;
    this.#order.close();
    this.#gone.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = null;
    if (this.over) return;
    for (const list of this.#pending) {
      this.#send(writeNotification(`notifications/${list}/list_changed`, {}, this.#subscription));
    }
    this.#pending.clear();
  }

  /** A client that does not keep up is let go: it opens another stream and asks for the lists. */
  #send(message: Buffer): void {
    const { turn } = this.context;
    this.#unsentBytes = turn.event(message) ? 0 : this.#unsentBytes + message.length;
    if (this.#unsentBytes > STREAM_UNSENT_BYTES_MAX) turn.cut();
  }
}

/** Equal as long as the client sees the same. */
function keysOf({ choice, call, snapshot }: ClientContext): ReadonlyMap<ListKind, string> {
  const { view } = choice;
  if (view === null) return new Map(LISTED.map(([list]) => [list, '']));
  const bundle = snapshot.bundle.id;
  return new Map(LISTED.map(([list, kind]) => [list, `${bundle} ${choice.gateway} ${visible(view, call, kind).key}`]));
}
