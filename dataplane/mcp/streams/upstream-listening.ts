import { LISTEN_RETRY_FIRST_MS, LISTEN_RETRY_MS_MAX } from '../../limits.ts';
import type { Channel, ChannelCall, ChannelEvent } from '../../upstream/channel.ts';
import { IGNORE_ANSWER } from '../../upstream/ignore-answer.ts';
import { CLIENT_INFO } from '../client-profile.ts';
import { scanResponse, type ScannedResponse } from '../scan-response.ts';
import { renderWants, type Wants } from './announcement.ts';

/** Who hears a server. */
export interface Hearer {
  /** A notification of the server. */
  heard(data: Buffer, scanned: ScannedResponse): void;
  /** A request of a legacy server that belongs to no call. */
  asked(data: Buffer, scanned: ScannedResponse): void;
  /** What was announced meanwhile may be lost. */
  missed(): void;
  /** The channel ended by itself: nothing more is heard on it. */
  gone(): void;
}

/**
 * Hears the announcements of one server on one channel, whatever its era: a legacy one's own stream and a subscription for
 * each resource; a modern one's `subscriptions/listen`, asked anew when it ends or when other resources are wanted.
 */
export class UpstreamListening {
  readonly #channel: Channel;
  readonly #hearer: Hearer;
  #wants: Wants;
  #stop: () => void = () => undefined;
  #call: ChannelCall | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = LISTEN_RETRY_FIRST_MS;
  #over = false;
  #gone = false;
  /** Of the request that listens: what an older one says does not count. */
  #generation = 0;

  constructor(channel: Channel, wants: Wants, hearer: Hearer) {
    this.#channel = channel;
    this.#hearer = hearer;
    this.#wants = wants;
    if (channel.era === 'legacy') this.#startLegacy();
    else this.#listen();
  }

  /** Another channel is needed to hear the server. */
  get isGone(): boolean {
    return this.#gone;
  }

  /** Hears of these from now on. */
  want(wants: Wants): void {
    const before = new Set(this.#wants.uris);
    const after = new Set(wants.uris);
    const same = sameSet(before, after) && sameSet(this.#wants.lists, wants.lists);
    this.#wants = wants;
    if (same || this.#over) return;
    if (this.#channel.era === 'modern') {
      if (this.#retry !== null) return;
      this.#call?.cancel();
      this.#listen();
      return;
    }
    for (const uri of after) if (!before.has(uri)) this.#subscribe('resources/subscribe', uri);
    for (const uri of before) if (!after.has(uri)) this.#subscribe('resources/unsubscribe', uri);
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#channel.era === 'legacy') {
      for (const uri of this.#wants.uris) this.#subscribe('resources/unsubscribe', uri);
    }
    this.#stop();
    this.#call?.cancel();
  }

  #startLegacy(): void {
    this.#stop = this.#channel.listen({
      message: (event) => this.#hear(event),
      reopened: () => {
        for (const uri of this.#wants.uris) this.#subscribe('resources/subscribe', uri);
        this.#hearer.missed();
      },
      gone: () => this.#lose(),
    });
    for (const uri of this.#wants.uris) this.#subscribe('resources/subscribe', uri);
  }

  #lose(): void {
    if (this.#over || this.#gone) return;
    this.#gone = true;
    this.#hearer.gone();
  }

  #subscribe(method: string, uri: string): void {
    const id = Buffer.from(String(this.#channel.mint()));
    const body = Buffer.from(
      `{"jsonrpc":"2.0","id":${id.toString()},"method":"${method}","params":${JSON.stringify({ uri })}}`,
    );
    this.#channel.send({ body, method, id, progressToken: null, name: null, headers: [] }, IGNORE_ANSWER);
  }

  #listen(): void {
    const id = Buffer.from(String(this.#channel.mint()));
    const method = 'subscriptions/listen';
    const params = {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': this.#channel.protocolVersion,
        'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
        'io.modelcontextprotocol/clientCapabilities': {},
      },
      notifications: renderWants(this.#wants),
    };
    const body = Buffer.from(
      `{"jsonrpc":"2.0","id":${id.toString()},"method":"${method}","params":${JSON.stringify(params)}}`,
    );
    const generation = ++this.#generation;
    const again = (): void => {
      if (generation === this.#generation) this.#again();
    };
    this.#call = this.#channel.send(
      { body, method, id, progressToken: null, name: null, headers: [] },
      {
        open: () => undefined,
        message: (event) => {
          if (generation === this.#generation && !this.#hear(event)) again();
        },
        ended: again,
        // The channel is of no use any more: its program ended, or the server speaks another era by now.
        fail: (reason) => (reason === 'upstream-session' || reason === 'upstream-era' ? this.#lose() : again()),
      },
    );
  }

  /** False: it was the last message. */
  #hear(event: ChannelEvent): boolean {
    if (this.#over || event.data.length === 0) return true;
    const scanned = scanResponse(event.data);
    if (!scanned.ok) return true;
    const { message } = scanned;
    switch (message.kind) {
      case 'request':
        this.#hearer.asked(event.data, message);
        return true;
      case 'notification':
        if (message.method === 'notifications/subscriptions/acknowledged') this.#retryMs = LISTEN_RETRY_FIRST_MS;
        else this.#hearer.heard(event.data, message);
        return true;
      case 'response':
      case 'error':
        return false;
    }
  }

  #again(): void {
    if (this.#over || this.#retry !== null) return;
    this.#generation++;
    const waitMs = this.#retryMs * (0.5 + Math.random() / 2);
    this.#retryMs = Math.min(this.#retryMs * 2, LISTEN_RETRY_MS_MAX);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#listen();
      this.#hearer.missed();
    }, waitMs).unref();
  }
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}
