import type { Snapshot } from '../bundle/load.ts';
import { argumentsReader, Call, type Caller } from '../decide/index.ts';
import type { Identity } from '../identity/identity.ts';
import type { ClientCapabilities } from './client-capabilities.ts';
import type { ClientSession } from './client-session.ts';
import { chooseGateway } from './gateway-choice.ts';
import type { ClientContext } from './mcp-request.ts';
import type { ScannedRequest } from './scan.ts';
import type { Turn } from './turn.ts';
import type { Era } from './versions.ts';

/** Who asks, and where, before anything was decided. */
export interface Visitor {
  readonly turn: Turn;
  readonly snapshot: Snapshot;
  readonly identity: Identity;
  /** The gateway in the URL; null = the universal one. */
  readonly gateway: string | null;
  readonly era: Era;
  readonly session: ClientSession | null;
  readonly capabilities: ClientCapabilities;
  /** Of the app, self-reported. */
  readonly clientName: string;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** What a visitor sees: its gateway, chosen, and who it is to the policy. `body` and `message`: of a request with arguments. */
export function contextOf(visitor: Visitor, body: Buffer | null, message: ScannedRequest | null): ClientContext {
  const { turn, snapshot, identity, gateway, era, session, capabilities, clientName, nowMs } = visitor;
  const caller: Caller = {
    kind: identity.kind,
    subjects: identity.subjects,
    clientId: identity.clientId,
    clientName,
    id: identity.id,
    email: identity.email,
    claims: identity.claims,
  };
  const reader = body === null ? null : argumentsReader(body, message?.arguments ?? null);
  const call = new Call(caller, nowMs, reader);
  const choice = chooseGateway(snapshot.engine, caller, gateway, nowMs);
  return { turn, snapshot, identity, call, choice, endpoint: gateway ?? '', era, session, capabilities };
}
