import { modernCall } from '../../fixtures/mcp-http.ts';
import { failure, served, type Attack, type Recorded, type Request } from '../attack.ts';
import { legacyScript, modernScript, rawStream, result } from '../scripts.ts';

const COMPLETE = '"resultType":"complete","content":[]';

/** Every line that a client may see in a stream: a message, a place of our own, a time, a comment, or nothing. */
const LINE = /^(?:data: [^\n]*|id: v1\.[\w.-]+|retry: [0-9]{1,9}|: keep-alive|)$/;

/** What a modern server writes into a stream instead of plain events; the client gets so many messages, and no other line. */
function modern(
  name: string,
  stream: (id: string) => string,
  comesTo: unknown,
  recorded: Recorded = served('tools/call'),
): Attack {
  return {
    name,
    attempt: async (stage) => {
      stage.modern.answerWith(modernScript('tools/call', ({ id }) => rawStream(stream(id))));
      const told = await stage.send(modernCall('docs_read'));
      if (told.error !== null) return told.error.message;
      return [told.messages.length, told.body.split('\n').filter((line) => !LINE.test(line))];
    },
    comesTo,
    recorded: [recorded],
    reaches: true,
  };
}

/** The same of a legacy server to a legacy client, which is told the places of events. */
function legacy(
  name: string,
  stream: (id: string) => string,
  comesTo: unknown,
  recorded: Recorded = served('tools/call'),
): Attack {
  return {
    name,
    attempt: async (stage) => {
      stage.legacy.answerWith(legacyScript('tools/call', ({ id }) => rawStream(stream(id))));
      const told = await stage.send(callOld(stage.standing.bot));
      if (told.error !== null) return told.error.message;
      const ids = told.body.split('\n').filter((line) => line.startsWith('id: '));
      return [told.messages.length, ids.length, told.body.split('\n').filter((line) => !LINE.test(line))];
    },
    comesTo,
    recorded: [recorded],
    reaches: true,
  };
}

const callOld = (session: string): Request => ({
  headers: { 'mcp-session-id': session },
  body: '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"old_echo"}}',
});

const done = (id: string): string => `data: ${result(id, COMPLETE)}\n\n`;
const doneOld = (id: string): string => `data: ${result(id, '"content":[]')}\n\n`;

/** Streams of events that say something between their lines. */
export const EVENT_STREAMS: readonly Attack[] = [
  modern('a message over many lines', (id) => `data: ${result(id, COMPLETE).replaceAll(',', ',\ndata: ')}\n\n`, [
    1,
    [],
  ]),
  modern(
    'a message with carriage returns between its members',
    (id) => `data: ${result(id, COMPLETE).replaceAll(',', ',\rdata:\r\ndata: ')}\n\n`,
    [1, []],
  ),
  modern('an event of another name', (id) => `event: endpoint\ndata: /evil\n\n${done(id)}`, [1, []]),
  modern(
    'a name with a message behind it',
    (id) => `event: message\rdata: evil\r\r${done(id)}`,
    'server docs sent an answer that is not MCP',
    failure('tools/call', 'upstream-malformed'),
  ),
  modern('fields that nobody knows', (id) => `x-evil: 1\nSet-Cookie: a=b\n${done(id)}`, [1, []]),
  modern('comments', (id) => `: evil\n:${'x'.repeat(10_000)}\n${done(id)}`, [1, []]),
  modern('a byte order mark in the middle', (id) => `\n\ufeffdata: evil\n\n${done(id)}`, [1, []]),
  modern('times without end', (id) => `retry: 99999999999999\nretry: -1\nretry: 1e9\n${done(id)}`, [1, []]),
  modern('places of events, to a client that cannot come back', (id) => `id: evil\n${done(id)}`, [1, []]),
  modern(
    'line ends that are none in strings',
    (id) =>
      `data: ${result(id, `"resultType":"complete","content":[{"type":"text","text":"a\u2028b\u2029c\\n\\ndata: evil\\r\\n\\u0000"}]`)}\n\n`,
    [1, []],
  ),
  modern('a second answer', (id) => `${done(id)}${done(id)}`, [1, []]),
  modern(
    'half of an event',
    (id) => done(id).slice(0, -2),
    'server docs stopped in the middle of its answer',
    failure('tools/call', 'upstream-truncated'),
  ),
  legacy(
    'a place with a line end',
    (id) => `id: a\rdata: evil\n\n${doneOld(id)}`,
    'server old sent an answer that is not MCP',
    failure('tools/call', 'upstream-malformed'),
  ),
  legacy('a place with a NUL', (id) => `id: a\0b\n${doneOld(id)}`, [1, 0, []]),
  legacy('a place that no header can carry', (id) => `id: a\u00e9\u{1f600}\n${doneOld(id)}`, [1, 0, []]),
  legacy('a place without end', (id) => `id: ${'a'.repeat(5_000)}\n${doneOld(id)}`, [1, 0, []]),
  legacy('a place that reads like one of ours', (id) => `id: v1.00000000.AAAA\ndata:\n\n${doneOld(id)}`, [1, 1, []]),
  {
    name: 'a token of progress that would be a line of a stream',
    attempt: async (stage) => {
      const progress = (token: string): string =>
        `data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1}}\n\n`;
      stage.modern.answerWith(
        modernScript('tools/call', ({ id, params }) => {
          const meta = params['_meta'] as Readonly<Record<string, unknown>>;
          return rawStream(progress(JSON.stringify(meta['progressToken'])) + done(id));
        }),
      );
      const call = modernCall('docs_read', '{}', '"\\n\\ndata: evil"');
      const body = String(call.body).replace('"_meta":{', '"_meta":{"progressToken":"\\n\\ndata: evil\\r",');
      const told = await stage.send({ ...call, body });
      return [
        told.messages.length,
        told.body.split('\n').filter((line) => !LINE.test(line)),
        told.body.includes('\ndata: evil'),
      ];
    },
    comesTo: [2, [], false],
    recorded: [served('tools/call')],
    reaches: true,
  },
];
