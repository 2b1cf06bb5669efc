import {
  LIST_DRAIN_MS_MAX,
  LIST_TTL_MS,
  RESOURCES_KEPT_BYTES_MAX,
  RESOURCES_KEPT_LISTS_MAX,
  RESOURCES_KEPT_MS,
} from '../../limits.ts';
import type { Drained } from './drain-list.ts';

type DrainedList = Extract<Drained, { readonly ok: true }>;

/** A list as it was fetched. Times are of `performance.now()`, exclusive. */
export interface LiveList {
  readonly drained: DrainedList;
  /** Until then it answers whoever begins to read. */
  readonly freshUntilMs: number;
  /** Until then it answers whoever goes on reading. */
  readonly keptUntilMs: number;
}

export type LiveResult = { readonly ok: true; readonly list: LiveList } | Extract<Drained, { readonly ok: false }>;

/** Whose list is wanted, and how to get it. */
export interface Wanted {
  /** What must not be shared, as of a channel. */
  readonly owner: string;
  /** Identifies the bundle: another may lead elsewhere. */
  readonly bundle: string;
  /** Whoever turns a page goes on with the list that it began with, if that is still there. */
  readonly isContinued: boolean;
  readonly fetch: (signal: AbortSignal) => Promise<Drained>;
}

interface Fetching {
  readonly bundle: string;
  readonly result: Promise<LiveResult>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Lists of upstreams, kept for moments: everybody who wants the same one at a time shares one fetch, which is given up when
 * nobody wants it any more. Bounded in number and size.
 */
export class LiveLists {
  readonly #kept = new Map<string, { readonly bundle: string; readonly list: LiveList }>();
  readonly #fetching = new Map<string, Fetching>();
  #bytes = 0;

  /** @param signal The one who wants it is gone. */
  async get(wanted: Wanted, signal: AbortSignal): Promise<LiveResult> {
    const kept = this.#find(wanted);
    if (kept !== null) return { ok: true, list: kept };
    const fetching = this.#join(wanted);
    const leave = (): void => {
      fetching.waiters--;
      if (fetching.waiters === 0) fetching.controller.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      return await fetching.result;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** The list changed: what is kept of it, or under way, answers nobody who asks from now on. */
  forget(owner: string): void {
    this.#drop(owner);
    this.#fetching.delete(owner);
  }

  #find({ owner, bundle, isContinued }: Wanted): LiveList | null {
    const kept = this.#kept.get(owner);
    if (kept === undefined) return null;
    const nowMs = performance.now();
    if (kept.bundle !== bundle || nowMs >= kept.list.keptUntilMs) {
      this.#drop(owner);
      return null;
    }
    return isContinued || nowMs < kept.list.freshUntilMs ? kept.list : null;
  }

  #join(wanted: Wanted): Fetching {
    const { owner, bundle } = wanted;
    const known = this.#fetching.get(owner);
    if (known !== undefined && known.bundle === bundle && !known.controller.signal.aborted) {
      known.waiters++;
      return known;
    }
    const controller = new AbortController();
    const fetching: Fetching = { bundle, controller, waiters: 1, result: this.#fetch(wanted, controller) };
    this.#fetching.set(owner, fetching);
    return fetching;
  }

  async #fetch({ owner, bundle, fetch }: Wanted, controller: AbortController): Promise<LiveResult> {
    const timer = setTimeout(() => controller.abort(), LIST_DRAIN_MS_MAX);
    try {
      const drained = await fetch(controller.signal);
      if (!drained.ok) return drained;
      const list = liveList(drained);
      // Another fetch, or the news that the list changed, came in between.
      if (this.#fetching.get(owner)?.controller === controller) this.#keep(owner, bundle, list);
      return { ok: true, list };
    } finally {
      clearTimeout(timer);
      if (this.#fetching.get(owner)?.controller === controller) this.#fetching.delete(owner);
    }
  }

  #keep(owner: string, bundle: string, list: LiveList): void {
    this.#drop(owner);
    this.#kept.set(owner, { bundle, list });
    this.#bytes += list.drained.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= RESOURCES_KEPT_BYTES_MAX && this.#kept.size <= RESOURCES_KEPT_LISTS_MAX) return;
      this.#drop(oldest);
    }
  }

  #drop(owner: string): void {
    this.#bytes -= this.#kept.get(owner)?.list.drained.bytes ?? 0;
    this.#kept.delete(owner);
  }
}

function liveList(drained: DrainedList): LiveList {
  const nowMs = performance.now();
  const ttlMs = Math.min(drained.ttlMs ?? LIST_TTL_MS, LIST_TTL_MS);
  return { drained, freshUntilMs: nowMs + ttlMs, keptUntilMs: nowMs + RESOURCES_KEPT_MS };
}
