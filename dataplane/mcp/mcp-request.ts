import type { Bundle } from '../bundle/decode.ts';
import type { Snapshot } from '../bundle/load.ts';
import type { Call } from '../decide/index.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { Identity } from '../identity/identity.ts';
import type { Peers } from '../workers/peers.ts';
import type { AskingCalls } from './asking-calls.ts';
import type { ClientCapabilities } from './client-capabilities.ts';
import type { ClientRequests } from './client-requests.ts';
import type { ClientSession } from './client-session.ts';
import type { ClientStreams } from './streams/client-streams.ts';
import type { Choice } from './gateway-choice.ts';
import type { InFlight } from './in-flight.ts';
import type { Parks } from './parks.ts';
import type { ScannedRequest } from './scan.ts';
import type { KeyRing } from './seal.ts';
import type { Turn } from './turn.ts';
import type { ChannelSource } from '../upstream/channel.ts';
import type { UpstreamHealth } from './upstream-health.ts';
import type { Era } from './versions.ts';

/** What answering a request may use, one of each per process. */
export interface Services {
  readonly ring: KeyRing;
  readonly credentials: (bundle: Bundle) => Credentials;
  readonly channels: ChannelSource;
  readonly inFlight: InFlight;
  readonly clientRequests: ClientRequests;
  readonly clientStreams: ClientStreams;
  readonly parks: Parks;
  readonly askingCalls: AskingCalls;
  /** What other processes of this proxy know this one by. */
  readonly process: string;
  readonly peers: Peers;
  readonly health: UpstreamHealth;
  /** Hears of what is our own fault. */
  readonly report: (problem: unknown) => void;
}

/** Who asks, under which bundle. The bundle stays the same to the end of a request; a stream gets a new one. */
export interface ClientContext {
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
  /** What the client declares that it can do. */
  readonly capabilities: ClientCapabilities;
}

/** A request that passed the front door. */
export interface McpRequest extends ClientContext {
  readonly body: Buffer;
  readonly message: ScannedRequest;
}
