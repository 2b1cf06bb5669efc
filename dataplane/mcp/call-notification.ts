import { goOn } from '../go-on.ts';
import type { CallPlan } from './call-plan.ts';
import { buildDownNotification } from './down-message.ts';
import { isLogWanted } from './log-level.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { redactScanned, type RedactedMessage, type Waiter } from './redact-scanned.ts';
import type { ScannedResponse } from './scan-response.ts';
import type { Renamed } from './up-request.ts';

/**
 * What of a server's notification within a call goes to the client, after the rules: progress and log messages of this
 * request. Announcements go where they are waited for; the rest, and what may not pass, is dropped: null. A promise only
 * where rules ask others.
 */
export function callNotification(
  services: Services,
  asked: McpRequest,
  { route, toClient }: CallPlan,
  progressToken: Renamed | null,
  data: Buffer,
  scanned: ScannedResponse,
  waiter: Waiter,
): Promise<Buffer | null> | Buffer | null {
  if (scanned.method === 'notifications/message' && !isLogWanted(services, asked, scanned.level)) return null;
  if (services.clientStreams.announced(asked, route.assignment, data, scanned)) return null;
  const redacted = redactScanned(toClient, data, scanned, waiter);
  return goOn(redacted, (known) => downOf(asked, progressToken, known));
}

function downOf(asked: McpRequest, progressToken: Renamed | null, redacted: RedactedMessage): Buffer | null {
  asked.turn.record.addFindings('to-client', redacted.findings);
  if (redacted.kind === 'blocked') return null;
  const token = progressToken === null ? null : { up: progressToken.up, down: tokenOf(asked) };
  return buildDownNotification(redacted.bytes, redacted.scanned, token, asked.era);
}

/** The progress token that the client gave, as JSON text. */
function tokenOf({ message, body }: McpRequest): Buffer | null {
  const span = message.progressToken;
  return span === null ? null : body.subarray(span.start, span.end);
}
