import type { UpstreamMessage } from '../upstream/channel.ts';
import { traceHeaders } from '../upstream/request-headers.ts';
import type { CallPlan } from './call-plan.ts';
import { renderCapabilities } from './client-capabilities.ts';
import { wantedLevel } from './log-level.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { capabilitiesFor } from './open-channel.ts';
import { paramHeaders } from './param-headers.ts';
import { scanRequest } from './scan.ts';
import { buildUpRequest, type Renamed } from './up-request.ts';

/** A request as its server gets it, and what of it the client knows under another name. */
export interface PreparedCall {
  readonly message: UpstreamMessage;
  readonly id: Renamed;
  readonly progressToken: Renamed | null;
}

/** The server's own state and the client's answers (JSON text) that another round takes along; null = none. */
export interface Round {
  readonly state: string | null;
  readonly inputResponses: string | null;
}

export function prepareCall(services: Services, request: McpRequest, plan: CallPlan, round: Round): PreparedCall {
  const { era, session, body, message, capabilities } = request;
  const { channel, route, edits, definition } = plan;
  const allowed = capabilitiesFor(request, route.assignment);
  const narrowed = capabilities.more || allowed.has.size < capabilities.has.size;
  // A client's ids are its own only where nobody else's go the same way.
  const isOwn = (era === 'modern' ? channel.era === 'modern' : session !== null) && !channel.multiplexed;
  const up = buildUpRequest({
    body,
    message,
    edits: [...route.edits, ...edits],
    downEra: era,
    upEra: channel.era,
    version: channel.protocolVersion,
    mint: () => channel.mint(),
    isOwn,
    capabilities: era === 'legacy' || narrowed ? renderCapabilities(allowed) : null,
    logLevel: wantedLevel(services, request),
    ...round,
  });
  const method = message.method ?? '';
  const trace = traceHeaders(request.turn.exchange.headers.get('traceparent'));
  const declared = definition?.headers ?? [];
  return {
    id: up.id,
    progressToken: up.progressToken,
    message: {
      body: up.body,
      method,
      id: up.id.up,
      progressToken: up.progressToken?.up ?? null,
      name: method === 'completion/complete' ? null : route.upName,
      headers: declared.length === 0 ? trace : [...paramHeaders(declared, up.body, argumentsOf(up.body)), ...trace],
    },
  };
}

/** Read anew, since content rules may have changed them. */
function argumentsOf(body: Buffer) {
  const scanned = scanRequest(body);
  return scanned.ok ? scanned.message.arguments : null;
}
