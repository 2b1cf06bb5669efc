import { parseJsonTree, memberOf } from '../format/json-tree.ts';
import type { Span } from './scan-level.ts';
import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import { membersOf, type Edit } from './splice.ts';

/** A question of a server on its way to a client. */
interface Question {
  readonly method: string;
  /** JSON text. */
  readonly params: string | null;
}

/** The request with which a legacy client is asked. `id` and `params` are JSON text; `label` says which server asks. */
export function writeQuestion(id: string, method: string, params: string | null, label: string | null): Buffer {
  const labelled = params === null ? null : withLabel(params, label);
  const rest = labelled === null ? '' : `,"params":${labelled}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)}${rest}}`);
}

/** The result with which a modern client is asked (2026-07-28 basic/patterns/mrtr), as JSON text. */
export function writeInputRequired(
  questions: readonly (readonly [key: string, question: Question])[],
  state: string,
  label: string | null,
): string {
  const requests = questions.map(([key, { method, params }]) => {
    const labelled = params === null ? '{}' : withLabel(withoutLegacyMembers(params), label);
    return `${JSON.stringify(key)}:{"method":${JSON.stringify(method)},"params":${labelled}}`;
  });
  const meta = JSON.stringify({ [SERVER_INFO_KEY]: SERVER_INFO });
  return `{"resultType":"input_required","inputRequests":{${requests.join(',')}},"requestState":${JSON.stringify(state)},"_meta":${meta}}`;
}

/** A form's or URL's message begins with the name of the server that asks, since a person sees only the gateway. */
function withLabel(params: string, label: string | null): string {
  const parsed = label === null ? null : parseJsonTree(params);
  const message = parsed?.ok === true ? memberOf(parsed.tree, 'message') : null;
  if (label === null || message?.kind !== 'string') return params;
  const text = JSON.stringify(`[${label}] ${message.value}`);
  return params.slice(0, message.start) + text + params.slice(message.end);
}

/** The edits that label each message of a modern server's `inputRequests`, which were scanned; everything else stays. */
export function labelEdits(bytes: Buffer, inputRequests: Span, label: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (const request of membersOf(bytes, inputRequests)) {
    const params = memberAt(bytes, request, 'params', OBJECT);
    const message = params === null ? null : memberAt(bytes, params, 'message', STRING);
    if (message === null) continue;
    const text = String(JSON.parse(bytes.toString('utf8', message.start, message.end)));
    edits.push({ ...message, bytes: JSON.stringify(`[${label}] ${text}`) });
  }
  return edits;
}

/** First bytes of values. */
const OBJECT = 0x7b;
const STRING = 0x22;

/** Where a member of that kind is; null when there is none, or what should have it is no object. */
function memberAt(bytes: Buffer, object: Span, key: string, kind: typeof OBJECT | typeof STRING): Span | null {
  if (bytes[object.start] !== OBJECT) return null;
  const found = membersOf(bytes, object).find((member) => member.key === key);
  return found === undefined || bytes[found.start] !== kind ? null : { start: found.start, end: found.end };
}

/** `elicitationId` is of the legacy era alone, and a progress token would be one of the server's own. */
function withoutLegacyMembers(params: string): string {
  const parsed = parseJsonTree(params);
  if (!parsed.ok || parsed.tree.kind !== 'object') return params;
  const kept = parsed.tree.members.filter(({ key }) => key !== 'elicitationId' && key !== '_meta');
  return `{${kept.map(({ key, value }) => `${JSON.stringify(key)}:${params.slice(value.start, value.end)}`).join(',')}}`;
}
