import { BoundedCache } from '../../bounded-cache.ts';
import { CLIENT_SESSIONS_MAX } from '../../limits.ts';
import type { EventStream } from './event-stream.ts';

/** What a legacy client set for its session. Lost with the process: the client sets it again, or lacks a convenience. */
export interface SessionState {
  /** The severity from which it wants log messages; null = it has not said. */
  logLevel: string | null;
  /** Resources it wants to hear about, by the URI it knows them by. Bounded. */
  readonly subscriptions: Set<string>;
  /** Channels opened for it, to be closed with it. Bounded by the assignments of a gateway. */
  readonly owners: Set<string>;
  /** Its GET stream; null = none is open. */
  stream: EventStream | null;
}

/** The states of the legacy sessions that this process knows, and those that were ended. */
export class SessionStates {
  readonly #states = new BoundedCache<string, SessionState>(CLIENT_SESSIONS_MAX, (state) => state.stream?.end());
  /** Sealed session ids cannot be taken back, so what was deleted is remembered. */
  readonly #ended = new BoundedCache<string, true>(CLIENT_SESSIONS_MAX);

  /** The state of a session, made now if there is none. */
  of(session: string): SessionState {
    const known = this.#states.get(session);
    if (known !== undefined) return known;
    const state: SessionState = { logLevel: null, subscriptions: new Set(), owners: new Set(), stream: null };
    this.#states.set(session, state);
    return state;
  }

  find(session: string): SessionState | null {
    return this.#states.get(session) ?? null;
  }

  /** Ends a session for good; its state, if there was one, for whoever closes what belongs to it. */
  end(session: string): SessionState | null {
    const state = this.find(session);
    this.#states.delete(session);
    this.#ended.set(session, true);
    return state;
  }

  isEnded(session: string): boolean {
    return this.#ended.get(session) === true;
  }
}
