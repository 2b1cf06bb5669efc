import type { AuditLog } from './audit/audit-log.ts';
import type { Channel } from './bundle/channel.ts';
import type { OpenedExternal } from './content/external/open-external.ts';
import type { DriftWatch } from './drift/drift-watch.ts';
import type { Identifier } from './identity/identify.ts';
import { findKeyless } from './identity/keyless-rules.ts';
import type { Secrets } from './identity/secrets.ts';
import { findLacking, findTokenFailures } from './mcp/lacking.ts';
import type { Services } from './mcp/mcp-request.ts';
import type { Channels } from './upstream/channels.ts';
import { VERSION } from './version.ts';

/** The parts of a proxy that its status is about. */
export interface StatusParts {
  readonly channel: Channel;
  readonly services: Services;
  readonly channels: Channels;
  readonly identifier: Identifier;
  readonly secrets: Secrets;
  readonly external: OpenedExternal;
  readonly audit: AuditLog;
  readonly drift: DriftWatch;
  /** That are not answered yet. */
  readonly requests: number;
}

/** What `/status` shows an operator: JSON-able, without a secret. */
export function showStatus(parts: StatusParts): object {
  const { channel, services, channels, identifier, secrets, external, audit, drift, requests } = parts;
  const snapshot = channel.current();
  const rules = snapshot?.bundle.policy.content.map((rule) => rule.name) ?? [];
  const servers = snapshot?.bundle.policy.servers.map((server) => server.name) ?? [];
  return {
    version: VERSION,
    channel: channel.status(),
    regexEngine: snapshot?.content.regexEngine ?? null,
    lacking: snapshot === null ? [] : findLacking(snapshot.bundle, services.credentials(snapshot.bundle)),
    tokens: snapshot === null ? [] : findTokenFailures(snapshot.bundle, services.credentials(snapshot.bundle)),
    keyless: snapshot === null ? [] : findKeyless(snapshot.bundle.policy, secrets),
    secrets: Object.fromEntries(secrets.status()),
    detectors: external.health.status(rules),
    issuers: Object.fromEntries(identifier.status()),
    upstreams: services.health.status(servers),
    channels: channels.status(),
    // What is left when nobody wants anything is a leak.
    underWay: {
      requests,
      streams: services.clientStreams.size,
      parked: services.parks.size,
      questions: services.clientRequests.size,
      cancellable: services.inFlight.size,
    },
    drift: drift.status(),
    audit: audit.status(),
  };
}
