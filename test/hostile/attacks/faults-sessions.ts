import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { error, faults, inSession, INITIALIZED, json, reply, SECRET } from '../fault.ts';

/** Servers that open no session, or forget it. */
export const FAULTS_OF_SESSIONS = faults([
  ['fails to open a session', 'old', () => whole(SECRET, 'text/html', '500 Internal Server Error'), 'upstream-session'],
  [
    'opens a session of an unknown version',
    'old',
    () => json(reply(INITIALIZED.replace('2025-11-25', '2024-11-05'), '0')),
    'upstream-session',
  ],
  ['opens a session with a result that is none', 'old', () => json(reply('', '0')), 'upstream-session'],
  [
    'opens a session with an id that is no header',
    'old',
    () => whole(reply(INITIALIZED, '0'), 'application/json', '200 OK', 'Mcp-Session-Id: a b\r\n'),
    'upstream-session',
  ],
  ['opens a session for others only', 'old', () => whole(SECRET, 'text/plain', '401 Unauthorized'), 'upstream-denied'],
  ['forgets every session', 'old', inSession(() => whole(SECRET, 'text/plain', '404 Not Found')), 'upstream-session'],
  [
    'does not know its own session',
    'old',
    inSession(() => json(error(-32000), '400 Bad Request')),
    'upstream-rejected',
  ],
]);
