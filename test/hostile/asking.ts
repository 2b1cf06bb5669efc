import { modernBody, modernHeaders } from '../fixtures/mcp-http.ts';
import { whole } from '../fixtures/upstreams/raw-upstream.ts';
import type { Request, Robot } from './attack.ts';
import { ask, event, legacyScript, modernScript, openStream, result, type Script } from './scripts.ts';
import { until, type Stage, type Watched } from './stage.ts';

/** What a form asks for, as JSON text. */
export const FORM =
  '{"mode":"form","message":"who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}}}}';
/** What a client declares that fills forms in and visits pages. */
export const ASKABLE = '{"elicitation":{"form":{},"url":{}}}';

/** A modern call by a client that can be asked. `more` is JSON text of further parameters, with a leading comma. */
export function askableCall(name: string, more = '', args = '{}', capabilities = ASKABLE): Request {
  const body = modernBody('tools/call', `,"name":${JSON.stringify(name)},"arguments":${args}${more}`);
  return {
    headers: modernHeaders('tools/call', name),
    body: body.replace('/clientCapabilities":{}', `/clientCapabilities":${capabilities}`),
  };
}

/** A modern server that asks before it answers. `requests` is JSON text: what it asks, by key. */
export function askingModern(requests = `{"who":{"method":"elicitation/create","params":${FORM}}}`): Script {
  return modernScript('tools/call', ({ id, params }) =>
    'requestState' in params
      ? whole(result(id, '"resultType":"complete","content":[{"type":"text","text":"answered"}]'))
      : whole(result(id, `"resultType":"input_required","inputRequests":${requests},"requestState":"of-the-server"`)),
  );
}

/** The state that a client gets who is asked by the modern server. */
export async function stateFor(stage: Stage, args = '{}'): Promise<string> {
  stage.modern.answerWith(askingModern());
  const told = await stage.send(askableCall('docs_ask', '', args));
  return String(told.result?.['requestState']);
}

/** The parameters with which a client comes back. */
export const comingBack = (state: string, answer = '{"action":"accept","content":{"name":"ana"}}'): string =>
  `,"inputResponses":{"who":${answer}},"requestState":${JSON.stringify(state)}`;

/** A legacy call in the middle of which the server asks, and waits for the answer. */
export interface AskedInCall {
  readonly session: string;
  readonly call: Watched;
  /** The id under which the client was asked, as JSON text. */
  readonly id: string;
  /** What was posted to the server in answer to its question. */
  readonly answers: () => readonly string[];
}

/** `as` opens a session and calls a tool of the legacy server, which asks with a form. */
export async function askInCall(stage: Stage, as: Robot = 'bot'): Promise<AskedInCall> {
  stage.legacy.answerWith(askingLegacy());
  const before = stage.legacy.requests.length;
  const session = await stage.session(as, '/mcp/work', ASKABLE);
  const call = stage.watch({
    as,
    headers: { 'mcp-session-id': session },
    body: '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"old_echo"}}',
  });
  const question = await call.message(({ method }) => method === 'elicitation/create');
  const answers = (): readonly string[] =>
    stage.legacy.requests
      .slice(before)
      .map(({ body }) => body.toString())
      .filter((body) => body.startsWith('{"jsonrpc":"2.0","id":"q"'));
  return { session, call, id: JSON.stringify(question.id), answers };
}

/** A legacy server that asks within each call, and answers the call when it was answered. */
export function askingLegacy(method = 'elicitation/create', params = FORM): Script {
  let answer: (() => void) | null = null;
  const calls = legacyScript('tools/call', ({ id }) => (socket) => {
    openStream(ask('"q"', method, params))(socket);
    answer = () => void socket.write(`${event(result(id, '"content":[]'))}0\r\n\r\n`);
  });
  return (request) => {
    if (request.body.toString().startsWith('{"jsonrpc":"2.0","id":"q"')) answer?.();
    return calls(request);
  };
}

/** A client's response to a question. `id` is JSON text. */
export const responseTo = (id: string, session: string, as: Robot = 'bot'): Request => ({
  as,
  headers: { 'mcp-session-id': session },
  body: `{"jsonrpc":"2.0","id":${id},"result":{"action":"accept","content":{"name":"${as}"}}}`,
});

/** Lets the call of somebody who was asked come to its end. */
export async function finish(
  stage: Stage,
  { call, id, session, answers }: AskedInCall,
  as: Robot = 'bot',
): Promise<void> {
  if (answers().length === 0) await stage.send(responseTo(id, session, as));
  await until(call.ended);
}
