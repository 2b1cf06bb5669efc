import { UPSTREAM_HANDSHAKE_MS_MAX } from '../limits.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { MODERN_VERSIONS } from '../mcp/versions.ts';
import { askServer } from './ask-server.ts';
import type { EraMemory, Spoken } from './era-memory.ts';
import { buildDiscover, supportsModern } from './greet-server.ts';
import { SHARED_VERSIONS } from './handshake.ts';
import type { HttpRefusal, HttpServices, Remedy } from './http-call.ts';
import type { KeptChannel } from './kept-channel.ts';
import { LegacyHttpChannel } from './legacy-http-channel.ts';
import { ModernHttpChannel, type HttpTarget } from './modern-http-channel.ts';
import { modernHeaders } from './request-headers.ts';
import type { ServerGate } from './server-gate.ts';
import { SharedChannel } from './shared-channel.ts';
import { SseWire } from './sse-wire.ts';

const HANDSHAKE = {
  headersMs: UPSTREAM_HANDSHAKE_MS_MAX,
  stallMs: UPSTREAM_HANDSHAKE_MS_MAX,
  callMs: UPSTREAM_HANDSHAKE_MS_MAX,
} as const;

/** Codes with which a modern server refuses a request that it understood (2026-07-28 basic/index, Error Codes). */
const MODERN_REFUSALS: ReadonlySet<number | null> = new Set([-32_020, -32_021, -32_602]);

export type Opened =
  | { readonly ok: true; readonly channel: KeptChannel }
  /** `refused`: the server is there, and does not speak so. */
  | { readonly ok: false; readonly reason: CallFailure; readonly refused: boolean };

/**
 * Opens channels over HTTP, in whatever way the server speaks: as it is known or recorded first, and in the other ways
 * only where it answers that it does not. A server that is silent, broken or wants other credentials said nothing about
 * eras (protocol.md, section 2).
 */
export class HttpOpener {
  readonly #services: HttpServices;
  readonly #eras: EraMemory;

  constructor(services: HttpServices, eras: EraMemory) {
    this.#services = services;
    this.#eras = eras;
  }

  /** Without asking the server; null where it wants a handshake. */
  openModern(gate: ServerGate, target: HttpTarget): ModernHttpChannel | null {
    return this.#eras.spokenBy(target) === 'modern' ? this.#modern(gate, target) : null;
  }

  async open(gate: ServerGate, target: HttpTarget): Promise<Opened> {
    const first = this.#eras.spokenBy(target);
    const opened = await this.#try(first, gate, target);
    if (opened.ok || !opened.refused || !this.#eras.mayProbe(target)) return opened;
    return (await this.#explore(first, gate, target)) ?? opened;
  }

  /** The other ways to speak, one after the other; null when the server speaks none of them. */
  async #explore(known: Spoken, gate: ServerGate, target: HttpTarget): Promise<Opened | null> {
    for (const other of (['modern', 'legacy', 'sse'] as const).filter((spoken) => spoken !== known)) {
      const opened = await this.#try(other, gate, target);
      if (opened.ok) {
        this.#eras.note(target, other);
        return opened;
      }
      if (!opened.refused) return null;
    }
    return null;
  }

  async #try(spoken: Spoken, gate: ServerGate, target: HttpTarget): Promise<Opened> {
    switch (spoken) {
      case 'modern':
        return this.#discover(gate, target);
      case 'legacy':
        return LegacyHttpChannel.open(this.#services, gate, target);
      case 'sse':
        return this.#openSse(gate, target);
    }
  }

  async #discover(gate: ServerGate, target: HttpTarget): Promise<Opened> {
    const [version = ''] = MODERN_VERSIONS;
    const method = 'server/discover';
    const body = buildDiscover('0', version, target.capabilities);
    const request = { body, method, id: Buffer.from('0'), progressToken: null, name: null, headers: [] };
    const asked = await askServer(this.#services, {
      method: 'POST',
      url: target.transport.url,
      headers: modernHeaders(version, request),
      body,
      credentials: target.transport.credentials,
      patience: HANDSHAKE,
    });
    if (!asked.ok) return { ...asked, refused: false };
    const { status } = asked.head;
    if (status === 200 && asked.message !== null && supportsModern(asked.message)) {
      return { ok: true, channel: this.#modern(gate, target) };
    }
    if (status === 401 || status === 403) return { ok: false, reason: 'upstream-denied', refused: false };
    const refused = status === 200 ? asked.message !== null : saysNo(status);
    return { ok: false, reason: 'upstream-session', refused };
  }

  async #openSse(gate: ServerGate, target: HttpTarget): Promise<Opened> {
    let refused = false;
    const opened = await SharedChannel.open(
      async (sink) => {
        const wire = await SseWire.open(this.#services, target, sink);
        refused = !wire.ok && wire.refused;
        return wire;
      },
      gate,
      { ...target, era: 'legacy' },
      SHARED_VERSIONS,
    );
    return opened.ok ? opened : { ...opened, refused };
  }

  #modern(gate: ServerGate, target: HttpTarget): ModernHttpChannel {
    return new ModernHttpChannel(this.#services, gate, target, {
      isCurrent: () => this.#eras.spokenBy(target) === 'modern',
      remedy: (refusal) => this.#remedy(refusal, gate, target),
    });
  }

  /** A refusal that no modern server gives to a call: perhaps it is one no more. */
  #remedy({ status, code }: HttpRefusal, gate: ServerGate, target: HttpTarget): Promise<Remedy> | Remedy {
    if (!saysNo(status) || MODERN_REFUSALS.has(code)) return 'stands';
    if (this.#eras.spokenBy(target) !== 'modern') return 'upstream-era';
    return this.#eras.mayProbe(target) ? this.#findOut(gate, target) : 'stands';
  }

  async #findOut(gate: ServerGate, target: HttpTarget): Promise<Remedy> {
    const still = await this.#try('modern', gate, target);
    if (still.ok || !still.refused) return 'stands';
    const found = await this.#explore('modern', gate, target);
    if (found === null || !found.ok) return 'stands';
    // Whose it would be is not known here.
    await found.channel.close();
    return 'upstream-era';
  }
}

/** What a server answers that does not serve such a request at that place (2025-11-25 basic/transports, Backwards Compatibility). */
function saysNo(status: number): boolean {
  return status === 400 || status === 404 || status === 405 || status === 406 || status === 415;
}
