import { modernHeaders } from './request-headers.ts';
import type { UpstreamPatience } from '../http/upstream.ts';
import { MODERN_VERSIONS } from '../mcp/versions.ts';
import type { ChannelCall, ChannelReceiver, ChannelTarget, CredentialSource, UpstreamMessage } from './channel.ts';
import { LISTEN_METHOD } from './handshake.ts';
import { HttpCall, type HttpCallPlan, type HttpRefusal, type HttpServices, type Remedy } from './http-call.ts';
import { patienceFor, refuseCall, type KeptChannel } from './kept-channel.ts';
import { LISTENING } from './listen-stream.ts';
import type { ServerGate } from './server-gate.ts';

/** Where a channel over HTTP leads. */
export interface HttpTarget extends ChannelTarget {
  readonly transport: Extract<ChannelTarget['transport'], { readonly kind: 'http' | 'sse' }>;
}

/** What is known of the era of a server that is spoken to in the modern one. */
export interface ModernEra {
  readonly isCurrent: () => boolean;
  readonly remedy: (refusal: HttpRefusal) => Promise<Remedy> | Remedy;
}

/** 2026-07-28 over Streamable HTTP: one POST per request, which carries all that is to know; closing it cancels. */
export class ModernHttpChannel implements KeptChannel {
  readonly era = 'modern';
  readonly protocolVersion: string;
  readonly multiplexed = false;
  readonly busy = false;
  readonly #services: HttpServices;
  readonly #gate: ServerGate;
  readonly #url: URL;
  readonly #era: ModernEra;
  #credentials: CredentialSource;
  #patience: UpstreamPatience | null;
  #minted = 0;

  constructor(services: HttpServices, gate: ServerGate, target: HttpTarget, era: ModernEra) {
    const [newest = ''] = MODERN_VERSIONS;
    this.#services = services;
    this.#gate = gate;
    this.#url = target.transport.url;
    this.#credentials = target.transport.credentials;
    this.#era = era;
    this.#patience = patienceFor(target);
    // The recorded revision may be of the other era.
    this.protocolVersion = MODERN_VERSIONS.includes(target.protocolVersion) ? target.protocolVersion : newest;
  }

  /** The server was found to speak otherwise by now. */
  get closed(): boolean {
    return !this.#era.isCurrent();
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
      patience: isStream ? LISTENING : this.#patience,
      isStream,
      pass: entered.pass,
      ended: null,
      delayMs: 0,
      remedy: (refusal, again) => (again ? 'stands' : this.#era.remedy(refusal)),
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

  listening(): Promise<void> {
    return Promise.resolve();
  }

  renew(target: ChannelTarget): void {
    if (target.transport.kind !== 'stdio') this.#credentials = target.transport.credentials;
    this.#patience = patienceFor(target);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
