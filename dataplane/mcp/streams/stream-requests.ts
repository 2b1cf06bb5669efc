import { goOn } from '../../go-on.ts';
import { SUBSCRIPTIONS_MAX } from '../../limits.ts';
import { channelOwner } from '../open-channel.ts';
import { LOG_LEVELS, tellLevel } from '../log-level.ts';
import type { ClientContext, McpRequest, Services } from '../mcp-request.ts';
import { admit, decideOn } from '../admit.ts';
import { routeResource } from '../route.ts';
import { readWants, renderWants, type ListKind, type Wants } from './announcement.ts';
import { EventStream } from './event-stream.ts';
import { LazyWatch } from '../watch-client.ts';
import { mayHear } from './may-hear.ts';

const EVERY_LIST: ReadonlySet<ListKind> = new Set<ListKind>(['tools', 'prompts', 'resources']);

/** `subscriptions/listen`: what may be heard of what was asked for; the rest is left out of the acknowledgement. */
export function listen(services: Services, request: McpRequest): void | Promise<void> {
  const { turn, message, body, identity } = request;
  const span = message.notifications;
  const asked = span === null ? null : readWants(body.toString('utf8', span.start, span.end), SUBSCRIPTIONS_MAX);
  if (asked === null) {
    turn.refuse('bad-listen');
    return;
  }
  const watch = new LazyWatch(services, request);
  return goOn(mayHear(request, asked.uris, watch), (uris) => {
    watch.stop();
    if (turn.over) return;
    if (!services.clientStreams.hasRoom(identity.key)) {
      turn.refuse('too-many-streams');
      return;
    }
    const wants: Wants = { lists: asked.lists, uris };
    const stream = new EventStream(request, wants, turn.id, services.report);
    stream.open(renderWants(wants));
    services.clientStreams.add(stream);
  });
}

/** GET of a legacy session: everything it may hear. A second one takes the place of the first. */
export function openSessionStream(services: Services, context: ClientContext): void {
  const { turn, session, identity } = context;
  if (session === null || !services.clientStreams.hasRoom(identity.key)) {
    turn.refuse('too-many-streams');
    return;
  }
  const state = services.clientStreams.sessions.of(session.id);
  state.stream?.end();
  const stream = new EventStream(context, { lists: EVERY_LIST, uris: [...state.subscriptions] }, null, services.report);
  state.stream = stream;
  stream.open({});
  services.clientStreams.add(stream);
}

/** `resources/subscribe` and `resources/unsubscribe` of a legacy session. */
export async function subscribe(services: Services, request: McpRequest): Promise<void> {
  const { turn, message, session } = request;
  const decided = decideOn(request, routeResource);
  const admitted = decided === null ? null : await admit(services, request, decided);
  if (admitted === null || session === null) return;
  const uri = message.uri?.text ?? '';
  const state = services.clientStreams.sessions.of(session.id);
  if (message.method === 'resources/unsubscribe') state.subscriptions.delete(uri);
  else if (state.subscriptions.size >= SUBSCRIPTIONS_MAX && !state.subscriptions.has(uri)) {
    turn.refuse('too-many-subscriptions');
    return;
  } else state.subscriptions.add(uri);
  state.owners.add(channelOwner(request, admitted.route.assignment));
  if (state.stream !== null) {
    state.stream.wants = { ...state.stream.wants, uris: [...state.subscriptions] };
    services.clientStreams.listen(state.stream);
  }
  turn.record.outcome = 'ok';
  turn.result('{}');
}

/** `logging/setLevel` of a legacy session. */
export function setLevel(services: Services, request: McpRequest): void {
  const { turn, message, session, choice } = request;
  if (session === null || message.level === null || !LOG_LEVELS.includes(message.level)) {
    turn.refuse('bad-level');
    return;
  }
  services.clientStreams.sessions.of(session.id).logLevel = message.level;
  for (const assignment of choice.view?.gateway.gateway.assignments ?? []) {
    const channel = services.channels.find(channelOwner(request, assignment));
    if (channel !== null) tellLevel(request, assignment.server, channel, message.level);
  }
  turn.record.outcome = 'ok';
  turn.result('{}');
}

/** DELETE of a legacy session: it is over for good, and so are the sessions with servers that were opened for it. */
export function endSession(services: Services, { turn, session }: ClientContext): void {
  if (session !== null) {
    const state = services.clientStreams.endSession(session);
    for (const owner of state?.owners ?? []) services.channels.drop(owner);
  }
  turn.record.outcome = 'ok';
  turn.answer(204, [], null);
}
