import type { CatalogServer } from '../../schemas/types/catalog.ts';
import type { Assignment } from '../../schemas/types/policy.ts';
import type { ChannelResult } from '../upstream/channel.ts';
import { goOn } from '../go-on.ts';
import { callerToken } from './caller-token.ts';
import { allowedCapabilities, renderCapabilities, type ClientCapabilities } from './client-capabilities.ts';
import type { ClientContext, Services } from './mcp-request.ts';
import type { Turn } from './turn.ts';
import type { Era } from './versions.ts';

export type OpenResult =
  | Extract<ChannelResult, { readonly ok: true }>
  | (Extract<ChannelResult, { readonly ok: false }> & {
      /** For the record alone: what the proxy's configuration lacks. */
      readonly recorded?: string;
    });

/** HOT PATH. Opens, or finds open, the way to an assignment's server on behalf of whoever asks. */
export function openChannel(
  services: Services,
  request: ClientContext,
  assignment: Assignment,
): OpenResult | Promise<OpenResult> {
  const { policy, catalog } = request.snapshot.bundle;
  const server = policy.servers[assignment.server];
  const recorded = catalog.servers[assignment.server];
  if (server === undefined || recorded === undefined) return { ok: false, reason: 'server-unavailable' };
  const { snapshot } = request;
  const found = services
    .credentials(snapshot.bundle)
    .sourceFor(assignment.server, assignment.identity, () => callerToken(request));
  if (!found.ok) {
    // That is about who asks, and nothing that the server could be blamed for.
    if (found.reason === 'no-caller-token') return { ok: false, reason: 'upstream-caller', recorded: found.reason };
    services.health.note(server.name, 'server-unavailable', found.reason);
    return { ok: false, reason: 'server-unavailable', recorded: found.reason };
  }
  const capabilities = capabilitiesFor(request, assignment);
  const owner = ownerOf(request, assignment, capabilities);
  if (request.session !== null) services.clientStreams.sessions.of(request.session.id).owners.add(owner);
  const { era, protocolVersion } = revisionFor(request, recorded);
  const opening = services.channels.open(owner, {
    server: server.name,
    era,
    protocolVersion,
    capabilities: renderCapabilities(capabilities),
    transport: found.transport,
    timeoutMs: server.timeoutSeconds === null ? null : server.timeoutSeconds * 1_000,
  });
  return goOn(opening, (opened) => {
    if (!opened.ok) services.health.note(server.name, opened.reason);
    return opened;
  });
}

/** Ends a request that got no way to its server. `startedMs`: when one was looked for, on the clock of `performance`. */
export function refuseUnopened(
  turn: Turn,
  { reason, recorded }: Extract<OpenResult, { readonly ok: false }>,
  { name }: Assignment,
  startedMs: number,
): void {
  // What the configuration lacks was found out without asking the server.
  if (reason !== 'server-unavailable') turn.record.upstreamMs = performance.now() - startedMs;
  const subject = reason === 'internal' ? {} : { subject: `server ${name}` };
  turn.refuse(reason, recorded === undefined ? subject : { ...subject, recorded });
}

/**
 * The revision that a server is spoken to in: a server of both eras in the client's own era, so that nothing has to be
 * bridged, and a legacy server in no newer revision than its client knows, so that it sends nothing new to it.
 */
function revisionFor(
  { era, session }: ClientContext,
  recorded: CatalogServer,
): { readonly era: Era; readonly protocolVersion: string } {
  const legacy = legacyVersionOf(recorded);
  if (recorded.era === 'modern' && (era === 'modern' || legacy === null)) {
    return { era: recorded.era, protocolVersion: recorded.protocolVersion };
  }
  const newest = legacy ?? recorded.protocolVersion;
  const own = session?.protocolVersion ?? newest;
  return { era: 'legacy', protocolVersion: own < newest ? own : newest };
}

/** The newest legacy revision that a server speaks; null = none. */
export function legacyVersionOf({ era, protocolVersion, legacyVersion }: CatalogServer): string | null {
  return era === 'legacy' ? protocolVersion : legacyVersion;
}

/** What the server of an assignment may ask of this client. */
export function capabilitiesFor({ capabilities }: ClientContext, { asks }: Assignment): ClientCapabilities {
  return allowedCapabilities(asks, capabilities);
}

/**
 * Nobody shares a channel with another principal, gateway, identity or server, nor with a client of other capabilities;
 * legacy clients not even with themselves, since a legacy server keeps state for each session.
 */
export function channelOwner(request: ClientContext, assignment: Assignment): string {
  return ownerOf(request, assignment, capabilitiesFor(request, assignment));
}

/** Names have no NUL, and what may have one comes last: no two owners are written alike. */
function ownerOf(request: ClientContext, assignment: Assignment, { has }: ClientCapabilities): string {
  const { identity, choice, session, snapshot } = request;
  const server = snapshot.bundle.policy.servers[assignment.server];
  const serverIdentity = server?.identities[assignment.identity]?.name ?? '';
  const asks = has.size === 0 ? '' : [...has].join(' ');
  const place = `${choice.gateway ?? ''}\0${assignment.name}\0${server?.name ?? ''}\0${serverIdentity}\0${asks}`;
  return `${place}\0${session?.id ?? ''}\0${identity.key}`;
}
