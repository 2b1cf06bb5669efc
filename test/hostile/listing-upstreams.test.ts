import { afterAll, beforeAll, expect, test } from 'vitest';
import { modernBody, modernHeaders, post, type Answer } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole, type RawAnswer, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';
import { answer, answeringLists, entryOf, modernPage, readQuestion } from '../fixtures/upstreams/scripted-lists.ts';

const rig = new Rig();
let files: RawUpstream;
let wiki: RawUpstream;

beforeAll(async () => {
  files = await RawUpstream.open(() => null);
  wiki = await RawUpstream.open(answeringLists(() => modernPage([entryOf('wiki://a')])));
  rig.offer({
    servers: [
      { name: 'files', url: files.url, era: 'modern', tools: [] },
      { name: 'wiki', url: wiki.url, era: 'modern', tools: [] },
    ],
    gateways: [
      {
        name: 'both',
        servers: { files: 'f', wiki: 'w' },
        grants: [
          { to: ['bot', 'other'], server: 'files', resources: ['file://pub/**'] },
          { to: ['bot'], server: 'wiki', resources: ['wiki://**'] },
        ],
      },
    ],
  });
  await rig.start();
});
afterAll(async () => {
  await rig.stop();
  await files.close();
  await wiki.close();
});

/** `bot` may read of both servers, `other` of one. */
const listFor = (key: 'bot' | 'other'): Promise<Answer> =>
  post({
    url: `${rig.origin}/mcp/both`,
    key: rig.keys[key],
    headers: modernHeaders('resources/list'),
    body: modernBody('resources/list'),
  });

const SECRET = 'internal-host-10-0-0-7';
const page = modernPage([entryOf('file://pub/a')]);

/** What one server does, and what is said where it is the only one. */
const FAULTS: readonly [name: string, answered: (request: RawRequest) => RawAnswer, error: string][] = [
  ['hangs up', () => (socket) => socket.destroy(), 'server files cannot be reached'],
  ['fails', () => whole(SECRET, 'text/plain', '500 Internal Server Error'), 'server files failed'],
  [
    'answers with an error of its own',
    (request) => whole(answer(readQuestion(request).id, `"error":{"code":-32603,"message":"${SECRET}"}`)),
    'server files does not accept requests of the gateway',
  ],
  [
    'answers another request',
    () => whole(answer('"x"', `"result":{${page}}`)),
    'server files answered another request',
  ],
  [
    'answers nobody',
    () => whole(`{"jsonrpc":"2.0","result":{${page}}}`),
    'server files sent an answer that is not MCP',
  ],
  [
    'sends no list',
    (request) => whole(answer(readQuestion(request).id, '"result":{"resources":{},"resultType":"complete"}')),
    'server files sent an answer that is not MCP',
  ],
  [
    'sends a key twice',
    (request) => whole(answer(readQuestion(request).id, `"result":{${page},"resources":[]}`)),
    'server files sent an answer that is not MCP',
  ],
  [
    'sends a key in an entry twice',
    (request) => whole(answer(readQuestion(request).id, `"result":{"resources":[{"uri":"file://pub/a","uri":"x:"}]}`)),
    'server files sent an answer that is not MCP',
  ],
  [
    'sends a list under a name that looks like another',
    (request) => whole(answer(readQuestion(request).id, `"result":{${page},"Resources":[]}`)),
    'server files sent an answer that is not MCP',
  ],
  [
    'asks us something',
    () => whole('data: {"jsonrpc":"2.0","id":1,"method":"roots/list"}\n\n', 'text/event-stream'),
    'server files sent an answer that is not MCP',
  ],
  [
    'stops in the middle of a stream',
    () => whole('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n', 'text/event-stream'),
    'server files stopped in the middle of its answer',
  ],
];

test.each(FAULTS)('a server that %s costs its own resources, and no others', async (_name, fault, error) => {
  files.answerWith(fault);
  const before = (await rig.records()).length;
  const beside = await listFor('bot');
  expect(JSON.parse(beside.body)).toMatchObject({ result: { resources: [{ uri: 'wiki://a', name: 'n' }], ttlMs: 0 } });
  const alone = await listFor('other');
  expect(JSON.parse(alone.body)).toMatchObject({ error: { code: -32_603, message: error } });
  expect(beside.body + alone.body).not.toContain(SECRET);
  const records = (await rig.records(before + 2)).slice(before);
  expect(records.map((record) => [record.outcome, record.error])).toEqual([
    ['ok', 'partial'],
    ['error', expect.stringMatching(/^upstream-/)],
  ]);
});
