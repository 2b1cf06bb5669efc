import type { ChannelReceiver } from './channel.ts';

/** For requests whose answer nobody waits for. */
export const IGNORE_ANSWER: ChannelReceiver = {
  open: () => undefined,
  message: () => undefined,
  ended: () => undefined,
  fail: () => undefined,
};
