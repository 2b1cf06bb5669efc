import { BatchedExchange } from './batch.ts';
import { handOver } from './hand-over.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { NOTIFICATIONS } from './methods.ts';

/** Takes what asks for no answer: a notification, or a response to a question. */
export async function takeUnasked(services: Services, request: McpRequest): Promise<void> {
  const { turn, message } = request;
  if (message.kind === 'notification') await NOTIFICATIONS.get(message.method ?? '')?.(services, request);
  else if (await isAnsweredElsewhere(services, request)) return;
  else if (!(await services.clientRequests.take(request))) turn.record.error = 'unknown-question';
  turn.record.outcome = 'ok';
  turn.answer(202, [], null);
}

/** A response to a question of a process that is not the session's own: its own one was gone when the call began. */
async function isAnsweredElsewhere(services: Services, response: McpRequest): Promise<boolean> {
  const asking = services.clientRequests.processOf(response);
  if (asking === null || response.turn.exchange instanceof BatchedExchange) return false;
  return handOver(services, response.turn, asking, response.body);
}
