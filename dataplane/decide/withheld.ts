import type { Slot } from './decision.ts';

/** What an upstream's drift takes away from one identity: these definitions, or, until its lists were seen, everything. */
export type Drifted = 'everything' | ReadonlySet<number>;

/**
 * What an engine withholds at run time, whatever grants say; it can only subtract. Whoever loaded the bundle says until
 * when its pointer may be believed, whoever looks at upstreams which definitions differ from the reviewed ones. Nothing is
 * withheld until they do: compiler and tests have no pointer and no upstreams.
 */
export class Withheld {
  #fromMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.POSITIVE_INFINITY;
  /** By index of the server, then of its identity; null while nothing at all has drifted. */
  #drifted: Map<number, Map<number, Drifted>> | null = null;
  #epoch = 0;

  /** Another number after each change but that of time: what was kept from before it may not hold any more. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The pointer is believed in this span of time, in Unix milliseconds: from the first, until before the second. */
  believe({ fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number }): void {
    if (fromMs === this.#fromMs && untilMs === this.#untilMs) return;
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
    this.#epoch++;
  }

  /** Takes from a server's identity what has drifted, in place of what was taken before; an empty set gives it back. */
  drift(server: number, identity: number, drifted: Drifted): void {
    this.#epoch++;
    const byServer = (this.#drifted ??= new Map<number, Map<number, Drifted>>());
    const byIdentity = byServer.get(server) ?? new Map<number, Drifted>();
    if (drifted === 'everything' || drifted.size > 0) byIdentity.set(identity, drifted);
    else byIdentity.delete(identity);
    if (byIdentity.size > 0) byServer.set(server, byIdentity);
    else byServer.delete(server);
    if (byServer.size === 0) this.#drifted = null;
  }

  /** Whether gateways are in their stale mode. */
  isStale(nowMs: number): boolean {
    return nowMs < this.#fromMs || nowMs >= this.#untilMs;
  }

  /** The next moment after `nowMs` at which time alone changes what is withheld; infinite when there is none. */
  nextTurn(nowMs: number): number {
    if (nowMs < this.#fromMs) return this.#fromMs;
    return nowMs < this.#untilMs ? this.#untilMs : Number.POSITIVE_INFINITY;
  }

  /** HOT PATH: once per decision. Allocates nothing, cannot throw. Why a slot is withheld at that moment; null = it is not. */
  reason(slot: Slot, nowMs: number): 'stale' | 'drift' | null {
    if (slot.endsWhenStale && this.isStale(nowMs)) return 'stale';
    return this.#drifted === null || !this.#hasDrifted(this.#drifted, slot) ? null : 'drift';
  }

  /** Resources have no definition to drift: they go with their server's lists as a whole. */
  #hasDrifted(byServer: ReadonlyMap<number, ReadonlyMap<number, Drifted>>, slot: Slot): boolean {
    const drifted = byServer.get(slot.server)?.get(slot.assignment.identity);
    return drifted !== undefined && (drifted === 'everything' || drifted.has(slot.definition));
  }
}
