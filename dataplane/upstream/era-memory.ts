import { BoundedCache } from '../bounded-cache.ts';
import { ERA_PROBE_REST_MS, UPSTREAM_ORIGINS_MAX } from '../limits.ts';
import type { Era } from '../mcp/versions.ts';
import type { ChannelTarget } from './channel.ts';

/** How a server is spoken to over HTTP: Streamable HTTP of either era, or HTTP+SSE of 2024-11-05. */
export type Spoken = Era | 'sse';

/** A server that speaks otherwise than the catalog recorded. */
export interface ChangedEra {
  readonly server: string;
  readonly recorded: Era;
  readonly found: Spoken;
  /** RFC 3339. */
  readonly since: string;
}

interface Found {
  readonly server: string;
  readonly recorded: Era;
  readonly spoken: Spoken;
  readonly atMs: number;
}

/**
 * Which servers were found to speak otherwise than recorded: the era is a server's property, so what one caller found out
 * is true for all (2026-07-28 basic/versioning, Backward Compatibility). A server that refuses is asked once in a while.
 */
export class EraMemory {
  readonly #found = new BoundedCache<string, Found>(UPSTREAM_ORIGINS_MAX);
  readonly #probedMs = new BoundedCache<string, number>(UPSTREAM_ORIGINS_MAX);
  readonly #changed: (change: ChangedEra) => void;
  readonly #now: () => number;

  /** `changed` hears of a server that turned out to speak otherwise than recorded. */
  constructor(changed: (change: ChangedEra) => void, now: () => number) {
    this.#changed = changed;
    this.#now = now;
  }

  /** What is known of a server, or what was recorded. */
  spokenBy(target: ChannelTarget): Spoken {
    const recorded = recordedFor(target);
    return this.#found.get(keyOf(target))?.spoken ?? recorded;
  }

  /** Whether a server that refused may be asked what else it speaks; not again for a while. */
  mayProbe(target: ChannelTarget): boolean {
    const key = keyOf(target);
    const probedMs = this.#probedMs.get(key) ?? -Infinity;
    if (this.#now() - probedMs < ERA_PROBE_REST_MS) return false;
    this.#probedMs.set(key, this.#now());
    return true;
  }

  /** A server was found to speak so. */
  note(target: ChannelTarget, spoken: Spoken): void {
    const key = keyOf(target);
    const known = this.#found.get(key)?.spoken ?? recordedFor(target);
    if (spoken === known) return;
    if (spoken === recordedFor(target)) {
      this.#found.delete(key);
      return;
    }
    const found: Found = { server: target.server, recorded: target.era, spoken, atMs: Date.now() };
    this.#found.set(key, found);
    // HTTP+SSE is the oldest way to speak to a legacy server: nothing changed that the catalog knows of.
    if (eraOf(spoken) !== target.era) this.#changed(render(found));
  }

  status(): readonly ChangedEra[] {
    return [...this.#found.values()].map(render).sort((a, b) => (a.server < b.server ? -1 : 1));
  }
}

const eraOf = (spoken: Spoken): Era => (spoken === 'sse' ? 'legacy' : spoken);

function recordedFor({ era, transport }: ChannelTarget): Spoken {
  return transport.kind === 'sse' ? 'sse' : era;
}

function keyOf({ server, era, transport }: ChannelTarget): string {
  return `${server} ${era} ${transport.kind === 'stdio' ? transport.program : transport.url.href}`;
}

function render({ server, recorded, spoken, atMs }: Found): ChangedEra {
  return { server, recorded, found: spoken, since: new Date(atMs).toISOString() };
}
