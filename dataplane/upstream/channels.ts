import { BoundedCache } from '../bounded-cache.ts';
import {
  PROGRAM_IDLE_MS_MIN,
  SESSIONS_CLOSE_MS_MAX,
  UPSTREAM_ORIGINS_MAX,
  UPSTREAM_SESSION_IDLE_MS_MAX,
  UPSTREAM_SESSIONS_MAX,
} from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Channel, ChannelResult, ChannelSource, ChannelTarget } from './channel.ts';
import { EraMemory, type ChangedEra } from './era-memory.ts';
import type { HttpServices } from './http-call.ts';
import type { KeptChannel } from './kept-channel.ts';
import type { HttpTarget } from './modern-http-channel.ts';
import { HttpOpener } from './open-http.ts';
import { ServerGate, type GateStatus } from './server-gate.ts';
import { SharedChannel, type WireResult, type WireSink } from './shared-channel.ts';
import type { Programs, ProgramStatus } from './stdio/programs.ts';
import { SHARED_VERSIONS } from './handshake.ts';

/** What channels need of their process. */
export interface ChannelServices extends HttpServices {
  /** The programs of proxy.yaml; null or absent: there are none. */
  readonly programs?: Programs | null;
  /** Hears of a server that turned out to speak another era than the catalog recorded. */
  readonly eraChanged?: (change: ChangedEra) => void;
  /** Milliseconds on a clock that never goes back; absent = the process's. */
  readonly now?: () => number;
}

export interface ChannelsStatus {
  readonly gates: readonly (GateStatus & { readonly server: string })[];
  /** Servers that speak otherwise than the catalog recorded. */
  readonly eras: readonly ChangedEra[];
  readonly programs: readonly ProgramStatus[];
}

type KeptResult =
  { readonly ok: true; readonly channel: KeptChannel } | { readonly ok: false; readonly reason: CallFailure };

interface Entry {
  readonly owner: string;
  readonly target: ChannelTarget;
  readonly opening: Promise<KeptResult>;
  /** What `opening` came to; null = it has not. */
  opened: Extract<KeptResult, { readonly ok: true }> | null;
  usedMs: number;
}

/**
 * The channels of one process: opened on first use, kept per owner, so that nobody meets another's state; bounded, and
 * closed when idle, forgotten or at the end.
 */
