import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { isName } from '../format/store-paths.ts';
import { CHANNEL_POLL_MS, CHANNEL_QUIET_MS, TIMER_MS_MAX } from '../limits.ts';
import { Follower } from './follower.ts';
import type { Freshness } from './freshness.ts';
import type { ContentSources, Snapshot } from './load.ts';
import type { Nack } from './nack.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { ChannelStatus } from './status.ts';
import type { ChannelName } from './verify-pointer.ts';
import { FolderWatch } from './watch.ts';

export interface ChannelConfig extends ChannelName {
  /** The store: a folder with `bundles/` and `channels/`. */
  readonly bundles: string;
  /** Path of `trust.json`. */
  readonly trust: string;
  /** The folder of the last known good bundle; null = none is kept. */
  readonly state: string | null;
  /** Unix milliseconds; absent = the system's clock. */
  readonly clock?: () => number;
  /** What content rules may use besides the bundle; absent = nothing. */
  readonly content?: ContentSources;
  /** How often the store is read although nothing was reported; absent = `CHANNEL_POLL_MS`. */
  readonly pollMs?: number;
}

/** The bundle a proxy enforces, kept up to date. One per proxy. */
export interface Channel {
  /** HOT PATH: one read of one reference. Null = nothing to enforce: refuse every call. */
  current(): Snapshot | null;
  status(): ChannelStatus;
  /** Called after each swap, with null when serving must stop. Returns a function that ends it. */
  onSwap(listener: (snapshot: Snapshot | null) => void): () => void;
  /** Called for each new refusal, not for its repetitions. Returns a function that ends it. */
  onNack(listener: (nack: Nack) => void): () => void;
  /**
   * Called when the pointer of what is active expires, when the clock turns out to be behind, and when it may be believed
   * again. Decisions need no telling: this is for whoever keeps what was decided. Returns a function that ends it.
   */
  onFreshness(listener: (freshness: Freshness) => void): () => void;
  /** Reads the store now, whatever the timers say. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a channel: serves the last known good bundle if there is one, then reads the store, then follows it. Resolves
 * after that first reading, whatever came of it; `current()` and `status()` say what did.
 */
export async function openChannel(config: ChannelConfig): Promise<Channel> {
  for (const name of [config.workspace, config.environment, config.channel]) {
    assert(isName(name), `${name} cannot name a workspace, an environment or a channel`);
  }
  const channel = new FollowedChannel(config);
  await channel.start();
  return channel;
}

class FollowedChannel implements Channel {
  readonly #follower: Follower;
  readonly #watch: FolderWatch;
  readonly #pollMs: number;
  readonly #swapListeners = new Set<(snapshot: Snapshot | null) => void>();
  readonly #nackListeners = new Set<(nack: Nack) => void>();
  readonly #freshnessListeners = new Set<(freshness: Freshness) => void>();
  #timer: NodeJS.Timeout | null = null;
  /** Waits for the active pointer to expire: a store that says nothing must not keep it alive. */
  #expiry: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  /** Somebody asked for a reading while one was under way. */
  #again = false;
  /** The timer was set because of a change. */
  #woken = false;
  #closed = false;

  constructor(config: ChannelConfig) {
    this.#follower = new Follower({
      ...config,
      clock: config.clock ?? Date.now,
      swapped: (snapshot) => tell(this.#swapListeners, snapshot),
      refused: (nack) => tell(this.#nackListeners, nack),
      turned: (freshness) => tell(this.#freshnessListeners, freshness),
    });
    const { bundles, trust } = config;
    const folders = [bundles, join(bundles, 'channels'), join(bundles, 'bundles'), dirname(trust)];
    this.#watch = new FolderWatch(folders, () => this.#wake());
    this.#pollMs = config.pollMs ?? CHANNEL_POLL_MS;
  }

  async start(): Promise<void> {
    await this.#follower.restore();
    await this.refresh();
  }

  current(): Snapshot | null {
    return this.#follower.current();
  }

  status(): ChannelStatus {
    return this.#follower.status();
  }

  onSwap(listener: (snapshot: Snapshot | null) => void): () => void {
    this.#swapListeners.add(listener);
    return () => this.#swapListeners.delete(listener);
  }

  onNack(listener: (nack: Nack) => void): () => void {
    this.#nackListeners.add(listener);
    return () => this.#nackListeners.delete(listener);
  }

  onFreshness(listener: (freshness: Freshness) => void): () => void {
    this.#freshnessListeners.add(listener);
    return () => this.#freshnessListeners.delete(listener);
  }

  /** A reading that is under way may have passed what the caller wants seen, so another one follows it. */
  async refresh(): Promise<void> {
    if (this.#closed) return;
    if (this.#running === null) {
      this.#running = this.#run().finally(() => {
        this.#running = null;
      });
    } else {
      this.#again = true;
    }
    await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#watch.close();
  }

  async #run(): Promise<void> {
    this.#woken = false;
    do {
      this.#again = false;
      // Armed before reading, so that no change falls between the two.
      this.#watch.arm();
      await this.#follower.step();
    } while (this.#again && !this.#closed);
    if (this.#closed) return;
    this.#watchExpiry();
    const attempts = this.#follower.attempts();
    if (this.#woken) this.#schedule(CHANNEL_QUIET_MS);
    else this.#schedule(attempts === 0 ? this.#pollMs : retryDelayMs(attempts, Math.random()));
  }

  /** Something changed: read soon, but let a deployment finish. Later changes do not put it off any further. */
  #wake(): void {
    if (this.#closed || this.#woken) return;
    this.#woken = true;
    if (this.#running === null) this.#schedule(CHANNEL_QUIET_MS);
  }

  #watchExpiry(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    const turnMs = this.#follower.nextTurnMs();
    if (turnMs === null) return;
    this.#expiry = setTimeout(
      () => {
        this.#follower.checkFreshness();
        this.#watchExpiry();
      },
      Math.min(turnMs, TIMER_MS_MAX),
    );
    this.#expiry.unref();
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), delayMs);
    this.#timer.unref();
  }
}

/** One listener's mistake must cost neither the others nor the channel. */
function tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (problem) {
      process.emitWarning(problem instanceof Error ? problem : String(problem));
    }
  }
}
