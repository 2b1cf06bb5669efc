import { CallerToken } from '../identity/caller-token.ts';
import type { ClientContext } from './mcp-request.ts';

/** The token that a request was identified by, for exchanging it; forgotten when the answer is over. */
export function callerToken({ turn, identity }: ClientContext): CallerToken {
  const caller = new CallerToken(identity, turn.exchange.headers.get('authorization') ?? undefined);
  turn.exchange.onClose(() => caller.forget());
  return caller;
}
