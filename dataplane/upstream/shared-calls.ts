import { membersOf } from '../json/members.ts';
import { UPSTREAM_STREAM_BYTES_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Span } from '../mcp/scan-level.ts';
import { scanResponse, type ScannedResponse } from '../mcp/scan-response.ts';
import type { UpstreamPatience } from '../http/upstream.ts';
import type { ChannelCall, ChannelEvent, ChannelReceiver, UpstreamMessage } from './channel.ts';
import { buildCancelled, LISTEN_METHOD } from './handshake.ts';
import { LISTENING } from './listen-stream.ts';
import type { Listeners } from './listeners.ts';
import type { Pass } from './server-gate.ts';
import { Unasked } from './unasked.ts';

/** Sends one message; resolves with why that was not possible, else with null. Never rejects. */
export type SendMessage = (message: Buffer) => Promise<CallFailure | null>;

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/**
 * The calls under way on one connection that they share. A message belongs to the call whose id, progress token or
 * subscription it names; what names none is for those who listen. The server can confuse its own answers in this way, but
 * only those of one owner: nobody else is on this connection.
 */
export class SharedCalls {
  readonly #send: SendMessage;
  readonly #listeners: Listeners;
  readonly #unasked = new Unasked();
  readonly #byId = new Map<string, SharedCall>();
  readonly #byToken = new Map<string, SharedCall>();

  constructor(send: SendMessage, listeners: Listeners) {
    this.#send = send;
    this.#listeners = listeners;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Sends a request. Two under way may not have the same id or progress token: the second fails. */
  send(request: UpstreamMessage, receiver: ChannelReceiver, pass: Pass, usual: UpstreamPatience): ChannelCall {
    const id = keyOf(request.id);
    const token = request.progressToken === null ? null : keyOf(request.progressToken);
    const patience = request.method === LISTEN_METHOD ? LISTENING : usual;
    const call = new SharedCall(receiver, pass, patience, (cancelled) => {
      if (this.#byId.get(id) === call) this.#byId.delete(id);
      if (token !== null && this.#byToken.get(token) === call) this.#byToken.delete(token);
      if (cancelled) void this.#send(buildCancelled(request.id));
    });
    if (this.#byId.has(id) || (token !== null && this.#byToken.has(token))) {
      queueMicrotask(() => call.fail('internal'));
      return call;
    }
    this.#byId.set(id, call);
    if (token !== null) this.#byToken.set(token, call);
    void this.#sendFor(call, request.body);
    return call;
  }

  /**
   * Takes a message of the server. Not null: why the connection is of no use any more, as where nobody can say what the
   * message is, so that nothing after it can be believed.
   */
  heard(event: ChannelEvent): CallFailure | null {
    const scanned = scanResponse(event.data);
    if (!scanned.ok) return 'upstream-malformed';
    const { message } = scanned;
    const call = this.#callOf(event.data, message);
    if (call !== null) {
      if (message.kind === 'notification') call.message(event);
      else call.answer(event);
      return null;
    }
    if (!this.#unasked.take(event.data.length)) return 'upstream-too-large';
    // Answers and progress of calls that are over are nobody's business.
    if (message.method !== null && message.method !== 'notifications/progress')
      this.#listeners.dispatch(event, message);
    return null;
  }

  /** Ends all calls: the connection is gone. */
  fail(reason: CallFailure): void {
    for (const call of this.#byId.values()) call.fail(reason);
  }

  async #sendFor(call: SharedCall, body: Buffer): Promise<void> {
    const reason = await this.#send(body);
    if (reason !== null) call.fail(reason);
  }

  /** The call that a message belongs to; null when it is none of ours, or none any more. */
  #callOf(data: Buffer, { kind, id, method, params, progressToken }: ScannedResponse): SharedCall | null {
    if (kind === 'request') return null;
    if (kind !== 'notification') return this.#find(this.#byId, id === null ? null : textOf(data, id));
    if (method === 'notifications/progress') {
      return this.#find(this.#byToken, progressToken === null ? null : textOf(data, progressToken));
    }
    return this.#find(this.#byId, params === null ? null : subscriptionOf(data, params));
  }

  #find(calls: ReadonlyMap<string, SharedCall>, key: string | null): SharedCall | null {
    return key === null ? null : (calls.get(key) ?? null);
  }
}

/** One call among several on a connection. It cannot be paused: the others would wait as well. */
class SharedCall implements ChannelCall {
  readonly #receiver: ChannelReceiver;
  readonly #pass: Pass;
  readonly #forget: (cancelled: boolean) => void;
  readonly #stall: NodeJS.Timeout;
  readonly #deadline: NodeJS.Timeout;
  #bytes = 0;
  #open = false;
  #over = false;

  constructor(
    receiver: ChannelReceiver,
    pass: Pass,
    { stallMs, callMs }: UpstreamPatience,
    forget: (cancelled: boolean) => void,
  ) {
    this.#receiver = receiver;
    this.#pass = pass;
    this.#forget = forget;
    this.#stall = setTimeout(() => this.#expire(), stallMs).unref();
    this.#deadline = setTimeout(() => this.#expire(), callMs).unref();
  }

  pause(): void {
    return;
  }

  resume(): void {
    return;
  }

  cancel(): void {
    this.#end(null, true);
  }

  finish(): void {
    this.#end(null, false);
  }

  /** A message before the answer. */
  message(event: ChannelEvent): void {
    if (this.#over) return;
    this.#pass.alive();
    this.#stall.refresh();
    this.#bytes += event.data.length;
    if (this.#bytes > UPSTREAM_STREAM_BYTES_MAX) {
      this.#end('upstream-too-large', true);
      this.#receiver.fail('upstream-too-large');
      return;
    }
    if (!this.#open) this.#receiver.open();
    this.#open = true;
    this.#receiver.message(event);
  }

  answer(event: ChannelEvent): void {
    if (this.#over) return;
    this.#pass.alive();
    this.#end(null, false);
    this.#receiver.message(event);
  }

  fail(reason: CallFailure): void {
    if (this.#over) return;
    this.#end(reason, false);
    this.#receiver.fail(reason);
  }

  /** The server is told, so that it does not go on with what nobody waits for. */
  #expire(): void {
    if (this.#over) return;
    this.#end('upstream-timeout', true);
    this.#receiver.fail('upstream-timeout');
  }

  #end(failure: CallFailure | null, cancelled: boolean): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#stall);
    clearTimeout(this.#deadline);
    this.#forget(cancelled);
    this.#pass.leave(failure);
  }
}

/** Ids are compared as texts once their escapes are read: 1 and "1" are two requests. */
function keyOf(id: Buffer): string {
  return JSON.stringify(JSON.parse(id.toString('utf8')));
}

/** The listen request that a notification of a modern server belongs to (2026-07-28 basic/patterns/subscriptions). */
function subscriptionOf(data: Buffer, params: Span): string | null {
  const meta = membersOf(data, params).find(({ key }) => key === '_meta');
  if (meta === undefined || data[meta.start] !== 0x7b) return null;
  const id = membersOf(data, meta).find(({ key }) => key === SUBSCRIPTION_ID);
  return id === undefined ? null : textOf(data, id);
}

function textOf(data: Buffer, { start, end }: Span): string {
  return keyOf(data.subarray(start, end));
}
