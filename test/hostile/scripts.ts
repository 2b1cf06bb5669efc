import type { Socket } from 'node:net';
import { ACCEPTED, whole, type RawAnswer, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';

/** How a server answers. */
export type Script = (request: RawRequest) => RawAnswer;

const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const LAST = '0\r\n\r\n';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** One event that carries a message. */
export const event = (message: string, fields = ''): string => chunk(`${fields}data: ${message}\n\n`);

/** A whole stream, its bytes as they are given. */
export const rawStream = (text: string): string => `${STREAM}${chunk(text)}${LAST}`;

/** A stream that stays open after these messages. */
export const openStream =
  (...messages: readonly string[]): ((socket: Socket) => void) =>
  (socket) => {
    socket.write(STREAM);
    for (const message of messages) socket.write(event(message));
  };

/** What a server is asked; of a response that it is sent, the method is empty. */
export interface Question {
  /** As JSON text; `null` of a notification. */
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function questionOf({ body }: RawRequest): Question {
  if (body.length === 0) return { id: 'null', method: '', params: {} };
  const message = JSON.parse(body.toString()) as {
    readonly id?: string | number;
    readonly method?: string;
    readonly params?: Readonly<Record<string, unknown>>;
  };
  return { id: JSON.stringify(message.id ?? null), method: message.method ?? '', params: message.params ?? {} };
}

/** A response; `members` are JSON text. */
export const result = (id: string, members: string): string => `{"jsonrpc":"2.0","id":${id},"result":{${members}}}`;

/** A request of a server's own. */
export const ask = (id: string, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;

/** What each method's good answer has, beside what only one era has. */
const MEMBERS: Readonly<Record<string, string>> = {
  'tools/call': '"content":[{"type":"text","text":"done"}]',
  'prompts/get': '"messages":[]',
  'resources/read': '"contents":[]',
  'resources/list': '"resources":[]',
  'completion/complete': '"completion":{"values":["value"]}',
};

/** A server of 2026-07-28 that does nothing wrong, but for the method it is told to answer otherwise. */
export function modernScript(
  method: string | null = null,
  answer: (question: Question, request: RawRequest) => RawAnswer = () => null,
): Script {
  return (request) => {
    const question = questionOf(request);
    if (question.method === method) return answer(question, request);
    if (question.method === 'subscriptions/listen') {
      return openStream('{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{}}');
    }
    const members = MEMBERS[question.method];
    if (members === undefined)
      return whole(`{"jsonrpc":"2.0","id":${question.id},"error":{"code":-32601,"message":"no"}}`);
    return whole(result(question.id, `"resultType":"complete",${members}`));
  };
}

let sessions = 0;

/** The same of 2025-11-25, with sessions. */
export function legacyScript(
  method: string | null = null,
  answer: (question: Question) => RawAnswer = () => null,
): Script {
  return (request) => {
    const question = questionOf(request);
    if (request.method === 'POST' && question.method === method) return answer(question);
    if (request.method === 'GET') return method === 'GET' ? answer(question) : openStream();
    if (question.method === 'initialize')
      return whole(initialized(question), 'application/json', '200 OK', sessionHeader());
    const members = MEMBERS[question.method] ?? (question.method === '' ? null : '"ok":true');
    return question.id === 'null' || members === null ? ACCEPTED : whole(result(question.id, members));
  };
}

export const initialized = ({ id }: Question): string =>
  result(
    id,
    '"protocolVersion":"2025-11-25","capabilities":{"resources":{"subscribe":true}},"serverInfo":{"name":"l","version":"1"}',
  );

export const sessionHeader = (): string => `Mcp-Session-Id: upstream-${++sessions}\r\n`;
