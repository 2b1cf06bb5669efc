import { whole, type RawAnswer } from '../../fixtures/upstreams/raw-upstream.ts';
import { rawStream, result } from '../../hostile/scripts.ts';
import { ALL, prefixOf, USUAL, type Row } from './row.ts';

/** What a server sends that nobody can read, or that is not for clients. `id` and `token` are JSON text. */
type Failure = (text: string, token: string, id: string) => RawAnswer;

const GOOD = '"resultType":"complete","content":[]';

function failure(name: string, plants: keyof typeof ALL, answer: Failure, of: Row['of'] = {}): Row {
  const method = 'tools/call';
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'nobody',
    counted: null,
    of,
    run: async (world, scene, text, token) => {
      world.serve(scene.server, method, ({ id }) => answer(text, token, id));
      await world.ask(scene, method, USUAL[method]?.(prefixOf(scene)) ?? '');
    },
  };
}

const withHeader = (name: string, plants: keyof typeof ALL = 'word'): Row =>
  failure(`the header ${name} of a server`, plants, (text, _token, id) =>
    whole(result(id, GOOD), 'application/json', '200 OK', `${name}: ${text}\r\n`),
  );

/** What of a server is not for clients, or is no answer: of that nothing is passed on, whatever the rules. */
export const FAILURES: readonly Row[] = [
  ...['401 Unauthorized', '403 Forbidden', '404 Not Found', '429 Too Many Requests', '500 Internal Server Error'].map(
    (status) => failure(`the body of ${status}`, 'text', (text) => whole(text, 'text/html', status)),
  ),
  failure('an error of JSON-RPC with 500', 'text', (_text, token, id) =>
    whole(`{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":${token}}}`, 'application/json', '500 No'),
  ),
  failure('the words of a status', 'name', (text) => whole('', 'text/plain', `500 ${text}`)),
  failure('a challenge', 'name', (text) =>
    whole('', 'text/plain', '401 Unauthorized', `WWW-Authenticate: Bearer error_description="${text}"\r\n`),
  ),
  failure('where a redirection leads', 'name', (text) =>
    whole('', 'text/plain', '307 Temporary Redirect', `Location: https://${text}.example/\r\n`),
  ),
  ...['Set-Cookie', 'X-Note', 'Server', 'Link', 'Mcp-Session-Id'].map((name) => withHeader(name, 'name')),
  failure('a body that is no JSON', 'text', (text) => whole(text)),
  failure('a body that breaks off', 'text', (_text, token, id) =>
    whole(`{"jsonrpc":"2.0","id":${id},"result":{"a":${token}`),
  ),
  failure('a body with a member twice', 'text', (_text, token, id) =>
    whole(result(id, `${GOOD},"a":${token},"a":${token}`)),
  ),
  failure('a member that only resembles one', 'text', (_text, token, id) =>
    whole(result(id, `${GOOD},"Content":${token}`)),
  ),
  failure('a media type', 'name', (text, _token, id) => whole(result(id, GOOD), `application/${text}`)),
  failure('an answer to somebody else', 'name', (_text, token) => whole(result(token, GOOD))),
  failure('an error that is none', 'text', (_text, token, id) =>
    whole(`{"jsonrpc":"2.0","id":${id},"error":{"code":"x","message":${token}}}`),
  ),
  failure('a comment in a stream', 'name', (text, _token, id) =>
    rawStream(`: ${text}\n\ndata: ${result(id, GOOD)}\n\n`),
  ),
  failure('the name of an event', 'name', (text, _token, id) =>
    rawStream(`event: ${text}\ndata: ${result(id, GOOD)}\n\n`),
  ),
  failure('an event that is no JSON', 'name', (text) => rawStream(`data: ${text}\n\n`)),
  failure(
    'a kind of result that nobody knows',
    'name',
    (_text, token, id) => whole(result(id, `"content":[],"resultType":${token}`)),
    { server: 'modern' },
  ),
];
