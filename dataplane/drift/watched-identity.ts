import type { Bundle } from '../bundle/decode.ts';
import type { Engine } from '../decide/index.ts';
import type { Drifted } from '../decide/withheld.ts';
import type { SourceResult } from '../identity/credentials.ts';
import { DRIFT_NAMES_SHOWN_MAX, DRIFT_QUIET_MS, DRIFT_RETRY_FIRST_MS, DRIFT_SWAP_MS } from '../limits.ts';
import type { Era } from '../mcp/versions.ts';
import type { ChannelSource } from '../upstream/channel.ts';
import type { ListKind } from '../mcp/streams/announcement.ts';
import { Announcements } from './announcements.ts';
import { newsOf, NO_DRIFT, renderNamed, type DriftAlert, type NamedVerdict } from './drift-alert.ts';
import { judgeDrift, type Named } from './judge-drift.ts';
import { lookAt } from './look.ts';
import type { Observed } from './observed.ts';
import type { Turns } from './turns.ts';

/** What looking for drift needs of its process. */
export interface DriftServices {
  readonly channels: ChannelSource;
  /** Where a server is called as one of its identities when nobody calls. */
  readonly sourceFor: (bundle: Bundle, server: number, identity: number) => SourceResult;
  readonly alert: (alert: DriftAlert) => void;
  /** Takes one line for the operator. */
  readonly log: (line: string) => void;
  /** What is withheld is something else now. */
  readonly changed: () => void;
  /** A server said that one of its lists changed. */
  readonly announced: (server: string, identity: string, list: ListKind) => void;
  readonly report: (problem: unknown) => void;
  /** Between two looks; null = nobody looks, and strict servers stay withheld. */
  readonly everyMs: number | null;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** Which server and identity, in the tables of the bundle that is served. */
export interface Place {
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly server: number;
  readonly identity: number;
}

/** What the status says of a server as one identity sees it. */
export interface DriftStatus {
  readonly server: string;
  readonly identity: string;
  /** RFC 3339: when its lists were seen; null = not yet. */
  readonly seen: string | null;
  /** Why the last look failed; null when it did not. */
  readonly failure: string | null;
  /** How many definitions are not to be had for that. */
  readonly withheld: number | 'everything';
  /** Names from here on, at most `DRIFT_NAMES_SHOWN_MAX` of each. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

const NOTHING: ReadonlySet<number> = new Set();

/**
 * One server as one of our identities sees it: looks at its lists now and then, and at once when it says that they changed,
 * and withholds what is not as it was reviewed. What was seen outlives a swap: another bundle judges it anew, at once.
 */
export class WatchedIdentity {
  readonly #services: DriftServices;
  readonly #turns: Turns;
  readonly #owner: string;
  readonly #announcements = new Announcements((list) => {
    const { server, identity } = this.#names();
    if (list !== null) this.#services.announced(server, identity, list);
    this.#soon();
  });
  readonly #end = new AbortController();
  #place: Place;
  #observed: Observed | null = null;
  /** In which it was seen: a server may turn out to speak another one than was recorded. */
  #era: Era = 'modern';
  #verdict: NamedVerdict = NO_DRIFT;
  /** As the engine of the place was told last. */
  #withheld: Drifted = NOTHING;
  #seenMs = 0;
  #lookedMs = 0;
  #failure: string | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #again = false;

  constructor(key: string, place: Place, turns: Turns, services: DriftServices) {
    this.#owner = JSON.stringify(['drift', key]);
    this.#services = services;
    this.#turns = turns;
    this.#place = place;
    this.#judge();
    this.#schedule(0);
  }

