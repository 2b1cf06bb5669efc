import { LEGACY, MODERN, NOBODY, request, usual } from './request-row.ts';
import { ALL, prefixOf, type Row } from './row.ts';
import { until } from './world.ts';

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

/** What a client sends around that. */
export const AROUND_CALLS: readonly Row[] = [...HEADERS, ...LISTS, ...SESSIONS];
