import { modernHeaders } from './request-headers.ts';
import type { ChannelCall, ChannelReceiver, ChannelTarget, CredentialSource, UpstreamMessage } from './channel.ts';
import { LISTEN_METHOD } from './handshake.ts';
import { HttpCall, type HttpCallPlan, type HttpServices } from './http-call.ts';
import { refuseCall, type KeptChannel } from './kept-channel.ts';
import { LISTENING } from './listen-stream.ts';
import type { ServerGate } from './server-gate.ts';

/** Where a channel over HTTP leads. */
export interface HttpTarget extends ChannelTarget {
  readonly transport: Extract<ChannelTarget['transport'], { readonly kind: 'http' | 'sse' }>;
}

/** 2026-07-28 over Streamable HTTP: one POST per request, which carries all that is to know; closing it cancels. */
export class ModernHttpChannel implements KeptChannel {
  readonly era = 'modern';
  readonly protocolVersion: string;
  readonly multiplexed = false;
  readonly busy = false;
  readonly closed = false;
  readonly #services: HttpServices;
  readonly #gate: ServerGate;
  readonly #url: URL;
  #credentials: CredentialSource;
  #minted = 0;

  constructor(services: HttpServices, gate: ServerGate, target: HttpTarget) {
    this.#services = services;
    this.#gate = gate;
    this.#url = target.transport.url;
    this.#credentials = target.transport.credentials;
    this.protocolVersion = target.protocolVersion;
  }

  mint(): number {
    return ++this.#minted;
  }

  send(request: UpstreamMessage, receiver: ChannelReceiver): ChannelCall {
    const isStream = request.method === LISTEN_METHOD;
    const entered = this.#gate.enter(isStream);
    if (!entered.ok) return refuseCall(receiver, entered.reason);
    const plan: HttpCallPlan = {
      method: 'POST',
      url: this.#url,
      body: request.body,
      headers: () => modernHeaders(this.protocolVersion, request),
      credentials: this.#credentials,
      patience: isStream ? LISTENING : null,
      isStream,
      pass: entered.pass,
      ended: null,
      delayMs: 0,
      remedy: () => 'stands',
      cancelled: () => undefined,
    };
    return new HttpCall(this.#services, plan, receiver);
  }

  /** Not in this era: an answer that ends early is lost (2026-07-28 streamable-http). */
  resume(): null {
    return null;
  }

  /** Nothing but requests goes to a modern server over HTTP. */
  post(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** A modern server says nothing that was not asked for. */
  listen(): () => void {
    return () => undefined;
  }

  renew(target: ChannelTarget): void {
    if (target.transport.kind !== 'stdio') this.#credentials = target.transport.credentials;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
