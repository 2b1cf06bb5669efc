import type { ChannelEvent } from '../upstream/channel.ts';
import { sealEventId } from './event-id.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import type { Renamed } from './up-request.ts';
import type { Era } from './versions.ts';

/** With which id a client that loses the stream goes on after an event, and how long it waits before; null = as it likes. */
export interface ResumePoint {
  readonly id: string | null;
  readonly retryMs: number | null;
}

/** What of a request the server knows under another name than the client. */
export interface Sent {
  readonly id: Renamed;
  readonly progressToken: Renamed | null;
}

/** What an event of a call tells its client of that; null unless both ends are legacy: others have nothing to resume. */
export function resumePoint(
  { ring }: Services,
  asked: McpRequest,
  upEra: Era,
  { eventId, retryMs }: ChannelEvent,
  sent: Sent | null,
): ResumePoint | null {
  if (asked.era !== 'legacy' || upEra !== 'legacy') return null;
  if (eventId === null || sent === null) return { id: null, retryMs };
  const { id, progressToken } = sent;
  return { id: sealEventId(ring, asked, { eventId, id, progressToken }), retryMs };
}
