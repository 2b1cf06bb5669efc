import type { Decision } from '../decide/index.ts';
import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import { errorResult } from './error-result.ts';
import type { McpRequest } from './mcp-request.ts';

/**
 * Ends a call that was denied. A tool that the caller must not know of looks as if it did not exist (protocol.md 1.10,
 * list membership), whatever the reason; one that is in the caller's list says why, so that the model can adapt.
 *
 * @param asked The name that the client called.
 */
export function answerDenied({ turn, choice, snapshot, era }: McpRequest, decision: Decision, asked: string): void {
  turn.record.decide(decision);
  const shown = (text: string): string => text.slice(0, ERROR_NAME_CHARS_MAX).toWellFormed();
  if (decision.hidden) {
    const name = shown(asked);
    turn.refuse('unknown-tool', { detail: choice.notice === null ? name : `${name} (${choice.notice})` });
    return;
  }
  if (decision.reason === 'arguments') {
    turn.refuse('invalid-arguments', { detail: decision.message === null ? null : shown(decision.message) });
    return;
  }
  const rule = snapshot.bundle.ruleAt(decision.rule)?.name ?? `rule ${decision.rule}`;
  const text =
    decision.reason === 'guard'
      ? (decision.message ?? `denied by policy: ${rule}`)
      : 'denied by policy: these arguments are not allowed';
  turn.record.error = 'denied';
  turn.record.outcome = 'refused';
  turn.result(errorResult(text, era));
}
