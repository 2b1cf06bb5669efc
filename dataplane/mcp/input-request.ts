import { parseJsonTree, memberOf } from '../format/json-tree.ts';
import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';

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

/** `inputRequests` of a modern server, JSON text, with each message labelled; everything else as it was. */
export function labelQuestions(requests: string, label: string): string {
  const parsed = parseJsonTree(requests);
  if (!parsed.ok || parsed.tree.kind !== 'object') return requests;
  let labelled = '';
  let from = 0;
  for (const { value } of parsed.tree.members) {
    const params = memberOf(value, 'params');
    if (params === null) continue;
    labelled += requests.slice(from, params.start) + withLabel(requests.slice(params.start, params.end), label);
    from = params.end;
  }
  return labelled + requests.slice(from);
}

/** `elicitationId` is of the legacy era alone, and a progress token would be one of the server's own. */
function withoutLegacyMembers(params: string): string {
  const parsed = parseJsonTree(params);
  if (!parsed.ok || parsed.tree.kind !== 'object') return params;
  const kept = parsed.tree.members.filter(({ key }) => key !== 'elicitationId' && key !== '_meta');
  return `{${kept.map(({ key, value }) => `${JSON.stringify(key)}:${params.slice(value.start, value.end)}`).join(',')}}`;
}
