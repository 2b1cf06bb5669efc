import { EVENT_ID_AGE_MS_MAX } from '../limits.ts';
import type { McpRequest } from './mcp-request.ts';
import { open, seal, type KeyRing } from './seal.ts';
import type { Renamed } from './up-request.ts';

/** A call of a legacy server whose answer can be gone on with. */
export interface ResumedCall {
  /** The id of the server's own last event. */
  readonly eventId: string;
  readonly id: Renamed;
  readonly progressToken: Renamed | null;
}

/** What a legacy client gets as the id of an event, and sends as `Last-Event-ID`. */
export interface EventPlace extends ResumedCall {
  readonly method: string;
  /** What the client called it: decided again before it goes on. */
  readonly asked: string;
}

const PURPOSE = 'event-id';

/** Seals the place in a server's stream for this session; null when it does not fit into a header. */
export function sealEventId(ring: KeyRing, request: McpRequest, place: ResumedCall): string | null {
  const { message } = request;
  const pair = (renamed: Renamed | null): readonly string[] | null =>
    renamed === null ? null : [renamed.down.toString('utf8'), renamed.up.toString('utf8')];
  const payload = [
    place.eventId,
    pair(place.id),
    pair(place.progressToken),
    message.method ?? '',
    message.name?.text ?? message.uri?.text ?? '',
  ];
  const context = { purpose: PURPOSE, binding: bindingOf(request) };
  const sealed = seal(ring, context, JSON.stringify(payload), Date.now() + EVENT_ID_AGE_MS_MAX);
  return sealed.ok && sealed.token.length <= EVENT_ID_CHARS_MAX ? sealed.token : null;
}

/** The place that a client presents; null when it was not sealed for its session, or is too old. */
export function openEventId(
  ring: KeyRing,
  request: Pick<McpRequest, 'identity' | 'endpoint' | 'session'>,
  token: string,
): EventPlace | null {
  if (token.length > EVENT_ID_CHARS_MAX) return null;
  const opened = open(ring, { purpose: PURPOSE, binding: bindingOf(request) }, token, Date.now());
  if (!opened.ok) return null;
  const fields: unknown = JSON.parse(opened.payload);
  if (!Array.isArray(fields)) return null;
  const [eventId, id, progressToken, method, asked] = fields as readonly unknown[];
  const renamed = renamedOf(id);
  if (renamed === null) return null;
  return {
    eventId: String(eventId),
    id: renamed,
    progressToken: renamedOf(progressToken),
    method: String(method),
    asked: String(asked),
  };
}

/** Of a request header, with whatever else is there. */
const EVENT_ID_CHARS_MAX = 4_096;

function renamedOf(pair: unknown): Renamed | null {
  if (!Array.isArray(pair)) return null;
  return { down: Buffer.from(String(pair[0])), up: Buffer.from(String(pair[1])) };
}

const bindingOf = ({
  identity,
  endpoint,
  session,
}: Pick<McpRequest, 'identity' | 'endpoint' | 'session'>): readonly string[] => [
  identity.key,
  endpoint,
  session?.id ?? '',
];