export class Channels implements ChannelSource {
  readonly #services: ChannelServices;
  readonly #programs: Programs | null;
  readonly #now: () => number;
  readonly #eras: EraMemory;
  readonly #http: HttpOpener;
  readonly #entries = new BoundedCache<string, Entry>(UPSTREAM_SESSIONS_MAX, (entry) => this.#retire(entry));
  /** Nobody opens them any more; what is under way in them goes on to its end. */
  readonly #retired = new Set<Entry>();
  readonly #gates = new BoundedCache<string, { readonly server: string; readonly gate: ServerGate }>(
    UPSTREAM_ORIGINS_MAX,
  );
  readonly #sweep: NodeJS.Timeout;

  constructor(services: ChannelServices) {
    this.#services = services;
    this.#programs = services.programs ?? null;
    this.#now = services.now ?? (() => performance.now());
    this.#eras = new EraMemory(services.eraChanged ?? (() => undefined), this.#now);
    this.#http = new HttpOpener(services, this.#eras);
    this.#sweep = setInterval(() => this.#endIdle(Date.now()), UPSTREAM_SESSION_IDLE_MS_MAX / 10).unref();
  }

  open(owner: string, target: ChannelTarget): ChannelResult | Promise<ChannelResult> {
    const known = this.#entries.get(owner);
    if (known !== undefined && isSamePlace(known.target, target) && known.opened?.channel.closed !== true) {
      known.usedMs = Date.now();
      known.opened?.channel.renew(target);
      return known.opened ?? known.opening;
    }
    if (known !== undefined) this.#retire(known);
    const opening = this.#open(owner, target);
    const entry: Entry = { owner, target, opening, opened: null, usedMs: Date.now() };
    this.#entries.set(owner, entry);
    return opening.then((result) => {
      if (result.ok) entry.opened = result;
      else if (this.#entries.get(owner) === entry) this.#entries.delete(owner);
      return result;
    });
  }

  find(owner: string): Channel | null {
    const channel = this.#entries.get(owner)?.opened?.channel ?? null;
    return channel === null || channel.closed ? null : channel;
  }

  drop(owner: string): void {
    const entry = this.#entries.get(owner);
    if (entry === undefined) return;
    this.#entries.delete(owner);
    void this.#end(entry);
  }

  /** How the servers fare that were called lately. */
  status(): ChannelsStatus {
    return {
      gates: [...this.#gates.values()].map(({ server, gate }) => ({ server, ...gate.status() })).sort(byServer),
      eras: this.#eras.status(),
      programs: this.#programs?.status() ?? [],
    };
  }

  /** Tells every server, as long as that takes no longer than a bound. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const ends = Promise.all([...this.#entries.values(), ...this.#retired].map((entry) => this.#end(entry)));
    // They have bounds of their own, and no child may be left behind.
    const programs = this.#programs?.close();
    let timer: NodeJS.Timeout | null = null;
    const bound = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SESSIONS_CLOSE_MS_MAX);
    });
    await Promise.race([ends, bound]);
    if (timer !== null) clearTimeout(timer);
    await programs;
  }

  async #open(owner: string, target: ChannelTarget): Promise<KeptResult> {
    const gate = this.#gate(target);
    const modern = isHttp(target) ? this.#http.openModern(gate, target) : null;
    if (modern !== null) return { ok: true, channel: modern };
    const entered = gate.enter();
    if (!entered.ok) return entered;
    let opened: KeptResult = { ok: false, reason: 'internal' };
    try {
      opened = await this.#connect(owner, target, gate);
    } catch (problem) {
      this.#services.report(problem);
    }
    if (opened.ok) entered.pass.alive();
    entered.pass.leave(opened.ok ? null : opened.reason);
    return opened.ok ? opened : { ok: false, reason: opened.reason };
  }

  #connect(owner: string, target: ChannelTarget, gate: ServerGate): Promise<KeptResult> {
    return isHttp(target) ? this.#http.open(gate, target) : this.#openProgram(owner, target, gate);
  }

  /** One process for each owner: a program keeps what it was told in its memory. */
  async #openProgram(owner: string, target: ChannelTarget, gate: ServerGate): Promise<KeptResult> {
    const programs = this.#programs;
    if (programs === null || target.transport.kind !== 'stdio') return { ok: false, reason: 'server-unavailable' };
    const { program } = target.transport;
    if (!programs.hasRoom(program)) await this.#makeRoom(program);
    const era = this.#eras.spokenBy(target) === 'modern' ? 'modern' : 'legacy';
    const connect = (sink: WireSink): Promise<WireResult> => programs.start(program, owner, sink);
    const opened = await SharedChannel.open(connect, gate, { ...target, era }, SHARED_VERSIONS);
    if (opened.ok) this.#eras.note(target, opened.channel.era);
    return opened;
  }

  /** Ends the process of a program that nobody uses and that was used least recently, if there is one. */
  async #makeRoom(program: string): Promise<void> {
    for (const entry of this.#entries.values()) {
      const { transport } = entry.target;
      if (transport.kind !== 'stdio' || transport.program !== program) continue;
      if (entry.opened === null || entry.opened.channel.busy) continue;
      // Whoever has just opened it is about to send.
      if (Date.now() - entry.usedMs < PROGRAM_IDLE_MS_MIN) continue;
      this.#entries.delete(entry.owner);
      await this.#end(entry);
      return;
    }
  }

  #gate({ server, transport }: ChannelTarget): ServerGate {
    const key = `${server} ${transport.kind === 'stdio' ? transport.program : transport.url.origin}`;
    const known = this.#gates.get(key);
    if (known !== undefined) return known.gate;
    const gate = new ServerGate(this.#now);
    this.#gates.set(key, { server, gate });
    return gate;
  }

  #retire(entry: Entry): void {
    if (entry.opened?.channel.busy === true) this.#retired.add(entry);
    else void this.#end(entry);
  }

  async #end(entry: Entry): Promise<void> {
    this.#retired.delete(entry);
    try {
      const opened = await entry.opening;
      if (opened.ok) await opened.channel.close();
    } catch (problem) {
      this.#services.report(problem);
    }
  }

  #endIdle(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (nowMs - entry.usedMs < UPSTREAM_SESSION_IDLE_MS_MAX || entry.opened?.channel.busy === true) continue;
      this.#entries.delete(entry.owner);
      void this.#end(entry);
    }
    for (const entry of this.#retired) if (entry.opened?.channel.busy !== true) void this.#end(entry);
  }
}

const byServer = (a: { readonly server: string }, b: { readonly server: string }): number =>
  a.server < b.server ? -1 : a.server > b.server ? 1 : 0;

function isHttp(target: ChannelTarget): target is HttpTarget {
  return target.transport.kind !== 'stdio';
}

/** Whether a channel to one leads to the other as well; credentials are another matter. */
function isSamePlace(one: ChannelTarget, other: ChannelTarget): boolean {
  if (one.era !== other.era || one.protocolVersion !== other.protocolVersion) return false;
  if (one.server !== other.server || one.capabilities !== other.capabilities) return false;
  const [from, to] = [one.transport, other.transport];
  if (from.kind === 'stdio') return to.kind === 'stdio' && from.program === to.program;
  return to.kind === from.kind && from.url.href === to.url.href;
}
