import type { Bundle } from '../bundle/decode.ts';
import type { Snapshot } from '../bundle/load.ts';
import type { Call } from '../decide/index.ts';
import type { Upstreams } from '../http/upstream.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { Identity } from '../identity/identity.ts';
import type { ClientSession } from './client-session.ts';
import type { Choice } from './gateway-choice.ts';
import type { InFlight } from './in-flight.ts';
import type { ScannedRequest } from './scan.ts';
import type { KeyRing } from './seal.ts';
import type { Turn } from './turn.ts';
import type { UpstreamHealth } from './upstream-health.ts';
import type { UpstreamSessions } from './upstream-sessions.ts';
import type { Era } from './versions.ts';

/** What answering a request may use, one of each per process. */
export interface Services {
  readonly ring: KeyRing;
  readonly credentials: (bundle: Bundle) => Credentials;
  readonly upstreams: Upstreams;
  readonly sessions: UpstreamSessions;
  readonly inFlight: InFlight;
  readonly health: UpstreamHealth;
  /** Hears of what is our own fault. */
  readonly report: (problem: unknown) => void;
}

/** A request that passed the front door: who asks for what, under which bundle. The bundle stays the same to its end. */
export interface McpRequest {
  readonly turn: Turn;
  readonly snapshot: Snapshot;
  readonly identity: Identity;
  /** Who asks, when, with which arguments: what is decided on. */
  readonly call: Call;
  readonly choice: Choice;
  /** The gateway in the URL; '' for the universal one. */
  readonly endpoint: string;
  readonly era: Era;
  /** Of a legacy client, after `initialize`. */
  readonly session: ClientSession | null;
  readonly body: Buffer;
  readonly message: ScannedRequest;
}
