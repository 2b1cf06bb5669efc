import type { Decision } from '../decide/index.ts';
import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import { blockedText } from './blocked-result.ts';
import { errorResult } from './error-result.ts';
import type { McpRequest } from './mcp-request.ts';
import type { Refusal } from './refusals.ts';
import type { Item } from './route.ts';

/**
 * Ends a request that was denied. What the caller must not know of looks as if it did not exist (protocol.md 1.10, list
 * membership), whatever the reason; what is in the caller's list says why, so that the model can adapt.
 *
 * @param asked What the client named.
 */
export function answerDenied(request: McpRequest, decision: Decision, item: Item, asked: string): void {
  const { turn, choice, snapshot } = request;
  turn.record.decide(decision);
  if (decision.hidden) {
    const name = shown(asked);
    turn.refuse(unknown(request, item), { detail: choice.notice === null ? name : `${name} (${choice.notice})` });
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
  answerRefused(request, item, text);
}

/** Ends a request or its result that content rules hold back; `record` already says by which. */
export function answerBlocked(request: McpRequest, item: Item, rule: number | null, what: 'request' | 'result'): void {
  request.turn.record.outcome = 'refused';
  answerRefused(request, item, blockedText(request.snapshot.bundle, rule, what));
}

/** Ends a request that was allowed, and is not any more under the policy of now. */
export function answerWithdrawn(request: McpRequest, item: Item): void {
  const { record } = request.turn;
  record.deny('withdrawn');
  record.outcome = 'refused';
  record.error = 'withdrawn';
  answerRefused(request, item, 'denied by policy: no longer allowed');
}

/** A tool's refusal is a result, which the model reads; prompts and resources have nothing like it. */
function answerRefused({ turn, era }: McpRequest, item: Item, text: string): void {
  if (item === 'tool') turn.result(errorResult(text, era));
  else turn.refuse('denied', { detail: text, recorded: turn.record.error ?? 'denied' });
}

/** A resource that is not there has a code of its own in the legacy era. */
function unknown({ era }: McpRequest, item: Item): Refusal {
  switch (item) {
    case 'tool':
      return 'unknown-tool';
    case 'prompt':
      return 'unknown-prompt';
    case 'resource':
      return era === 'legacy' ? 'unknown-resource-legacy' : 'unknown-resource';
  }
}

const shown = (text: string): string => text.slice(0, ERROR_NAME_CHARS_MAX).toWellFormed();
