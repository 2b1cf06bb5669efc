import type { Era } from '../mcp/versions.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Header } from '../http/exchange.ts';

/**
 * One way to one upstream server, as one identity of ours, for one owner: whatever the transport and the era, the rest of
 * the data plane sees requests go up and messages come down.
 */
export interface Channel {
  readonly era: Era;
  /** The revision spoken on this channel. */
  readonly protocolVersion: string;
  /** Whether all answers arrive on one stream, so that even ids of one client must be ours (stdio, HTTP+SSE). */
  readonly multiplexed: boolean;
  /** An id or progress token that no other request of this channel has. */
  mint(): number;
  /** Sends a request. Its id must be unique in this channel where several requests share it. */
  send(request: UpstreamMessage, receiver: ChannelReceiver): ChannelCall;
  /** Goes on with an answer that ended early (2025-11-25 basic/transports, Resumability); null where the transport cannot. */
  resume(eventId: string, receiver: ChannelReceiver): ChannelCall | null;
  /** Sends a notification, or the response to a request of the server's; whether it was accepted. */
  post(message: Buffer): Promise<boolean>;
  /**
   * Hears what belongs to no request of ours: announcements, and in the legacy eras requests of the server. Returns how to
   * stop. The stream that carries it (legacy GET) is open while anybody listens; null where the transport has none.
   */
  listen(listener: ChannelListener): () => void;
  /** Resolves when what `listen` hears can arrive, or it is known that nothing will. At once where nobody listens. */
  listening(): Promise<void>;
}

/** A request for an upstream. */
export interface UpstreamMessage {
  /** The whole JSON-RPC message. */
  readonly body: Buffer;
  readonly method: string;
  /** The request's id as JSON text, as in the body. */
  readonly id: Buffer;
  /** The progress token as JSON text; null = no progress asked for. */
  readonly progressToken: Buffer | null;
  /** What `Mcp-Name` must repeat (tool or prompt name, resource URI); null where the method has none. Modern HTTP only. */
  readonly name: string | null;
  /** `Mcp-Param-*` and trace context. Modern HTTP only; others send the trace context alone. */
  readonly headers: readonly Header[];
}

/** Told of the messages of one answer, in order; the last is a response or error with the request's id, or `fail`. */
export interface ChannelReceiver {
  /** The answer is a stream: other messages may come before the last. Called once at most, as soon as it is known. */
  open(): void;
  message(message: ChannelEvent): void;
  /**
   * The stream ended before the response and can be resumed with the id of its last event, `retryMs` from now where the
   * server said so. Nothing follows.
   */
  ended(eventId: string, retryMs: number | null): void;
  fail(reason: CallFailure): void;
}

export interface ChannelEvent {
  /** One JSON-RPC message, not yet checked. Empty: an event that only carries an id or a time (2025-11-25, priming events). */
  readonly data: Buffer;
  /** The SSE event's id, with which a legacy stream may be resumed; null = none. */
  readonly eventId: string | null;
  /** Milliseconds that the server wants us to wait before we resume; null = not said. */
  readonly retryMs: number | null;
}

export interface ChannelListener {
  message(message: ChannelEvent): void;
  /** What was sent meanwhile may be lost: whoever keeps a copy of a list asks again. */
  reopened(): void;
  /** The channel ended by itself, as when a program crashes: whoever wants to hear more opens another. */
  gone?(): void;
}

export interface ChannelCall {
  /** Backpressure: no more messages until `resume`. A transport that several calls share cannot pause; it ignores this. */
  pause(): void;
  resume(): void;
  /**
   * The answer is not wanted any more: the transport says so as its era demands (closes the stream, or sends
   * `notifications/cancelled`), and the receiver hears nothing more.
   */
  cancel(): void;
  /** The last message arrived; whatever the server still sends on this answer is dropped within a bound of time. */
  finish(): void;
}

/** Where a channel leads and what it says of itself there. */
export interface ChannelTarget {
  /** The Server's name, for its health and its limits. */
  readonly server: string;
  readonly era: Era;
  /** The revision that the catalog recorded; asked for in `initialize`. */
  readonly protocolVersion: string;
  /** Client capabilities declared to the server, as JSON text: what the assignment's `asks` and the client both have. */
  readonly capabilities: string;
  readonly transport: Transport;
  /** How long one call may take; null or absent = as the limits say. */
  readonly timeoutMs?: number | null;
}

export type Transport =
  | { readonly kind: 'http' | 'sse'; readonly url: URL; readonly credentials: CredentialSource }
  | { readonly kind: 'stdio'; readonly program: string };

/** The headers that authenticate one identity at its server. */
export interface CredentialSource {
  /** Resolved at once (no promise) where nothing has to be fetched. */
  headers(): CredentialHeaders | Promise<CredentialHeaders>;
  /** The server refused them: what is cached is not used again. Whether trying once more makes sense. */
  refused(): boolean;
}

export type CredentialHeaders =
  { readonly ok: true; readonly headers: readonly Header[] } | { readonly ok: false; readonly reason: CallFailure };

export type ChannelResult =
  { readonly ok: true; readonly channel: Channel } | { readonly ok: false; readonly reason: CallFailure };

/** Opens channels and keeps them. One per process. */
export interface ChannelSource {
  /**
   * The channel of that owner; opened now if there is none. `owner` names everything that must not be shared: principal,
   * gateway, assignment, identity, declared capabilities and, for a legacy client, its session. A failure is not remembered
   * (but a circuit breaker may be open). A promise only where something has to be opened.
   */
  open(owner: string, target: ChannelTarget): ChannelResult | Promise<ChannelResult>;
  /** The channel if it is open already. */
  find(owner: string): Channel | null;
  /** Closes the channels of one owner (a session that was deleted). */
  drop(owner: string): void;
  close(): Promise<void>;
}
