import { REFUSALS, type UpstreamRefusal } from '../../dataplane/mcp/refusals.ts';
import { modernCall } from '../fixtures/mcp-http.ts';
import { ACCEPTED, whole, type RawAnswer, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';
import { failure, served, type Attack } from './attack.ts';
import { modernScript, type Script } from './scripts.ts';

/** Is in what faulty servers send, and must be in nothing that a client gets. */
export const SECRET = 'internal-host-10-0-0-7';

/** What a server does, which one, how it answers, and why the call came to nothing. */
type Fault = readonly [
  name: string,
  server: 'docs' | 'old',
  answer: (request: RawRequest) => RawAnswer,
  recorded: UpstreamRefusal,
];

/** Calls of faulty servers: the client is told what is wrong, and nothing else. */
export function faults(rows: readonly Fault[]): readonly Attack[] {
  return rows.map(([name, server, answer, recorded]) => ({
    name,
    attempt: async (stage) => {
      // A session with the legacy server begins with a session of the client's own.
      const isModern = server === 'docs';
      if (isModern) stage.modern.answerWith(modernScript('tools/call', (_question, request) => answer(request)));
      else stage.legacy.answerWith(answer);
      const told = await stage.send(
        isModern
          ? modernCall('docs_read')
          : {
              headers: { 'mcp-session-id': await stage.session() },
              body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo"}}',
            },
      );
      const [record] = (await stage.rig.records()).slice(-1);
      const isTimed = record?.upstreamMs === null || record?.upstreamMs === undefined ? 'no' : 'yes';
      return [told.status, told.messages, `${told.body}${JSON.stringify(told.headers)}`.includes(SECRET), isTimed];
    },
    comesTo: [
      200,
      [{ jsonrpc: '2.0', id: 1, error: { code: -32603, message: `server ${server} ${REFUSALS[recorded].message}` } }],
      false,
      'yes',
    ],
    recorded: [...(server === 'docs' ? [] : [served('initialize')]), failure('tools/call', recorded)],
    reaches: true,
  }));
}

export const json = (body: string, status = '200 OK'): string => whole(body, 'application/json', status);

/** A whole body of events. */
export const events = (...messages: readonly string[]): string =>
  whole(messages.map((message) => `data: ${message}\n\n`).join(''), 'text/event-stream');

/** An error of the server's own. */
export const error = (code: number, id = '1'): string =>
  `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":"${SECRET}"}}`;

/** An answer to the request that clients here make; `members` are JSON text. */
export const reply = (members: string, id = '1'): string => `{"jsonrpc":"2.0","id":${id},"result":{${members}}}`;

/** A result with nothing wrong in it. */
export const COMPLETE = `"resultType":"complete","content":[{"type":"text","text":"${SECRET}"}]`;

export const INITIALIZED = '"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"l","version":"1"}';

/** A legacy server that opens sessions and answers calls as told. */
export const inSession =
  (answer: Script): Script =>
  (request) => {
    if (request.method === 'DELETE') return ACCEPTED;
    if (request.body.includes('"initialize"'))
      return whole(reply(INITIALIZED, '0'), 'application/json', '200 OK', 'Mcp-Session-Id: s\r\n');
    return request.body.includes('"notifications/') ? ACCEPTED : answer(request);
  };
