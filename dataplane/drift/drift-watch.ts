import type { Snapshot } from '../bundle/load.ts';
import { DRIFT_LOOKS_MAX } from '../limits.ts';
import { Turns } from './turns.ts';
import { WatchedIdentity, type DriftServices, type DriftStatus, type Place } from './watched-identity.ts';

/**
 * Looks whether servers still offer what was reviewed, off the request path, and withholds what they do not (language.md,
 * rule 12 and Locks). One per proxy. Call `follow` at every swap, before anybody is served by the new snapshot.
 */
export class DriftWatch {
  readonly #services: DriftServices;
  readonly #turns = new Turns(DRIFT_LOOKS_MAX);
  readonly #watched = new Map<string, WatchedIdentity>();
  #closed = false;

  constructor(services: DriftServices) {
    this.#services = services;
  }

  /** The snapshot that is served from now on; null = none. */
  follow(snapshot: Snapshot | null): void {
    if (this.#closed) return;
    const places = snapshot === null ? new Map<string, Place>() : placesOf(snapshot);
    for (const [key, watched] of this.#watched) {
      if (places.has(key)) continue;
      this.#watched.delete(key);
      watched.close();
    }
    for (const [key, place] of places) {
      const watched = this.#watched.get(key);
      if (watched === undefined) this.#watched.set(key, new WatchedIdentity(key, place, this.#turns, this.#services));
      else watched.move(place);
    }
  }

  /** By server, then identity. */
  status(): readonly DriftStatus[] {
    return [...this.#watched.values()]
      .map((watched) => watched.status())
      .sort((a, b) => (`${a.server} ${a.identity}` < `${b.server} ${b.identity}` ? -1 : 1));
  }

  close(): void {
    this.#closed = true;
    for (const watched of this.#watched.values()) watched.close();
    this.#watched.clear();
  }
}

/** Every identity that some gateway uses, by what it is: another address or credential is another one. */
function placesOf({ bundle, engine }: Snapshot): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const { server, identity } of bundle.policy.gateways.flatMap(({ assignments }) => assignments)) {
    const named = bundle.policy.servers[server];
    const used = named?.identities[identity];
    if (named === undefined || used === undefined) continue;
    const era = bundle.catalog.servers[server]?.era;
    places.set(JSON.stringify([named.name, named.target, used, era]), { bundle, engine, server, identity });
  }
  return places;
}
