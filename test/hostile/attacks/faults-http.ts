import { ACCEPTED, whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { COMPLETE, error, faults, json, reply, SECRET } from '../fault.ts';

/** Servers that answer with something else than HTTP with a message in it. */
export const FAULTS_OF_HTTP = faults([
  ['hangs up', 'docs', () => (socket) => socket.destroy(), 'upstream-unreachable'],
  [
    'wants another credential',
    'docs',
    () =>
      whole(
        SECRET,
        'text/plain',
        '401 Unauthorized',
        `WWW-Authenticate: Bearer resource_metadata="http://${SECRET}"\r\n`,
      ),
    'upstream-denied',
  ],
  ['forbids', 'docs', () => json(error(-32000), '403 Forbidden'), 'upstream-denied'],
  [
    'redirects',
    'docs',
    () => whole('', 'text/plain', '307 Temporary Redirect', `Location: http://${SECRET}/\r\n`),
    'upstream-status',
  ],
  [
    'fails with a page',
    'docs',
    () => whole(`<h1>${SECRET}</h1>`, 'text/html', '500 Internal Server Error'),
    'upstream-status',
  ],
  ['fails with JSON', 'docs', () => json(error(-32603), '502 Bad Gateway'), 'upstream-status'],
  ['has no time', 'docs', () => whole(SECRET, 'text/plain', '429 Too Many Requests'), 'upstream-status'],
  ['is no MCP endpoint', 'docs', () => whole(SECRET, 'text/html', '404 Not Found'), 'upstream-status'],
  ['answers 400 with something else', 'docs', () => json(`"${SECRET}"`, '400 Bad Request'), 'upstream-status'],
  ['sends a page', 'docs', () => whole(`<p>${SECRET}`, 'text/html'), 'upstream-malformed'],
  ['sends JSON as text', 'docs', () => whole(reply(COMPLETE), 'text/plain'), 'upstream-malformed'],
  ['accepts a request without answering', 'docs', () => ACCEPTED, 'upstream-malformed'],
  [
    'compresses',
    'docs',
    () => whole(reply(COMPLETE), 'application/json', '200 OK', 'Content-Encoding: gzip\r\n'),
    'upstream-malformed',
  ],
]);
