import { COMPLETE, error, events, faults, json, reply, SECRET } from '../fault.ts';

/** Servers whose messages are none, or not the answer to what they were asked. */
export const FAULTS_OF_MESSAGES = faults([
  ['sends no JSON', 'docs', () => json(`{"${SECRET}`), 'upstream-malformed'],
  ['sends a batch', 'docs', () => json(`[${reply(COMPLETE)}]`), 'upstream-malformed'],
  ['sends a key twice', 'docs', () => json(reply(`${COMPLETE},"content":[]`)), 'upstream-malformed'],
  ['sends a key that looks like another', 'docs', () => json(reply(`${COMPLETE},"Content":[]`)), 'upstream-malformed'],
  [
    'sends half of a surrogate pair',
    'docs',
    () => json(reply('"resultType":"complete","content":[{"text":"\\ud800"}]')),
    'upstream-malformed',
  ],
  ['sends a result that is a list', 'docs', () => json('{"jsonrpc":"2.0","id":1,"result":[]}'), 'upstream-malformed'],
  [
    'sends a request of its own as the answer',
    'docs',
    () => json('{"jsonrpc":"2.0","id":1,"method":"ping"}'),
    'upstream-malformed',
  ],
  [
    'sends an error without a code',
    'docs',
    () => json(`{"jsonrpc":"2.0","id":1,"error":{"message":"${SECRET}"}}`),
    'upstream-malformed',
  ],
  [
    'sends an error whose code is text',
    'docs',
    () => json(`{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"${SECRET}"}}`),
    'upstream-malformed',
  ],
  [
    'sends a result of an unknown type',
    'docs',
    () => json(reply('"resultType":"task","taskId":"x"')),
    'upstream-malformed',
  ],
  [
    'sends a body without end',
    'docs',
    () => json(reply(`"resultType":"complete","content":[],"x":"${'x'.repeat(17_000_000)}"`)),
    'upstream-too-large',
  ],
  [
    'stops in the middle',
    'docs',
    () => (socket) => socket.end(json(reply(COMPLETE)).slice(0, -5)),
    'upstream-truncated',
  ],
  ['answers another request', 'docs', () => json(reply(COMPLETE, '2')), 'upstream-foreign'],
  ['answers the same number as text', 'docs', () => json(reply(COMPLETE, '"1"')), 'upstream-foreign'],
  [
    'answers nobody',
    'docs',
    () => json(`{"jsonrpc":"2.0","error":{"code":-1,"message":"${SECRET}"}}`),
    'upstream-foreign',
  ],
  ['wants a page to be visited', 'docs', () => json(error(-32042)), 'upstream-input'],
  ['does not like our headers', 'docs', () => json(error(-32020), '400 Bad Request'), 'upstream-rejected'],
  ['wants a capability of ours', 'docs', () => json(error(-32021), '400 Bad Request'), 'upstream-input'],
  ['does not know the method', 'docs', () => json(error(-32601), '404 Not Found'), 'upstream-rejected'],
  [
    'does not say to whom it objects',
    'docs',
    () => json(`{"jsonrpc":"2.0","error":{"code":-32600,"message":"${SECRET}"}}`, '400 Bad Request'),
    'upstream-rejected',
  ],
  [
    'ends its stream too early',
    'docs',
    () => events('{"jsonrpc":"2.0","method":"notifications/message","params":{}}'),
    'upstream-truncated',
  ],
  [
    'cuts its stream',
    'docs',
    () => (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
    'upstream-truncated',
  ],
  ['sends an event that is no message', 'docs', () => events(SECRET), 'upstream-malformed'],
  ['sends an event for another request', 'docs', () => events(reply(COMPLETE, '2')), 'upstream-foreign'],
  ['sends an event without end', 'docs', () => events(`{"x":"${'x'.repeat(17_000_000)}"}`), 'upstream-too-large'],
  [
    'asks us something in a modern stream',
    'docs',
    () => events('{"jsonrpc":"2.0","id":9,"method":"ping"}', reply(COMPLETE)),
    'upstream-malformed',
  ],
]);
