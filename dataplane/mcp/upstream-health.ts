import type { CallFailure } from './refusals.ts';

export interface ServerHealth {
  readonly server: string;
  /** Of the last call that reached an end; null when it went well. */
  readonly failure: CallFailure | null;
  /** Why, where the failure is one of the proxy's own configuration. */
  readonly detail: string | null;
  /** RFC 3339. */
  readonly at: string;
}

/** How the last call of each server went: what the status shows, decided on by nobody. */
export class UpstreamHealth {
  readonly #servers = new Map<string, Omit<ServerHealth, 'at'> & { readonly atMs: number }>();

  note(server: string, failure: CallFailure | null, detail: string | null = null): void {
    this.#servers.set(server, { server, failure, detail, atMs: Date.now() });
  }

  /** Of the servers that a bundle names; others are forgotten. */
  status(servers: readonly string[]): readonly ServerHealth[] {
    const known = new Set(servers);
    for (const server of this.#servers.keys()) if (!known.has(server)) this.#servers.delete(server);
    return [...this.#servers.values()]
      .sort((a, b) => (a.server < b.server ? -1 : 1))
      .map(({ atMs, ...health }) => ({ ...health, at: new Date(atMs).toISOString() }));
  }
}