  /** Another bundle is served, which has the same server and identity. */
  move(place: Place): void {
    if (place.engine !== this.#place.engine) this.#withheld = NOTHING;
    this.#place = place;
    this.#judge();
    this.#schedule(this.#observed === null ? 0 : Math.random() * DRIFT_SWAP_MS);
  }

  close(): void {
    this.#end.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#announcements.stop();
    this.#services.channels.drop(this.#owner);
  }

  status(): DriftStatus {
    const shown = (list: readonly Named[]): readonly string[] => list.slice(0, DRIFT_NAMES_SHOWN_MAX).map(renderNamed);
    const { changed, missing, added } = this.#verdict;
    return {
      ...this.#names(),
      seen: this.#observed === null ? null : new Date(this.#seenMs).toISOString(),
      failure: this.#failure,
      withheld: this.#withheld === 'everything' ? 'everything' : this.#withheld.size,
      changed: shown(changed),
      missing: shown(missing),
      added: shown(added),
    };
  }

  /** The lists changed, or may have. An announcement without end causes looks with rests between them. */
  #soon(): void {
    if (this.#looking) this.#again = true;
    else this.#schedule(Math.max(0, this.#lookedMs + DRIFT_QUIET_MS - performance.now()));
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#services.everyMs !== null) this.#timer = setTimeout(() => void this.#look(), delayMs).unref();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#end.signal.aborted) return;
    this.#looking = true;
    this.#again = false;
    const done = await this.#turns.take();
    try {
      if (!this.#end.signal.aborted) await this.#lookOnce();
    } catch (problem) {
      this.#services.report(problem);
      this.#fail('internal');
    } finally {
      done();
      this.#looking = false;
      this.#lookedMs = performance.now();
    }
    if (!this.#end.signal.aborted) this.#schedule(this.#again ? DRIFT_QUIET_MS : this.#restMs());
  }

  async #lookOnce(): Promise<void> {
    const { bundle, server, identity } = this.#place;
    const { channels, sourceFor } = this.#services;
    const recorded = bundle.catalog.servers[server];
    const source = sourceFor(bundle, server, identity);
    if (recorded === undefined || !source.ok) return this.#fail(source.ok ? 'internal' : source.reason);
    const { name, era, protocolVersion, capabilities } = recorded;
    const target = { server: name, era, protocolVersion, transport: source.transport };
    const result = await lookAt(channels, this.#owner, target, this.#end.signal);
    if (this.#end.signal.aborted) return undefined;
    // A child that only waits to be asked would be one that no caller can have.
    const keeps = result.ok && capabilities.listChanged && source.transport.kind !== 'stdio';
    if (keeps) this.#announcements.hear(result.channel);
    else {
      this.#announcements.stop();
      channels.drop(this.#owner);
    }
    if (!result.ok) return this.#fail(result.reason);
    this.#failure = null;
    this.#failures = 0;
    this.#observed = result.observed;
    this.#era = result.channel.era;
    this.#seenMs = this.#services.clock();
    if (this.#judge()) this.#services.changed();
    return undefined;
  }

  /** What was seen before stands: a server must not get its changes through by answering nothing. */
  #fail(reason: string): void {
    this.#failures++;
    if (reason === this.#failure) return;
    this.#failure = reason;
    const { server, identity } = this.#names();
    const waits = this.#withheld === 'everything' ? ', and all of it is withheld until then' : '';
    this.#services.log(`drift: cannot see what server ${server} offers to ${identity} (${reason})${waits}`);
  }

  /** Compares what was seen with what is served, tells the engine and says what is new. True: something else is withheld. */
  #judge(): boolean {
    const { bundle, engine, server, identity } = this.#place;
    const { catalog, policy } = bundle;
    const strict = policy.servers[server]?.strictDrift ?? false;
    const judged = this.#observed === null ? null : judgeDrift(catalog, server, this.#observed);
    const withheld = strict ? (judged?.unconfirmed ?? 'everything') : (judged?.changed ?? NOTHING);
    const differs = !isSame(withheld, this.#withheld);
    if (differs) engine.withheld.drift(server, identity, withheld);
    this.#withheld = withheld;
    if (judged === null) return differs;
    const { missing, added } = judged;
    const changed = [...judged.changed].flatMap((at) => catalog.definitions[at] ?? []);
    const verdict = { missing, added, changed: changed.map(({ kind, name }) => ({ kind, name })) };
    const about = { ...this.#names(), era: this.#era };
    for (const news of newsOf(this.#verdict, verdict)) this.#services.alert({ ...about, ...news });
    this.#verdict = verdict;
    return differs;
  }

  #names(): { readonly server: string; readonly identity: string } {
    const server = this.#place.bundle.policy.servers[this.#place.server];
    return { server: server?.name ?? '', identity: server?.identities[this.#place.identity]?.name ?? '' };
  }

  #restMs(): number {
    const everyMs = this.#services.everyMs ?? 0;
    const doubled = DRIFT_RETRY_FIRST_MS * 2 ** Math.min(this.#failures - 1, 30);
    const restMs = this.#failures === 0 ? everyMs : Math.min(doubled, everyMs);
    return restMs * (0.8 + Math.random() * 0.4);
  }
}

function isSame(one: Drifted, other: Drifted): boolean {
  if (one === 'everything' || other === 'everything') return one === other;
  return one.size === other.size && [...one].every((definition) => other.has(definition));
}
