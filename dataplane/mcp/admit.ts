import type { Definition } from '../../schemas/types/catalog.ts';
import type { Blocked, RuleSet } from '../content/index.ts';
import { argumentsReader, Call } from '../decide/index.ts';
import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import { checkArguments } from './arguments.ts';
import { blockingRule } from './blocked-result.ts';
import { contentRules } from './content-rules.ts';
import { answerBlocked, answerDenied } from './denial.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { checkParams } from './param-headers.ts';
import type { Refusal } from './refusals.ts';
import { redactRequest, screenRequest, type RequestContent } from './request-content.ts';
import type { RequestRecord } from './request-record.ts';
import type { Route, Router, RouteResult } from './route.ts';
import { scanRequest, type ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { splice, type Edit } from './splice.ts';
import { watchClient } from './watch-client.ts';

/** A request that is allowed, as far as it can be said before its content was looked through. */
export interface Decided {
  readonly route: Route;
  /** The server's name. */
  readonly server: string;
  /** Null: a resource. */
  readonly definition: Definition | null;
  /** How it was found, and is found again under another bundle. */
  readonly find: Router;
}

/** A request that may go to its server. */
export interface Admitted extends Decided {
  /** What content rules changed, in order. */
  readonly edits: readonly Edit[];
  readonly toClient: RuleSet;
  readonly toServer: RuleSet;
}

/** Finds what a request is about, decides, and checks the arguments. Null: the turn is over. */
export function decideOn(request: McpRequest, find: Router): Decided | null {
  const { turn, snapshot, body, message } = request;
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
  turn.record.redactWith(rulesOf(request, route, 'audit'));
  const wrong = wrongArguments(request, definition) ?? lookAlike(body, message.arguments, definition);
  if (wrong !== null) {
    turn.refuse(wrong.reason, { detail: wrong.detail });
    return null;
  }
  return { route, server: server?.name ?? '', definition, find };
}

/**
 * What every request to a server goes through, whatever its method: the rules towards the server, and where they changed
 * something, the same checks and decisions on what they left. Null: the turn is over. A promise only where rules ask
 * others; the bundle stays the one that decided before.
 */
export function admit(
  services: Services,
  request: McpRequest,
  decided: Decided,
): Admitted | null | Promise<Admitted | null> {
  const { body, message } = request;
  const toServer = rulesOf(request, decided.route, 'to-server');
  if (toServer.external.length > 0) return admitScreened(services, request, decided, toServer);
  return settle(request, decided, toServer, redactRequest(toServer, body, message));
}

async function admitScreened(
  services: Services,
  request: McpRequest,
  decided: Decided,
  toServer: RuleSet,
): Promise<Admitted | null> {
  const { turn, body, message } = request;
  const watch = watchClient(services, request, 'goes-on');
  try {
    const content = await screenRequest(toServer, body, message, watch.signal);
    return turn.over ? null : settle(request, decided, toServer, content);
  } finally {
    watch.stop();
  }
}

/** What becomes of a request that was looked through. */
function settle(request: McpRequest, decided: Decided, toServer: RuleSet, content: RequestContent): Admitted | null {
  const { route, server, definition, find } = decided;
  request.turn.record.addFindings('to-server', content.findings);
  if (content.kind === 'blocked') {
    blockRequest(request, route, content);
    return null;
  }
  const { edits } = content;
  if (edits.length > 0 && !isGoodChanged(request, decided, content)) return null;
  return { route, server, definition, find, edits, toServer, toClient: rulesOf(request, route, 'to-client') };
}

const rulesOf = (
  { snapshot, call, choice }: McpRequest,
  route: Route,
  direction: 'to-server' | 'to-client' | 'audit',
): RuleSet => contentRules(snapshot, call.caller, choice, route, direction);

/** What the client named, for the record, whether it may have it or not. */
function nameIn(record: RequestRecord, found: RouteResult): void {
  const item = found.ok ? found.route.item : found.item;
  const asked = found.ok ? found.route.asked : found.item === null ? null : found.asked;
  if (item !== null) record[item] = asked;
}

/** Language.md, rule 11: what the rules left of the arguments must be allowed as well. If not, the turn is over. */
function isGoodChanged(request: McpRequest, { route, definition }: Decided, content: Passed): boolean {
  const { turn, body, message, call } = request;
  const { edits, findings } = content;
  if (namesOf(message).some((span) => edits.some((edit) => edit.start < span.end && edit.end > span.start))) {
    // Another URI is another resource: what may not be sent is not sent changed.
    turn.record.deny('content');
    turn.refuse('uri-content');
    return false;
  }
  const changed = splice(body, edits);
  const again = scanRequest(changed);
  if (!again.ok || lookAlike(changed, again.message.arguments, definition) !== null) {
    blockRequest(request, route, { kind: 'blocked', failure: 'not-json', findings });
    return false;
  }
  const reader = argumentsReader(changed, again.message.arguments);
  const decision = route.again(new Call(call.caller, call.nowMs, reader));
  if (!decision.allow) {
    answerDenied(request, decision, route.item, message.name?.text ?? message.uri?.text ?? '');
    return false;
  }
  turn.record.decide(decision);
  return true;
}

type Passed = Extract<RequestContent, { readonly kind: 'passed' }>;

/** Where a request says by a text what it is about, other than by a name that rules do not look into. */
function namesOf({ uri, ref }: ScannedRequest): readonly Span[] {
  return [uri?.span ?? null, ref].filter((span) => span !== null);
}

/** Why a request may not be as it is, and what of it. */
interface Wrong {
  readonly reason: Refusal;
  readonly detail: string | null;
}

/** Whether the headers that repeat arguments are those of the reviewed definition, and say the same as the body. */
function wrongArguments({ turn, body, message, era }: McpRequest, definition: Definition | null): Wrong | null {
  if (definition === null || era !== 'modern') return null;
  return checkParams(definition.headers, body, message.arguments, turn.exchange.headers);
}

/** An argument that a reader could take for one that the reviewed definition declares. */
function lookAlike(body: Buffer, span: Span | null, definition: Definition | null): Wrong | null {
  const alike = span === null || definition === null ? null : checkArguments(body, span, definition.keys);
  if (alike === null) return null;
  const path = alike.path.join('.').slice(0, ERROR_NAME_CHARS_MAX).toWellFormed();
  return {
    reason: 'look-alike-argument',
    detail: `${JSON.stringify(path)} only resembles ${JSON.stringify(alike.known)}`,
  };
}

function blockRequest(request: McpRequest, { item }: Route, blocked: Blocked): void {
  const { record } = request.turn;
  const rule = blockingRule(blocked.findings);
  record.block(rule);
  record.error = blocked.failure === null ? 'request-blocked' : `content-${blocked.failure}`;
  answerBlocked(request, item, rule, 'request');
}
