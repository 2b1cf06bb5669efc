import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { result } from '../../hostile/scripts.ts';
import { LEGACY, MODERN, NOBODY, request, usual } from './request-row.ts';
import { ALL, prefixOf, type Row } from './row.ts';
import { until, type Scene, type World } from './world.ts';

const LISTS: readonly Row[] = ['tools/list', 'prompts/list', 'resources/templates/list', 'resources/list'].flatMap(
  (method) => [
    request(method, `the cursor of ${method}`, 'word', (_text, token) => [`"cursor":${token}`], NOBODY),
    request(method, `_meta of ${method}`, 'other', (_text, token) => ['', { meta: `"vendor/x":${token}` }], NOBODY),
  ],
);

const SESSIONS: readonly Row[] = [
  {
    name: 'what an app says of itself',
    method: 'initialize',
    plants: ALL.word,
    of: LEGACY,
    reaches: 'audit',
    counted: 'audit',
    run: async (world, scene, _text, token) => {
      const session = await world.openSession(
        scene.mode,
        `{"name":${token},"version":${token},"title":${token}}`,
        `,"x":${token}`,
      );
      await world.ask(scene, 'tools/call', usual('tools/call', scene), { session });
      const stream = world.watch(scene, session);
      await until(() => stream.status() !== 0);
      stream.hangUp();
      await stream.ended;
    },
  },
  request(
    'initialize',
    'a revision that nobody knows',
    'word',
    (_text, token) => [
      `"protocolVersion":${token},"capabilities":{${token}:{}},"clientInfo":{"name":"a","version":"1"}`,
      { session: '' },
    ],
    { ...NOBODY, of: LEGACY },
  ),
  request('ping', '_meta of ping', 'text', (_text, token) => ['', { meta: `"x":${token}` }], { ...NOBODY, of: LEGACY }),
  request('server/discover', '_meta of server/discover', 'text', (_text, token) => ['', { meta: `"x":${token}` }], {
    ...NOBODY,
    of: MODERN,
  }),
  request('logging/setLevel', 'a level that is none', 'word', (_text, token) => [`"level":${token}`], {
    ...NOBODY,
    of: LEGACY,
  }),
  request(
    'resources/subscribe',
    'a resource to hear of',
    'word',
    (text, _token, scene) => [`"uri":"doc://${prefixOf(scene)}/${text}"`],
    { of: LEGACY, reaches: 'audit', counted: 'to-server' },
  ),
  request(
    'resources/unsubscribe',
    'a resource to hear of no more',
    'word',
    (text, _token, scene) => [`"uri":"doc://${prefixOf(scene)}/${text}"`],
    { of: LEGACY, reaches: 'audit', counted: 'to-server' },
  ),
  request(
    'notifications/cancelled',
    'why a request is cancelled',
    'text',
    (_text, token) => [`"requestId":${token},"reason":${token}`, { id: '' }],
    { ...NOBODY, of: LEGACY },
  ),
  request(
    'notifications/roots/list_changed',
    'parameters of changed roots',
    'text',
    (_text, token) => [`"x":${token}`, { id: '' }],
    { ...NOBODY, of: LEGACY },
  ),
  request(
    'notifications/nightfall-77',
    'the name of a notification that nobody knows',
    'word',
    (_text, token) => [`"x":${token}`, { id: '' }],
    {
      reaches: 'audit',
      counted: 'audit',
      plants: ALL.name,
    },
  ),
  request('nightfall-77', 'the name of a method that nobody knows', 'word', (_text, token) => [`"x":${token}`], {
    reaches: 'audit',
    counted: 'audit',
    plants: ALL.name,
  }),
];

/** Headers that say nothing of the message, and are read here or nowhere. */
const HEADERS: readonly Row[] = [
  'user-agent',
  'referer',
  'cookie',
  'traceparent',
  'tracestate',
  'baggage',
  'x-note',
  'mcp-param-page',
  'last-event-id',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-name',
  'mcp-method',
  'origin',
].map((name) =>
  request(
    'tools/call',
    `the header ${name}`,
    'name',
    (text, _token, scene) => [usual('tools/call', scene), { headers: { [name]: text } }],
    NOBODY,
  ),
);

/** Several messages in one body (2025-03-26), one of which calls a tool. */
async function callInBatch(world: World, scene: Scene, args: string): Promise<void> {
  const session = await world.openSession(scene.mode, undefined, '', '2025-03-26');
  const params = `"params":{"name":"${prefixOf(scene)}_read","arguments":{${args}}}`;
  await world.postBatch(scene, session, [
    '{"jsonrpc":"2.0","id":"p","method":"ping"}',
    `{"jsonrpc":"2.0","id":"c","method":"tools/call",${params}}`,
  ]);
}

const BATCHES: readonly Row[] = [
  {
    name: 'an argument, among several messages in one body',
    method: 'tools/call',
    plants: ALL.text,
    of: LEGACY,
    reaches: 'server',
    run: (world, scene, _text, token) => callInBatch(world, scene, `"a":${token}`),
  },
  {
    name: 'a result, among several messages in one body',
    method: 'tools/call',
    plants: ALL.text,
    of: LEGACY,
    reaches: 'client',
    run: async (world, scene, _text, token) => {
      const type = scene.server === 'modern' ? '"resultType":"complete",' : '';
      world.serve(scene.server, 'tools/call', ({ id }) => {
        return whole(result(id, `${type}"content":[{"type":"text","text":${token}}]`));
      });
      await callInBatch(world, scene, '');
    },
  },
];

/** What a client sends around that. */
export const AROUND_CALLS: readonly Row[] = [...HEADERS, ...LISTS, ...SESSIONS, ...BATCHES];
