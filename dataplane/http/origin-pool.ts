import type { LookupFunction } from 'node:net';
import { UPSTREAM_WAITING_MAX } from '../limits.ts';
import type { Sweeper } from './sweeper.ts';
import type { Carrier, Transfer } from './transfer.ts';
import { destinationOf, UpstreamConnection, type ConnectionOwner, type Destination } from './upstream-connection.ts';

/** The connections to one origin: as many as are needed at once, up to a bound; beyond it transfers wait in turn. */
export class OriginPool implements ConnectionOwner, Carrier {
  readonly #destination: Destination;
  readonly #connectionsMax: number;
  readonly #sweeper: Sweeper;
  readonly #connections = new Set<UpstreamConnection>();
  /** The one used last comes first, so that the others get to close. */
  readonly #idle: UpstreamConnection[] = [];
  #waiting: Transfer[] = [];
  #retired = false;

  /** `url`: any of the origin's. */
  constructor(url: URL, connectionsMax: number, lookup: LookupFunction | null, sweeper: Sweeper) {
    this.#destination = destinationOf(url, lookup);
    this.#connectionsMax = connectionsMax;
    this.#sweeper = sweeper;
  }

  get nowMs(): number {
    return this.#sweeper.nowMs;
  }

  get isEmpty(): boolean {
    return this.#connections.size === 0 && this.#waiting.length === 0;
  }

  dispatch(transfer: Transfer): void {
    const idle = this.#takeIdle();
    if (idle !== null) idle.run(transfer);
    else if (this.#connections.size < this.#connectionsMax) this.#open(transfer);
    else if (this.#waiting.length < UPSTREAM_WAITING_MAX) {
      transfer.carrier = this;
      this.#waiting.push(transfer);
    } else transfer.fail('unreachable');
  }

  /** A transfer that waits here is given up. */
  drop(transfer: Transfer): void {
    this.#waiting = this.#waiting.filter((other) => other !== transfer);
  }

  wake(): void {
    // What waits for a connection has nothing to go on with.
  }

  freed(connection: UpstreamConnection): void {
    const next = this.#waiting.shift();
    if (next !== undefined) connection.run(next);
    else if (this.#retired) void connection.destroy();
    else this.#idle.push(connection);
  }

  lost(connection: UpstreamConnection, undone: Transfer | null): void {
    this.#connections.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (undone !== null) this.#open(undone);
    else if (this.#connections.size < this.#connectionsMax) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#open(next);
    }
  }

  sweep(passedMs: number): void {
    for (const connection of this.#connections) connection.sweep(passedMs);
    for (const transfer of this.#waiting) transfer.sweep(passedMs);
  }

  /** Nobody will ask for it any more: connections close once they are free. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#idle.splice(0)) void connection.destroy();
  }

  /** Ends everything. Resolves once all is closed. */
  async destroy(): Promise<void> {
    this.#retired = true;
    for (const transfer of this.#waiting.splice(0)) transfer.fail('unreachable');
    await Promise.all([...this.#connections].map((connection) => connection.destroy()));
  }

  #takeIdle(): UpstreamConnection | null {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isUsable) return idle;
    }
    return null;
  }

  #open(transfer: Transfer): void {
    const connection = new UpstreamConnection(this.#destination, this);
    this.#connections.add(connection);
    connection.run(transfer);
  }
}
