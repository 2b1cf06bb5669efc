import { admit } from './admit.ts';
import { CallExchange } from './call-exchange.ts';
import { handOver } from './hand-over.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { openChannel, refuseUnopened } from './open-channel.ts';
import { openRequestState, type RequestState } from './request-state.ts';
import type { Route, Router } from './route.ts';

/** A request that one server answers: admitted, then sent, or handed to the exchange that it goes on with. */
export async function callRouted(services: Services, request: McpRequest, find: Router): Promise<void> {
  const { turn } = request;
  const admitted = admit(request, find);
  if (admitted === null) return;
  const { route, edits } = admitted;
  const state = stateOf(services, request, route);
  if (state === 'unknown') {
    turn.refuse('unknown-state');
    return;
  }
  if (state?.kind === 'parked') {
    if (await handOver(services, turn, state.process, request.body)) return;
    services.parks.resume(state.id, request, edits);
    return;
  }
  const startedMs = performance.now();
  if (request.session !== null) await services.clientStreams.settled(request.session);
  const opened = await openChannel(services, request, route.assignment);
  if (turn.over) return;
  if (!opened.ok) {
    refuseUnopened(turn, opened, route.assignment, startedMs);
    return;
  }
  const { channel } = opened;
  new CallExchange(services, request, { ...admitted, channel, state: state?.state ?? null }).run();
}

/** What the client carried over from an earlier round; null = nothing. */
function stateOf(services: Services, request: McpRequest, route: Route): RequestState | null | 'unknown' {
  const { requestState, inputResponses } = request.message;
  if (requestState === null && inputResponses === null) return null;
  if (request.era === 'legacy') return 'unknown';
  if (requestState === null) return null;
  return openRequestState(services.ring, request, route.assignment.name, requestState.text) ?? 'unknown';
}
