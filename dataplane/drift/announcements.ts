import { readAnnouncement, type ListKind } from '../mcp/streams/announcement.ts';
import { UpstreamListening } from '../mcp/streams/upstream-listening.ts';
import type { Channel } from '../upstream/channel.ts';

const LISTS = { lists: new Set(['tools', 'prompts', 'resources'] as const), uris: [] };

/** Hears that the lists of a server changed, on a channel of our own. */
export class Announcements {
  readonly #changed: (list: ListKind | null) => void;
  #heard: { readonly channel: Channel; readonly listening: UpstreamListening } | null = null;

  /** @param changed Told which list changed; null = one may have, unheard. */
  constructor(changed: (list: ListKind | null) => void) {
    this.#changed = changed;
  }

  /** Hears this channel from now on, and no other. */
  hear(channel: Channel): void {
    if (this.#heard?.channel === channel) return;
    this.stop();
    const listening = new UpstreamListening(channel, LISTS, {
      heard: (_data, message) => {
        const announcement = readAnnouncement(message);
        if (announcement.kind === 'list') this.#changed(announcement.list);
      },
      // Nobody is there whom a server could ask.
      asked: (data, { id }) => {
        if (id === null) return;
        const refusal = '"error":{"code":-32601,"message":"method not found"}';
        void channel.post(Buffer.from(`{"jsonrpc":"2.0","id":${data.toString('utf8', id.start, id.end)},${refusal}}`));
      },
      missed: () => this.#changed(null),
      // The next look opens another channel.
      gone: () => this.stop(),
    });
    this.#heard = { channel, listening };
  }

  stop(): void {
    this.#heard?.listening.stop();
    this.#heard = null;
  }
}
