import { strict as assert } from 'node:assert';
import { labelOf } from './ask-under-way.ts';
import { blockingRule } from './blocked-result.ts';
import type { CallPlan } from './call-plan.ts';
import { answerBlocked } from './denial.ts';
import { buildDownMessage, type DownMessage } from './down-message.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import type { RedactedMessage } from './redact-scanned.ts';
import type { CallFailure } from './refusals.ts';
import { sealRequestState } from './request-state.ts';
import type { Sent } from './resume-point.ts';
import { uriMapper } from './uri-mapper.ts';

type Passed = Extract<RedactedMessage, { kind: 'passed' }>;

/** The last message of a server, as this client gets it. `sent`: what it answers. */
export function lastMessage(
  services: Services,
  asked: McpRequest,
  plan: CallPlan,
  sent: Sent | null,
  { bytes, scanned }: Passed,
): DownMessage {
  const { channel, route } = plan;
  assert(
    sent !== null && asked.turn.id !== null,
    'nothing is answered before it was asked, and what is asked has an id',
  );
  return buildDownMessage({
    bytes,
    scanned,
    id: { up: sent.id.up, down: asked.turn.id },
    method: asked.message.method ?? '',
    downEra: asked.era,
    upEra: channel.era,
    mapUri: uriMapper(asked, route.assignment),
    capabilities: asked.capabilities,
    label: labelOf(asked, plan),
    sealState: (state) => sealRequestState(services.ring, asked, route.assignment.name, { kind: 'server', state }),
  });
}

/** Ends a turn with the last message. */
export function answerLast(asked: McpRequest, plan: CallPlan, down: DownMessage): void {
  const { turn } = asked;
  if (!down.ok) {
    answerFailure(asked, plan, down.reason);
    return;
  }
  turn.record.outcome = down.failed === 'no' ? 'ok' : down.failed;
  turn.record.error = down.failed === 'error' ? 'upstream-answer' : null;
  turn.message(down.message, down.status);
}

/** Ends a turn whose answer the rules hold back. */
export function answerHeldBack(
  asked: McpRequest,
  { route }: CallPlan,
  { findings, failure }: Extract<RedactedMessage, { kind: 'blocked' }>,
): void {
  const rule = blockingRule(findings);
  asked.turn.record.block(rule);
  asked.turn.record.error = failure === null ? 'result-blocked' : `content-${failure}`;
  answerBlocked(asked, route.item, rule, 'result');
}

/** Ends a turn whose server failed. */
export function answerFailure({ turn }: McpRequest, { route }: CallPlan, reason: CallFailure): void {
  turn.refuse(reason, reason === 'internal' ? {} : { subject: `server ${route.assignment.name}` });
}
