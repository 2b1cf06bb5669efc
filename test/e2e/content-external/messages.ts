import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import type { Request } from '../../hostile/attack.ts';

/** The gateway whose rule asks an analyzer for names. */
export const NAMES = '/mcp/names';

/** A request of a modern client that can be asked. `params` are members, JSON text; `meta` too. */
export function modern(method: string, params: string, name?: string, { path = NAMES, meta = '' } = {}): Request {
  const body = modernBody(method, params === '' ? '' : `,${params}`);
  const claims = body.replace('/clientCapabilities":{}', `/clientCapabilities":{"elicitation":{"form":{}}}${meta}`);
  return { path, headers: modernHeaders(method, name), body: claims };
}

/** A request in a legacy session. `params` are members, JSON text. */
export function legacy(session: string, method: string, params: string, { path = NAMES, id = '5' } = {}): Request {
  const body = `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{${params}}}`;
  return { path, headers: { 'mcp-session-id': session }, body };
}

export const block = (text: string): string => `"content":[{"type":"text","text":${text}}]`;
export const complete = (members: string): string => `"resultType":"complete",${members}`;

/** A server's notifications within a call. `text` and `token` are JSON text. */
export const progress = (token: string, text: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1,"message":${text}}}`;
export const logged = (text: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":${text}}}`;
