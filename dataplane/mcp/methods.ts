import { newSession, sealSession } from './client-session.ts';
import { SESSION_HEADER } from './era.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { mergeCapabilities, renderInstructions, seenBy, serverInfoOf, SERVER_INFO_KEY } from './server-profile.ts';
import { channelOwner } from './open-channel.ts';
import { listen, setLevel, subscribe } from './streams/stream-requests.ts';
import { callRouted } from './routed-call.ts';
import { routeCompletion, routePrompt, routeResource, routeTool, type Router } from './route.ts';
import { listed } from './lists/answer-list.ts';
import { listResources } from './lists/list-resources.ts';
import { LIST_TTL_MS } from '../limits.ts';
import { negotiateVersion, VERSIONS, type Era } from './versions.ts';

type Handler = (services: Services, request: McpRequest) => void | Promise<void>;

export interface Method {
  /** In which eras the method exists. */
  readonly eras: readonly Era[];
  /** What of `params` modern requests repeat in `Mcp-Name`. */
  readonly mirrors: 'name' | 'uri' | null;
  readonly handle: Handler;
}

/** Every request that is served, and how. A method nobody listed is refused. */
export const REQUESTS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['initialize', { eras: ['legacy'], mirrors: null, handle: initialize }],
  ['ping', { eras: ['legacy'], mirrors: null, handle: ping }],
  ['server/discover', { eras: ['modern'], mirrors: null, handle: discover }],
  ['tools/list', { eras: ['legacy', 'modern'], mirrors: null, handle: listed('tool') }],
  ['prompts/list', { eras: ['legacy', 'modern'], mirrors: null, handle: listed('prompt') }],
  ['resources/templates/list', { eras: ['legacy', 'modern'], mirrors: null, handle: listed('template') }],
  ['resources/list', { eras: ['legacy', 'modern'], mirrors: null, handle: listResources }],
  ['tools/call', { eras: ['legacy', 'modern'], mirrors: 'name', handle: routed(routeTool) }],
  ['prompts/get', { eras: ['legacy', 'modern'], mirrors: 'name', handle: routed(routePrompt) }],
  ['resources/read', { eras: ['legacy', 'modern'], mirrors: 'uri', handle: routed(routeResource) }],
  ['resources/subscribe', { eras: ['legacy'], mirrors: null, handle: subscribe }],
  ['resources/unsubscribe', { eras: ['legacy'], mirrors: null, handle: subscribe }],
  ['logging/setLevel', { eras: ['legacy'], mirrors: null, handle: setLevel }],
  ['subscriptions/listen', { eras: ['modern'], mirrors: null, handle: listen }],
  ['completion/complete', { eras: ['legacy', 'modern'], mirrors: null, handle: routed(routeCompletion) }],
]);

/** Notifications that do something. All others are accepted and dropped. */
export const NOTIFICATIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['notifications/cancelled', cancel],
  ['notifications/roots/list_changed', passOn],
]);

/** A request that one server answers. */
function routed(router: Router): Handler {
  return (services, request) => callRouted(services, request, router);
}

/** Answered from the bundle alone; servers' sessions are opened when one of their tools is called. */
function initialize(services: Services, request: McpRequest): void {
  const { turn, message, endpoint, identity, call, capabilities } = request;
  const session = newSession(
    services.process,
    negotiateVersion(message.initializeVersion),
    message.clientInfo,
    capabilities,
  );
  turn.record.connection = session.id;
  turn.record.outcome = 'ok';
  const token = sealSession(services.ring, { principal: identity.key, endpoint }, session, call.nowMs);
  const result = {
    protocolVersion: session.protocolVersion,
    ...profileOf(request),
    serverInfo: serverInfoOf(request.choice, request.snapshot.bundle.catalog),
  };
  turn.result(JSON.stringify(result), [[SESSION_HEADER, token]]);
}

function discover(_services: Services, request: McpRequest): void {
  request.turn.record.outcome = 'ok';
  const result = {
    resultType: 'complete',
    supportedVersions: VERSIONS,
    ...profileOf(request),
    ttlMs: LIST_TTL_MS,
    cacheScope: 'private',
    _meta: { [SERVER_INFO_KEY]: serverInfoOf(request.choice, request.snapshot.bundle.catalog) },
  };
  request.turn.result(JSON.stringify(result));
}

function ping(_services: Services, { turn }: McpRequest): void {
  turn.record.outcome = 'ok';
  turn.result('{}');
}

/** Legacy only: over HTTP a modern client cancels by closing the answer's stream. */
function cancel(services: Services, { message, session, body }: McpRequest): void {
  if (session === null || message.requestId === null) return;
  services.inFlight.cancel(session.id, body.subarray(message.requestId.start, message.requestId.end));
}

/** What the caller finds behind the gateway, from the bundle. */
function profileOf({ snapshot, choice, call }: McpRequest): object {
  const { catalog } = snapshot.bundle;
  const seen = seenBy(choice, call);
  const instructions = renderInstructions(choice, seen, catalog);
  return { capabilities: mergeCapabilities(seen, catalog), ...(instructions === null ? {} : { instructions }) };
}

/** A legacy client's roots changed: told to the legacy servers of its session that may ask for them. */
function passOn(services: Services, request: McpRequest): void {
  const { choice, session } = request;
  if (session === null || !session.capabilities.has.has('roots')) return;
  for (const assignment of choice.view?.gateway.gateway.assignments ?? []) {
    if (!assignment.asks.includes('roots')) continue;
    const channel = services.channels.find(channelOwner(request, assignment));
    const told = '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}';
    if (channel?.era === 'legacy') void channel.post(Buffer.from(told));
  }
}
