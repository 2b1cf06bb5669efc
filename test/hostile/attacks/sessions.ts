import { modernCall } from '../../fixtures/mcp-http.ts';
import { refusal, refused, served, type Attack, type Request } from '../attack.ts';
import type { Stage } from '../stage.ts';

const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const inSession = (session: string, body = LIST, headers: Record<string, string> = {}): Request => ({
  body,
  headers: { 'mcp-session-id': session, ...headers },
});
const tampered = (token: string): string =>
  `${token.slice(0, -5)}${token.at(-5) === 'A' ? 'B' : 'A'}${token.slice(-4)}`;

/** Sessions of legacy clients: guessed, stolen, used elsewhere, used after their end. */
export const SESSIONS: readonly Attack[] = [
  ...refused([
    ['no session', { body: LIST }, 400, -32600, 'session-required'],
    ['an invented session', inSession('00000000-0000-0000-0000-000000000000'), 404, -32600, 'session-unknown'],
    [
      'a session with one letter changed',
      ({ standing }) => inSession(tampered(standing.bot)),
      404,
      -32600,
      'session-unknown',
    ],
    ['the session of another principal', ({ standing }) => inSession(standing.other), 404, -32600, 'session-unknown'],
    ['the session of another gateway', ({ standing }) => inSession(standing.sandbox), 404, -32600, 'session-unknown'],
    [
      'the session of a gateway at the address of all gateways',
      ({ standing }) => ({ path: '/mcp', ...inSession(standing.bot) }),
      404,
      -32600,
      'session-unknown',
    ],
    [
      'the session of another principal, to end it',
      ({ standing }) => ({ method: 'DELETE', headers: { 'mcp-session-id': standing.other } }),
      404,
      -32600,
      'session-unknown',
    ],
    [
      'the session of another principal, to listen to it',
      ({ standing }) => ({ method: 'GET', headers: { 'mcp-session-id': standing.other } }),
      404,
      -32600,
      'session-unknown',
    ],
    ['a stream without a session', { method: 'GET' }, 400, -32600, 'session-required'],
    [
      'a stream for whoever takes no events',
      ({ standing }) => ({
        method: 'GET',
        headers: { 'mcp-session-id': standing.bot, accept: 'application/json' },
      }),
      406,
      -32600,
      'not-acceptable',
    ],
    ['a session without end', inSession('v1.'.padEnd(8_000, 'a')), 404, -32600, 'session-unknown'],
    [
      'two sessions in one header',
      ({ standing }) => inSession(`${standing.bot}, ${standing.bot}`),
      404,
      -32600,
      'session-unknown',
    ],
    [
      'a version that is not served',
      ({ standing }) => inSession(standing.bot, LIST, { 'mcp-protocol-version': '2024-11-05' }),
      400,
      -32600,
      'legacy-version',
    ],
    [
      'a method that is not served',
      ({ standing }) => inSession(standing.bot, '{"jsonrpc":"2.0","id":1,"method":"tasks/list"}'),
      200,
      -32601,
      'unknown-method-legacy',
    ],
    [
      'a modern method in a legacy session',
      ({ standing }) => inSession(standing.bot, '{"jsonrpc":"2.0","id":1,"method":"server/discover"}'),
      200,
      -32601,
      'unknown-method-legacy',
    ],
    [
      'a log level that nobody knows',
      ({ standing }) =>
        inSession(standing.bot, '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"loud"}}'),
      200,
      -32602,
      'bad-level',
    ],
    [
      'state of a modern request in a legacy one',
      ({ standing }) =>
        inSession(
          standing.bot,
          '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo","requestState":"x"}}',
        ),
      200,
      -32602,
      'unknown-state',
    ],
    [
      'answers to questions in a legacy request',
      ({ standing }) =>
        inSession(
          standing.bot,
          '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo","inputResponses":{}}}',
        ),
      200,
      -32602,
      'unknown-state',
    ],
  ]),
  {
    name: 'a session that was ended, for a request, a stream and another end',
    attempt: async (stage) => {
      const session = await stage.session();
      const headers = { 'mcp-session-id': session };
      const statuses: number[] = [];
      for (const sent of [{ method: 'DELETE' }, { body: LIST }, { method: 'GET' }, { method: 'DELETE' }]) {
        statuses.push((await stage.send({ ...sent, headers })).status);
      }
      return statuses;
    },
    comesTo: [204, 404, 404, 404],
    recorded: [
      served('initialize'),
      served('DELETE'),
      refusal('tools/list', 'session-unknown'),
      refusal('GET', 'session-unknown'),
      refusal('DELETE', 'session-unknown'),
    ],
  },
  {
    name: 'the session of another principal on a modern request, which has none',
    attempt: async (stage) => {
      const call = modernCall('old_echo');
      const headers = { ...call.headers, 'mcp-session-id': stage.standing.other, 'last-event-id': 'x' };
      await stage.send({ ...call, headers });
      const [asked] = stage.legacy.requests.slice(-1);
      return [asked?.headers.get('last-event-id') ?? null, asked?.headers.get('mcp-session-id')?.startsWith('v1.')];
    },
    comesTo: [null, false],
    recorded: [served('tools/call')],
    reaches: true,
  },
  {
    name: 'a session fixed by the client, in a request that opens one',
    attempt: async (stage: Stage) => {
      const fixed = stage.standing.other;
      const params = '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}';
      const body = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${params}}`;
      const told = await stage.send(inSession(fixed, body));
      return told.headers['mcp-session-id'] === fixed;
    },
    comesTo: false,
    recorded: [served('initialize')],
  },
];
