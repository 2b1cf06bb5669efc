import { goOn } from '../go-on.ts';
import { admit, decideOn, type Admitted } from './admit.ts';
import { CallExchange } from './call-exchange.ts';
import { callMsOf } from './call-plan.ts';
import { handOver } from './hand-over.ts';
import { cancellable } from './in-flight.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { openChannel, refuseUnopened } from './open-channel.ts';
import { openRequestState, type RequestState } from './request-state.ts';
import type { Route, Router } from './route.ts';

/** A request that one server answers: admitted, then sent, or handed to the exchange that it goes on with. */
export function callRouted(services: Services, request: McpRequest, find: Router): void | Promise<void> {
  const { turn } = request;
  const decided = decideOn(request, find);
  if (decided === null) return;
  const state = stateOf(services, request, decided.route);
  if (state === 'unknown') {
    turn.refuse('unknown-state');
    return;
  }
  // Whoever has what was parked looks into the request as well, and once is enough.
  const isElsewhere = state?.kind === 'parked' ? handOver(services, turn, state.process, request.body) : false;
  return goOn(isElsewhere, (handedOver) => {
    if (handedOver) return undefined;
    return goOn(admit(services, request, decided), (admitted) => {
      if (admitted === null) return undefined;
      if (state?.kind !== 'parked') return send(services, request, admitted, state?.state ?? null, true);
      return services.parks.resume(state.id, request, admitted.edits);
    });
  });
}

/**
 * Sends an admitted request. `again`: where the server turns out to be of another era than it was taken for, and nothing was
 * sent to it, the request is sent once more.
 */
function send(
  services: Services,
  request: McpRequest,
  admitted: Admitted,
  state: string | null,
  again: boolean,
): void | Promise<void> {
  const { turn, session } = request;
  const { assignment } = admitted.route;
  const startedMs = performance.now();
  // A client may give up while the way to the server is being opened.
  const leave = cancellable(services.inFlight, request, () => turn.cancel(false));
  const settled = session === null ? null : services.clientStreams.settled(session);
  return goOn(
    goOn(settled, () => openChannel(services, request, assignment)),
    (opened) => {
      leave();
      if (turn.over) return;
      if (!opened.ok) {
        refuseUnopened(turn, opened, assignment, startedMs);
        return;
      }
      const { channel } = opened;
      const callMs = callMsOf(request.snapshot, admitted.route);
      const sendAgain = again ? () => void sendOnceMore(services, request, admitted, state) : null;
      new CallExchange(services, request, { ...admitted, channel, callMs, state, sendAgain }).run();
    },
  );
}

async function sendOnceMore(
  services: Services,
  request: McpRequest,
  admitted: Admitted,
  state: string | null,
): Promise<void> {
  try {
    await send(services, request, admitted, state, false);
  } catch (problem) {
    services.report(problem);
  }
}

/** What the client carried over from an earlier round; null = nothing. */
function stateOf(services: Services, request: McpRequest, route: Route): RequestState | null | 'unknown' {
  const { requestState, inputResponses } = request.message;
  if (requestState === null && inputResponses === null) return null;
  if (request.era === 'legacy') return 'unknown';
  if (requestState === null) return null;
  return openRequestState(services.ring, request, route.assignment.name, requestState.text) ?? 'unknown';
}
