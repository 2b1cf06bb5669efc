import type { UpstreamPatience } from '../http/upstream.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Channel, ChannelCall, ChannelReceiver, ChannelTarget } from './channel.ts';

/** A channel as whoever keeps it sees it. */
export interface KeptChannel extends Channel {
  /** Calls are under way, or somebody listens. */
  readonly busy: boolean;
  /** It ended by itself, and the next user needs another. */
  readonly closed: boolean;
  /** The same place and identity once more: its credentials are used from now on. */
  renew(target: ChannelTarget): void;
  /** Ends it and tells the server so. Never rejects; whoever waits does so within bounds of its own. */
  close(): Promise<void>;
}

/** The waits that a policy chose for a server's calls; null: those of the limits. */
export function patienceFor({ timeoutMs = null }: ChannelTarget): UpstreamPatience | null {
  return timeoutMs === null ? null : { headersMs: timeoutMs, stallMs: timeoutMs, callMs: timeoutMs };
}

/** A call that is refused before anything was sent. */
export function refuseCall(receiver: ChannelReceiver, reason: CallFailure): ChannelCall {
  let over = false;
  queueMicrotask(() => {
    if (over) return;
    over = true;
    receiver.fail(reason);
  });
  const end = (): void => {
    over = true;
  };
  return { pause: () => undefined, resume: () => undefined, cancel: end, finish: end };
}
