import type { UpstreamPatience } from '../http/upstream.ts';
import { UPSTREAM_CALL_MS_MAX, UPSTREAM_HANDSHAKE_MS_MAX, UPSTREAM_HEADERS_MS_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Era } from '../mcp/versions.ts';
import type {
  ChannelCall,
  ChannelEvent,
  ChannelListener,
  ChannelReceiver,
  ChannelTarget,
  UpstreamMessage,
} from './channel.ts';
import { LISTEN_METHOD } from './handshake.ts';
import { greetServer, type Greeting } from './greet-server.ts';
import { patienceFor, refuseCall, type KeptChannel } from './kept-channel.ts';
import { Listeners } from './listeners.ts';
import type { Pass, ServerGate } from './server-gate.ts';
import { SharedCalls } from './shared-calls.ts';

/** One connection to a server, message by message. */
export interface Wire {
  /** Sends one message; resolves with why that was not possible, else with null. Never rejects. */
  send(message: Buffer): Promise<CallFailure | null>;
  renew(target: ChannelTarget): void;
  /** Ends it; `broken`: for it is of no use any more. Never rejects. */
  close(broken?: boolean): Promise<void>;
}

/** What a wire says of itself; it must not do so before whoever made it has it. */
export interface WireSink {
  message(event: ChannelEvent): void;
  /** Nothing comes any more. */
  down(reason: CallFailure): void;
}

export type WireResult =
  { readonly ok: true; readonly wire: Wire } | { readonly ok: false; readonly reason: CallFailure };

export type SharedResult =
  { readonly ok: true; readonly channel: SharedChannel } | { readonly ok: false; readonly reason: CallFailure };

const PATIENCE: UpstreamPatience = {
  headersMs: UPSTREAM_HEADERS_MS_MAX,
  stallMs: UPSTREAM_HEADERS_MS_MAX,
  callMs: UPSTREAM_CALL_MS_MAX,
};
const HANDSHAKE: UpstreamPatience = {
  headersMs: UPSTREAM_HANDSHAKE_MS_MAX,
  stallMs: UPSTREAM_HANDSHAKE_MS_MAX,
  callMs: UPSTREAM_HANDSHAKE_MS_MAX,
};
/** What the handshake is counted as is up to whoever opens the channel. */
const FREE: Pass = { alive: () => undefined, leave: () => undefined };

/** A channel whose calls share one connection: stdio, and HTTP+SSE. */
export class SharedChannel implements KeptChannel, WireSink {
  readonly multiplexed = true;
  readonly #gate: ServerGate;
  readonly #listeners: Listeners;
  readonly #calls: SharedCalls;
  readonly #greetings: SharedCalls;
  #wire: Wire | null = null;
  #greeting: Greeting | null = null;
  #patience: UpstreamPatience;
  #minted = 0;
  #closed = false;

  private constructor(gate: ServerGate, target: ChannelTarget) {
    this.#gate = gate;
    this.#patience = patienceFor(target) ?? PATIENCE;
    const send = (message: Buffer): Promise<CallFailure | null> => this.#send(message);
    this.#listeners = new Listeners((message) => this.post(message));
    this.#calls = new SharedCalls(send, this.#listeners);
    this.#greetings = new SharedCalls(send, this.#listeners);
  }

  /** Connects and shakes hands, in the era that the catalog recorded first. */
  static async open(
    connect: (sink: WireSink) => Promise<WireResult>,
    gate: ServerGate,
    target: ChannelTarget,
    spoken: readonly string[],
  ): Promise<SharedResult> {
    const channel = new SharedChannel(gate, target);
    const connected = await connect(channel);
    if (!connected.ok) return connected;
    channel.#wire = connected.wire;
    const greeted = await greetServer(
      {
        ask: (request, receiver) => channel.#greetings.send(request, receiver, FREE, HANDSHAKE),
        tell: (message) => channel.post(message),
        mint: () => channel.mint(),
      },
      target,
      spoken,
    );
    if (greeted.ok && !channel.#closed) {
      channel.#greeting = greeted;
      return { ok: true, channel };
    }
    await channel.close();
    const reason = greeted.ok ? 'upstream-session' : greeted.reason;
    // What ends before it said who it is was never there.
    return { ok: false, reason: reason === 'upstream-truncated' ? 'upstream-unreachable' : reason };
  }

  get era(): Era {
    return this.#greeting?.era ?? 'legacy';
  }

  get protocolVersion(): string {
    return this.#greeting?.protocolVersion ?? '';
  }

  get busy(): boolean {
    return this.#calls.size > 0 || this.#listeners.size > 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  mint(): number {
    return ++this.#minted;
  }

  send(request: UpstreamMessage, receiver: ChannelReceiver): ChannelCall {
    if (this.#closed) return refuseCall(receiver, 'upstream-session');
    const entered = this.#gate.enter(request.method === LISTEN_METHOD);
    return entered.ok
      ? this.#calls.send(request, receiver, entered.pass, this.#patience)
      : refuseCall(receiver, entered.reason);
  }

  /** A connection that is gone takes its answers along. */
  resume(): null {
    return null;
  }

  async post(message: Buffer): Promise<boolean> {
    return (await this.#send(message)) === null;
  }

  listen(listener: ChannelListener): () => void {
    return this.#listeners.add(listener);
  }

  /** The stream is the one that carries everything. */
  listening(): Promise<void> {
    return Promise.resolve();
  }

  renew(target: ChannelTarget): void {
    this.#patience = patienceFor(target) ?? PATIENCE;
    this.#wire?.renew(target);
  }

  message(event: ChannelEvent): void {
    if (this.#closed) return;
    const calls = this.#greeting === null ? this.#greetings : this.#calls;
    const failure = calls.heard(event);
    if (failure !== null) this.down(failure);
  }

  down(reason: CallFailure): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#greetings.fail(reason);
    this.#calls.fail(reason);
    void this.#wire?.close(true);
    this.#listeners.gone();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#greetings.fail('upstream-session');
      this.#calls.fail('upstream-session');
    }
    await this.#wire?.close();
  }

  #send(message: Buffer): Promise<CallFailure | null> {
    if (this.#wire === null || this.#closed) return Promise.resolve('upstream-session');
    return this.#wire.send(message);
  }
}
