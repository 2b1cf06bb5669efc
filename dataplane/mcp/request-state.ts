import { createHash } from 'node:crypto';
import { canonicalTree, parseJsonTree } from '../format/json-tree.ts';
import { REQUEST_STATE_AGE_MS_MAX } from '../limits.ts';
import type { McpRequest } from './mcp-request.ts';
import { open, seal, type KeyRing } from './seal.ts';

/**
 * What a modern client carries between the rounds of one request (2026-07-28 basic/patterns/mrtr): sealed, and bound to
 * who asked which assignment for what, so that it is of no use to anybody else nor for anything else.
 */
export type RequestState =
  /** The server keeps its own state; null = it sent none. */
  | { readonly kind: 'server'; readonly state: string | null }
  /** A process of ours holds the request open. */
  | { readonly kind: 'parked'; readonly process: string; readonly id: string };

const PURPOSE = 'request-state';

/** The state to hand out; null when the server's own is too large to carry. */
export function sealRequestState(
  ring: KeyRing,
  request: McpRequest,
  assignment: string,
  state: RequestState,
): string | null {
  const payload = state.kind === 'server' ? [state.kind, state.state] : [state.kind, state.process, state.id];
  const context = { purpose: PURPOSE, binding: bindingOf(request, assignment) };
  const sealed = seal(ring, context, JSON.stringify(payload), request.call.nowMs + REQUEST_STATE_AGE_MS_MAX);
  return sealed.ok ? sealed.token : null;
}

/** The state that a request presents; null when it was not sealed for this very request, or is too old. */
export function openRequestState(
  ring: KeyRing,
  request: McpRequest,
  assignment: string,
  token: string,
): RequestState | null {
  const opened = open(ring, { purpose: PURPOSE, binding: bindingOf(request, assignment) }, token, request.call.nowMs);
  if (!opened.ok) return null;
  const fields: unknown = JSON.parse(opened.payload);
  if (!Array.isArray(fields)) return null;
  const [kind, first, second] = fields.map((field) => (field === null ? null : String(field)));
  if (kind === 'server' && first !== undefined) return { kind, state: first };
  if (kind !== 'parked' || typeof first !== 'string' || typeof second !== 'string') return null;
  return { kind, process: first, id: second };
}

/** Principal, gateway, assignment, method, name, and the arguments whatever their order and spaces. */
function bindingOf({ identity, choice, message, body }: McpRequest, assignment: string): readonly string[] {
  const { name, uri, arguments: args } = message;
  const text = args === null ? '' : body.toString('utf8', args.start, args.end);
  const parsed = args === null ? null : parseJsonTree(text);
  const canonical = parsed?.ok === true ? canonicalTree(parsed.tree) : text;
  const digest = createHash('sha256').update(canonical).digest('base64url');
  return [identity.key, choice.gateway ?? '', assignment, message.method ?? '', name?.text ?? uri?.text ?? '', digest];
}
