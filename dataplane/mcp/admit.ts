import type { Definition } from '../../schemas/types/catalog.ts';
import type { Blocked, RuleSet } from '../content/index.ts';
import { argumentsReader, Call, type ArgumentsReader } from '../decide/index.ts';
import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import { checkArguments } from './arguments.ts';
import { blockingRule } from './blocked-result.ts';
import { contentRules } from './content-rules.ts';
import { answerBlocked, answerDenied } from './denial.ts';
import type { McpRequest } from './mcp-request.ts';
import { checkParams } from './param-headers.ts';
import { redactRequest } from './request-content.ts';
import type { RequestRecord } from './request-record.ts';
import type { Route, Router, RouteResult } from './route.ts';
import type { Span } from './scan-level.ts';
import { splice, type Edit } from './splice.ts';

/** A request that may go to its server. */
export interface Admitted {
  readonly route: Route;
  /** The server's name. */
  readonly server: string;
  /** Null: a resource. */
  readonly definition: Definition | null;
  /** What content rules changed. */
  readonly edits: readonly Edit[];
  readonly toClient: RuleSet;
  readonly toServer: RuleSet;
}

/**
 * What every request to a server goes through, whatever its method: decide, check the arguments, apply the rules towards
 * the server, decide again on what they left. Null: the turn is over.
 */
export function admit(request: McpRequest, find: Router): Admitted | null {
  const { turn, snapshot, body, message, call, choice } = request;
  const found = find(request);
  nameIn(turn.record, found);
  if (!found.ok) {
    if (found.item === null) turn.refuse(found.reason);
    else answerDenied(request, found.decision, found.item, found.asked);
    return null;
  }
  const { route } = found;
  const { policy, catalog } = snapshot.bundle;
  const server = policy.servers[route.server];
  const identity = server?.identities[route.assignment.identity]?.name ?? '';
  const definition = catalog.definitions[route.definition] ?? null;
  turn.record.decide(route.decision);
  turn.record.route({
    server: server?.name ?? '',
    assignment: route.assignment.name,
    identity,
    tool: route.upName,
  });
  if (!argumentsAreGood(request, definition)) return null;

  const rules = (direction: 'to-server' | 'to-client' | 'audit'): RuleSet =>
    contentRules(snapshot, call.caller, choice, route, direction);
  turn.record.redactWith(rules('audit'));
  const toServer = rules('to-server');
  const content = redactRequest(toServer, body, message);
  turn.record.addFindings('to-server', content.findings);
  if (content.kind === 'blocked') {
    blockRequest(request, route, content);
    return null;
  }
  if (content.edits.length > 0 && !isAllowedAgain(request, route, content.edits)) return null;
  return {
    route,
    server: server?.name ?? '',
    definition,
    edits: content.edits,
    toServer,
    toClient: rules('to-client'),
  };
}

/** What the client named, for the record, whether it may have it or not. */
function nameIn(record: RequestRecord, found: RouteResult): void {
  const item = found.ok ? found.route.item : found.item;
  const asked = found.ok ? found.route.asked : found.item === null ? null : found.asked;
  if (item !== null) record[item] = asked;
}

/** Language.md, rule 11: what the rules left of the arguments must be allowed as well. If not, the turn is over. */
function isAllowedAgain(request: McpRequest, route: Route, edits: readonly Edit[]): boolean {
  const { turn, body, message, call } = request;
  const { uri } = message;
  if (uri !== null && edits.some((edit) => edit.start < uri.span.end && edit.end > uri.span.start)) {
    // Another URI is another resource: what may not be sent is not sent changed.
    turn.record.deny('content');
    turn.refuse('uri-content');
    return false;
  }
  const again = route.again(new Call(call.caller, call.nowMs, changedArguments(body, message.arguments, edits)));
  if (!again.allow) {
    answerDenied(request, again, route.item, message.name?.text ?? uri?.text ?? '');
    return false;
  }
  turn.record.decide(again);
  return true;
}

/** Reads what content rules left of the arguments; `edits` are of the whole body. */
function changedArguments(body: Buffer, span: Span | null, edits: readonly Edit[]): ArgumentsReader {
  if (span === null) return argumentsReader(body, null);
  const within = edits.filter((edit) => edit.start >= span.start && edit.end <= span.end);
  const moved = within.map((edit) => ({ ...edit, start: edit.start - span.start, end: edit.end - span.start }));
  const bytes = splice(body.subarray(span.start, span.end), moved);
  return argumentsReader(bytes, { start: 0, end: bytes.length });
}

/** Whether headers and arguments are such as the reviewed definition lets them be; otherwise the turn is over. */
function argumentsAreGood({ turn, body, message, era }: McpRequest, definition: Definition | null): boolean {
  if (definition === null) return true;
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

function blockRequest(request: McpRequest, { item }: Route, blocked: Blocked): void {
  const { record } = request.turn;
  const rule = blockingRule(blocked.findings);
  record.block(rule);
  record.error = blocked.failure === null ? 'request-blocked' : `content-${blocked.failure}`;
  answerBlocked(request, item, rule, 'request');
}
