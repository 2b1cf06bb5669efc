import { strict as assert } from 'node:assert';
import type { Blocked, RuleSet } from '../content/index.ts';
import { argumentsReader, Call, decide, NO_GRANT, type ArgumentsReader, type Slot } from '../decide/index.ts';
import type { Definition } from '../../schemas/types/catalog.ts';
import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import { checkArguments } from './arguments.ts';
import { blockedResult, blockingRule } from './blocked-result.ts';
import { contentRules } from './content-rules.ts';
import { answerDenied } from './denial.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { checkParams } from './param-headers.ts';
import { redactRequest } from './request-content.ts';
import type { Span } from './scan-level.ts';
import { splice, type Edit } from './splice.ts';
import { UpstreamExchange } from './upstream-exchange.ts';

/**
 * `tools/call`: decide, check the arguments, apply the rules towards the server, then call it.
 */
export async function callTool(services: Services, request: McpRequest): Promise<void> {
  const { turn, choice, message, call } = request;
  const { record } = turn;
  if (message.name === null) {
    turn.refuse('missing-name');
    return;
  }
  const name = message.name.text;
  record.tool = name;
  if (message.inputResponses !== null || message.requestState !== null) {
    turn.refuse('input-response');
    return;
  }
  const decision = choice.view === null ? NO_GRANT : decide(choice.view, name, call);
  if (!decision.allow || decision.slot === null) {
    answerDenied(request, decision, name);
    return;
  }
  record.decide(decision);
  await callSlot(services, request, decision.slot);
}

async function callSlot(services: Services, request: McpRequest, slot: Slot): Promise<void> {
  const { turn, snapshot, body, message, call, choice } = request;
  const { policy, catalog } = snapshot.bundle;
  const server = policy.servers[slot.server];
  const definition = catalog.definitions[slot.definition];
  assert(
    server !== undefined && definition !== undefined && choice.view !== null,
    'a slot has a server and a definition',
  );
  const identity = server.identities[slot.assignment.identity]?.name ?? '';
  turn.record.route({ server: server.name, assignment: slot.assignment.name, identity, tool: definition.name });
  if (!argumentsAreGood(request, definition)) return;

  const rules = (direction: 'to-server' | 'to-client' | 'audit'): RuleSet =>
    contentRules(snapshot, call.caller, choice, slot, direction);
  turn.record.redactWith(rules('audit'));
  const content = redactRequest(rules('to-server'), body, message);
  turn.record.addFindings('to-server', content.findings);
  if (content.kind === 'blocked') {
    blockRequest(request, content);
    return;
  }
  if (content.edits.length > 0) {
    // Language.md, rule 11: what the rules left of the arguments must be allowed as well.
    const changed = changedArguments(body, message.arguments, content.edits);
    const again = decide(choice.view, slot.exposed, new Call(call.caller, call.nowMs, changed));
    if (!again.allow) {
      answerDenied(request, again, slot.exposed);
      return;
    }
    turn.record.decide(again);
  }
  const target = services.credentials(snapshot.bundle).headersFor(slot.server, slot.assignment.identity);
  if (!target.ok) {
    services.health.note(server.name, 'server-unavailable', target.reason);
    turn.refuse('server-unavailable', { subject: `server ${slot.assignment.name}`, recorded: target.reason });
    return;
  }
  const exchange = new UpstreamExchange(services, request, {
    slot,
    definition,
    server: server.name,
    identity,
    url: target.url,
    credentials: target.headers,
    edits: content.edits,
    rules: rules('to-client'),
  });
  await exchange.run();
}

/** Reads what content rules left of the arguments; `edits` are of the whole body. */
function changedArguments(body: Buffer, span: Span | null, edits: readonly Edit[]): ArgumentsReader {
  if (span === null) return argumentsReader(body, null);
  const within = edits.filter((edit) => edit.start >= span.start && edit.end <= span.end);
  const moved = within.map((edit) => ({ ...edit, start: edit.start - span.start, end: edit.end - span.start }));
  const bytes = splice(body.subarray(span.start, span.end), moved);
  return argumentsReader(bytes, { start: 0, end: bytes.length });
}

/** Whether headers and arguments are such as the tool's reviewed schema lets them be; otherwise the turn is over. */
function argumentsAreGood({ turn, body, message, era }: McpRequest, definition: Definition): boolean {
  if (era === 'modern') {
    const mismatch = checkParams(definition.headers, body, message.arguments, turn.exchange.headers);
    if (mismatch !== null) {
      turn.refuse(mismatch.reason, { detail: mismatch.detail });
      return false;
    }
  }
  const alike = message.arguments === null ? null : checkArguments(body, message.arguments, definition.keys);
  if (alike === null) return true;
  const path = alike.path.join('.').slice(0, ERROR_NAME_CHARS_MAX).toWellFormed();
  turn.refuse('look-alike-argument', {
    detail: `${JSON.stringify(path)} only resembles ${JSON.stringify(alike.known)}`,
  });
  return false;
}

function blockRequest({ turn, snapshot, era }: McpRequest, blocked: Blocked): void {
  const rule = blockingRule(blocked.findings);
  turn.record.block(rule);
  turn.record.error = blocked.failure === null ? 'request-blocked' : `content-${blocked.failure}`;
  turn.record.outcome = 'refused';
  turn.result(blockedResult(snapshot.bundle, rule, 'request', era));
}
