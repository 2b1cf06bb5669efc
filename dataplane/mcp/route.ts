import { strict as assert } from 'node:assert';
import type { Definition } from '../../schemas/types/catalog.ts';
import type { Assignment } from '../../schemas/types/policy.ts';
import {
  decide,
  decidePrompt,
  decideResource,
  NO_GRANT,
  visible,
  type Call,
  type Decision,
  type Slot,
} from '../decide/index.ts';
import type { McpRequest } from './mcp-request.ts';
import type { Refusal } from './refusals.ts';
import type { TextSpan } from './scan-level.ts';
import { membersOf, type Edit } from './splice.ts';

/** What kind of thing a request is about. */
export type Item = 'tool' | 'prompt' | 'resource';

/** One thing of one server that a request is about, and who decided that it may be. */
export interface Route {
  readonly item: Item;
  /** What the client called it. */
  readonly asked: string;
  readonly assignment: Assignment;
  /** Index into the policy's servers. */
  readonly server: number;
  /** Index into the catalog's definitions; -1 = a resource, which none describes. */
  readonly definition: number;
  readonly decision: Decision;
  /** Decides again, on arguments that content rules changed. */
  readonly again: (call: Call) => Decision;
  /** What the server calls it: a tool's or prompt's name, a resource's URI. */
  readonly upName: string;
  /** Puts the server's name for it in the place of ours. */
  readonly edits: readonly Edit[];
}

export type RouteResult =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly item: Item; readonly asked: string; readonly decision: Decision }
  /** The request does not say what it is about, or not in a form that is served. */
  | { readonly ok: false; readonly item: null; readonly reason: Refusal };

/** Finds and decides what a request is about. */
export type Router = (request: McpRequest) => RouteResult;

/** By `params.name`, a tool. */
export function routeTool(request: McpRequest): RouteResult {
  const { message, choice, call } = request;
  const { name } = message;
  if (name === null) return { ok: false, item: null, reason: 'missing-name' };
  const { view } = choice;
  const decision = view === null ? NO_GRANT : decide(view, name.text, call);
  if (view === null) return { ok: false, item: 'tool', asked: name.text, decision };
  return named(request, 'tool', name, decision, (changed) => decide(view, name.text, changed));
}

/** By `params.name`, a prompt. */
export function routePrompt(request: McpRequest): RouteResult {
  const { message, choice, call } = request;
  const { name } = message;
  if (name === null) return { ok: false, item: null, reason: 'missing-name' };
  const { view } = choice;
  if (view === null) return { ok: false, item: 'prompt', asked: name.text, decision: NO_GRANT };
  const again = (changed: Call): Decision => decidePrompt(view, name.text, changed);
  return named(request, 'prompt', name, again(call), again);
}

/** By `params.uri`, a resource. */
export function routeResource({ message, choice, call }: McpRequest): RouteResult {
  const { uri } = message;
  if (uri === null) return { ok: false, item: null, reason: 'missing-uri' };
  const { view } = choice;
  if (view === null) return { ok: false, item: 'resource', asked: uri.text, decision: NO_GRANT };
  const { decision, target, problem } = decideResource(view, uri.text, call);
  if (problem === 'not-normal') return { ok: false, item: null, reason: 'uri-not-normal' };
  if (!decision.allow || target === null) return { ok: false, item: 'resource', asked: uri.text, decision };
  return {
    ok: true,
    route: {
      item: 'resource',
      asked: uri.text,
      assignment: target.assignment,
      server: target.server,
      definition: -1,
      decision,
      again: (changed) => decideResource(view, uri.text, changed).decision,
      upName: target.uri,
      edits: target.uri === uri.text ? [] : [{ ...uri.span, bytes: JSON.stringify(target.uri) }],
    },
  };
}

/**
 * By `params.ref`, a prompt or a resource template whose argument is being completed: open to whoever sees it in a list
 * (protocol.md 1.2, completion). Its arguments are incomplete, so no condition is asked about them.
 */
export function routeCompletion(request: McpRequest): RouteResult {
  const { message, choice, body, call } = request;
  const members = message.ref === null ? [] : membersOf(body, message.ref);
  const textAt = (key: string): TextSpan | null => {
    const member = members.find((one) => one.key === key);
    if (member === undefined || body[member.start] !== 0x22) return null;
    return { text: String(JSON.parse(body.toString('utf8', member.start, member.end))), span: member };
  };
  const type = textAt('type')?.text;
  const isPrompt = type === 'ref/prompt';
  const asked = isPrompt ? textAt('name') : type === 'ref/resource' ? textAt('uri') : null;
  if (asked === null) return { ok: false, item: null, reason: 'missing-ref' };
  const item = isPrompt ? 'prompt' : 'resource';
  const { view } = choice;
  const seen = view === null ? [] : visible(view, call, isPrompt ? 'prompt' : 'template').slots;
  const slot = seen.find(({ exposed }) => exposed === asked.text);
  if (slot === undefined) return { ok: false, item, asked: asked.text, decision: NO_GRANT };
  return { ok: true, route: routeSlot(request, slot, asked) };
}

/** What is listed to the caller, as a route: open whatever the arguments. `asked`: where the client named it. */
export function routeSlot({ snapshot }: McpRequest, slot: Slot, asked: TextSpan | null = null): Route {
  const { rule } = slot.assignment;
  const decision: Decision = { ...NO_GRANT, allow: true, reason: 'granted', rule, slot, hidden: false };
  const definition = snapshot.bundle.catalog.definitions[slot.definition];
  assert(definition !== undefined, 'a slot has a definition');
  const item = definition.kind === 'template' ? 'resource' : definition.kind;
  return routeOf(item, slot, decision, () => decision, definition, asked);
}

function named(
  { snapshot }: McpRequest,
  item: 'tool' | 'prompt',
  asked: TextSpan,
  decision: Decision,
  again: (call: Call) => Decision,
): RouteResult {
  const { slot } = decision;
  if (!decision.allow || slot === null) return { ok: false, item, asked: asked.text, decision };
  const definition = snapshot.bundle.catalog.definitions[slot.definition];
  assert(definition !== undefined, 'a slot has a definition');
  return { ok: true, route: routeOf(item, slot, decision, again, definition, asked) };
}

function routeOf(
  item: Item,
  slot: Slot,
  decision: Decision,
  again: (call: Call) => Decision,
  definition: Definition,
  asked: TextSpan | null,
): Route {
  const upName = definition.name;
  return {
    item,
    asked: slot.exposed,
    assignment: slot.assignment,
    server: slot.server,
    definition: slot.definition,
    decision,
    again,
    upName,
    edits: asked === null || upName === asked.text ? [] : [{ ...asked.span, bytes: JSON.stringify(upName) }],
  };
}
