import { visible } from '../decide/index.ts';
import { CallExchange } from './call-exchange.ts';
import { callMsOf } from './call-plan.ts';
import { contentRules } from './content-rules.ts';
import { openEventId, type EventPlace } from './event-id.ts';
import type { ClientContext, McpRequest, Services } from './mcp-request.ts';
import { openChannel, refuseUnopened } from './open-channel.ts';
import { routeResource, routeSlot, type Router, type RouteResult } from './route.ts';
import { scanRequest } from './scan.ts';

/**
 * Goes on with the answer of a legacy server whose stream a client lost (2025-11-25 basic/transports, Resumability). The
 * place is sealed in the event's id; whether the client may still have the answer is decided again, as far as it can be
 * without the arguments.
 */
export async function resumeStream(services: Services, context: ClientContext, lastEventId: string): Promise<void> {
  const { turn } = context;
  const place = openEventId(services.ring, context, lastEventId);
  const request = place === null ? null : requestOf(context, place);
  const find: Router = (asked) => findAgain(asked, place);
  const found = request === null ? null : find(request);
  if (place === null || request === null || found?.ok !== true) {
    turn.refuse('unknown-event');
    return;
  }
  const { route } = found;
  turn.record.method = place.method;
  turn.record.decide(route.decision);
  turn.id = place.id.down;
  const startedMs = performance.now();
  const opened = await openChannel(services, context, route.assignment);
  if (turn.over) return;
  if (!opened.ok) {
    refuseUnopened(turn, opened, route.assignment, startedMs);
    return;
  }
  const { snapshot, call, choice } = context;
  const rules = (direction: 'to-client' | 'to-server') => contentRules(snapshot, call.caller, choice, route, direction);
  const exchange = new CallExchange(services, request, {
    route,
    find,
    definition: snapshot.bundle.catalog.definitions[route.definition] ?? null,
    server: snapshot.bundle.policy.servers[route.server]?.name ?? '',
    channel: opened.channel,
    callMs: callMsOf(snapshot, route),
    edits: [],
    state: null,
    sendAgain: null,
    toClient: rules('to-client'),
    toServer: rules('to-server'),
  });
  turn.stream();
  if (!exchange.resume(place)) turn.interrupt();
}

/** The request as far as it is known: all but its arguments. */
function requestOf(context: ClientContext, place: EventPlace): McpRequest | null {
  const token =
    place.progressToken === null ? '' : `,"_meta":{"progressToken":${place.progressToken.down.toString('utf8')}}`;
  const key = place.method === 'resources/read' ? 'uri' : 'name';
  const params = `{"${key}":${JSON.stringify(place.asked)}${token}}`;
  const id = place.id.down.toString('utf8');
  const body = Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(place.method)},"params":${params}}`);
  const scanned = scanRequest(body);
  return scanned.ok ? { ...context, body, message: scanned.message } : null;
}

function findAgain(request: McpRequest, place: EventPlace | null): RouteResult {
  if (place?.method === 'resources/read') return routeResource(request);
  const { view } = request.choice;
  const kind = place?.method === 'tools/call' ? 'tool' : 'prompt';
  const seen = view === null ? [] : visible(view, request.call, kind).slots;
  const slot = seen.find(({ exposed }) => exposed === place?.asked);
  if (slot === undefined) return { ok: false, item: null, reason: 'unknown-event' };
  return { ok: true, route: routeSlot(request, slot) };
}
