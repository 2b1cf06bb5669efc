import { CLAIM, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refusal, refused, served, type Attack, type Recorded, type Request } from '../attack.ts';
import type { Stage } from '../stage.ts';

const PING = '{"jsonrpc":"2.0","id":"p","method":"ping"}';
const CALL = '{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"old_echo"}}';
const VERSION = '2025-03-26';
const batch = (session: string, ...messages: readonly string[]): Request => ({
  headers: { 'mcp-session-id': session },
  body: `[${messages.join(',')}]`,
});

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** A batch in a session of the one revision that has them, with one bad message among good ones. */
function among(
  name: string,
  bad: string,
  answered: readonly [id: string | null, code: number],
  recorded: readonly Recorded[],
): Attack {
  return {
    name,
    attempt: async (stage: Stage) => {
      const session = await stage.session('bot', '/mcp/work', '{}', VERSION);
      const told = await stage.send(batch(session, bad, PING));
      const answers = told.messages.map(({ id, error, result }) => [id ?? null, error?.code ?? result]);
      return answers.sort(byText);
    },
    comesTo: [answered, ['p', {}]].sort(byText),
    recorded: [served('initialize'), ...recorded, served('ping'), served(null)],
  };
}

/** Several messages in one body. */
export const BATCHES: readonly Attack[] = [
  ...refused([
    ['a batch without a session', { body: `[${PING}]` }, 400, -32600, 'batch'],
    ['a batch in a session of another revision', ({ standing }) => batch(standing.bot, PING), 400, -32600, 'batch'],
    [
      'a batch that says another revision than its session',
      ({ standing }) => ({
        ...batch(standing.bot, PING),
        headers: { 'mcp-session-id': standing.bot, 'mcp-protocol-version': VERSION },
      }),
      400,
      -32600,
      'batch',
    ],
    ['a batch of the modern era', { headers: modernHeaders('ping'), body: `[${PING}]` }, 400, -32600, 'batch'],
    [
      'a batch in the session of another principal',
      ({ standing }) => batch(standing.other, PING),
      404,
      -32600,
      'session-unknown',
    ],
  ]),
  {
    name: 'a batch that is empty, one that is too long, and one in another revision than its session',
    attempt: async (stage) => {
      const session = await stage.session('bot', '/mcp/work', '{}', VERSION);
      const told = [];
      for (const sent of [
        batch(session),
        batch(session, ...Array.from({ length: 65 }, () => PING)),
        { ...batch(session, PING), headers: { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' } },
      ]) {
        const { status, error } = await stage.send(sent);
        told.push([status, error?.code]);
      }
      return told;
    },
    comesTo: [
      [400, -32600],
      [400, -32600],
      [400, -32600],
    ],
    recorded: [served('initialize'), refusal(null, 'batch'), refusal(null, 'batch'), refusal(null, 'batch')],
  },
  among(
    'a session opened within a batch',
    '{"jsonrpc":"2.0","id":"b","method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}',
    ['b', -32600],
    [refusal('initialize', 'batch')],
  ),
  among('a batch within a batch', `[${CALL}]`, [null, -32600], [refusal(null, 'batch')]),
  among(
    'a modern request within a batch',
    `{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"docs_read","_meta":{${CLAIM}}}}`,
    ['b', -32020],
    [refusal('tools/call', 'header-mismatch')],
  ),
  among(
    'a tool that is not granted, within a batch',
    '{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"docs_remove"}}',
    ['b', -32602],
    [refusal('tools/call', 'unknown-tool')],
  ),
  among(
    'a key that resembles another, within a batch',
    '{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"docs_read","Name":"docs_remove"}}',
    ['b', -32600],
    [refusal(null, 'look-alike-key')],
  ),
  among('a number within a batch', '7', [null, -32600], [refusal(null, 'not-an-object')]),
  {
    name: 'a key twice within a batch',
    attempt: async (stage) => {
      const session = await stage.session('bot', '/mcp/work', '{}', VERSION);
      const twice = '{"jsonrpc":"2.0","id":"b","method":"ping","method":"tools/call"}';
      return (await stage.send(batch(session, twice, PING))).status;
    },
    comesTo: 400,
    recorded: [served('initialize'), refusal(null, 'duplicate-key')],
  },
  {
    name: 'calls of one batch, each in the name of another with the same id',
    attempt: async (stage) => {
      const session = await stage.session('bot', '/mcp/work', '{}', VERSION);
      const told = await stage.send(batch(session, CALL, CALL, CALL));
      return told.messages.map(({ id, result }) => [id, result !== undefined]);
    },
    comesTo: [
      ['c', true],
      ['c', true],
      ['c', true],
    ],
    recorded: [served('initialize'), served('tools/call'), served('tools/call'), served('tools/call'), served(null)],
    reaches: true,
  },
];
