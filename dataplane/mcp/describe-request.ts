import { contentRules } from './content-rules.ts';
import type { ClientContext } from './mcp-request.ts';

/** Lets the record say what a client names, and refusals repeat it, under the rules for both. */
export function describeRequest({ turn, snapshot, call, choice }: ClientContext, method: string | null): void {
  const { record } = turn;
  record.method = method;
  record.gateway = choice.gateway;
  record.isGatewayMadeUp = choice.gateway !== null && !snapshot.engine.hasGateway(choice.gateway);
  record.redactWith(contentRules(snapshot, call.caller, choice, null, 'audit'));
  turn.repeatWith(() => contentRules(snapshot, call.caller, choice, null, 'to-client'));
}
