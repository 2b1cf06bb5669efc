import { randomBytes } from 'node:crypto';
import { formatRobotKey } from '../../../dataplane/format/robot-key.ts';
import { refused, type Request } from '../attack.ts';

const withKey = (key: string): Request => ({ as: null, headers: { authorization: `Bearer ${key}` } });

/** Where, from where, and who: what is refused before a body is read. */
export const DOOR = refused([
  // Before anything is read.
  ['a Host of another site', { headers: { host: 'evil.example' } }, 403, -32600, 'wrong-host'],
  ['a Host that only begins like ours', { headers: { host: '127.0.0.1.evil.example' } }, 403, -32600, 'wrong-host'],
  ['an Origin of another site', { headers: { origin: 'https://evil.example' } }, 403, -32600, 'wrong-origin'],
  ['the Origin of a sandboxed page', { headers: { origin: 'null' } }, 403, -32600, 'wrong-origin'],
  ['a path that is no endpoint', { path: '/admin' }, 404, -32600, 'no-such-path'],
  ['a path with dot segments', { path: '/mcp/../status' }, 404, -32600, 'no-such-path'],
  ['an encoded name in the path', { path: '/mcp/w%6frk' }, 404, -32600, 'no-such-path'],
  ['a gateway below a gateway', { path: '/mcp/work/work' }, 404, -32600, 'no-such-path'],
  ['two gateways in one URL', { path: '/mcp/work?gateway=sandbox' }, 404, -32600, 'no-such-path'],

  ['a page that is served to operators elsewhere', { path: '/status', method: 'GET' }, 404, -32600, 'no-such-path'],
  ['PUT', { method: 'PUT', body: '{}' }, 405, -32600, 'http-method'],
  [
    'OPTIONS of another site',
    { method: 'OPTIONS', headers: { origin: 'https://evil.example' } },
    403,
    -32600,
    'wrong-origin',
  ],
  [
    'GET in the modern era, which has none',
    { method: 'GET', headers: { 'mcp-protocol-version': '2026-07-28' } },
    405,
    -32600,
    'http-method',
  ],
  [
    'DELETE in the modern era, which has none',
    ({ standing }) => ({
      method: 'DELETE',
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': standing.bot },
    }),
    405,
    -32600,
    'http-method',
  ],

  // Who.
  ['no credential', { as: null }, 401, -32600, 'no-credentials'],
  ['a credential in the query', { as: null, path: '/mcp/work?access_token=x' }, 401, -32600, 'no-credentials'],
  [
    'a credential of another scheme',
    { as: null, headers: { authorization: 'Basic Ym90OmJvdA==' } },
    401,
    -32600,
    'no-credentials',
  ],
  [
    'two credentials in one header',
    { as: null, headers: { authorization: 'Bearer a, Bearer b' } },
    400,
    -32600,
    'malformed-credentials',
  ],
  [
    'a key with one letter changed',
    ({ rig }) =>
      withKey(`${rig.keys.bot.slice(0, 20)}${rig.keys.bot[20] === 'A' ? 'B' : 'A'}${rig.keys.bot.slice(21)}`),
    401,
    -32600,
    'malformed-key',
  ],
  ['a key that nobody has', () => withKey(formatRobotKey('bot', randomBytes(32))), 401, -32600, 'unknown-key'],
  ['the key of a robot that expired', { as: 'stale' }, 401, -32600, 'expired-robot'],
  ['the key of a robot whose team is disabled', { as: 'orphan' }, 403, -32600, 'disabled-robot'],
  [
    'a token without a signature',
    () => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { iss: 'https://idp.acme.dev', aud: 'https://mcp.acme.dev', sub: 'ana', exp: 9_999_999_999 };
      return withKey(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`);
    },
    401,
    -32600,
    'unsupported-algorithm',
  ],
  ['a token that is no JWT', { as: null, headers: { authorization: 'Bearer a.b.c' } }, 401, -32600, 'malformed-token'],
]);
