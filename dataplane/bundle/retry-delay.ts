import { CHANNEL_RETRY_FIRST_MS, CHANNEL_RETRY_MAX_MS } from '../limits.ts';

/**
 * Milliseconds before a failed read is tried again: doubles with every attempt, and the upper half is random so that
 * replicas do not knock together. `random` is in [0, 1).
 */
export function retryDelayMs(attempts: number, random: number): number {
  const doubled = CHANNEL_RETRY_FIRST_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 30);
  return Math.min(doubled, CHANNEL_RETRY_MAX_MS) * (0.5 + random / 2);
}
