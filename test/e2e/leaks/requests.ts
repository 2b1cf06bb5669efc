import { ALL, prefixOf, USUAL, type Reader, type Row } from './row.ts';
import { escaped, inUri } from './answers.ts';
import { until, type Scene, type Sent } from './world.ts';

/** What a client sends: parameters as JSON text, and what goes beside them. */
type Plant = (text: string, token: string, scene: Scene) => readonly [params: string, sent?: Sent];

function request(method: string, name: string, plants: keyof typeof ALL, plant: Plant, more: Partial<Row> = {}): Row {
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'server',
    ...more,
    run: (world, scene, text, token) => world.ask(scene, method, ...plant(text, token, scene)),
  };
}

const call = (name: string, plants: keyof typeof ALL, args: (text: string, token: string) => string): Row =>
  request('tools/call', name, plants, (text, token, scene) => [
    `"name":"${prefixOf(scene)}_read","arguments":{${args(text, token)}}`,
  ]);

const usual = (method: string, scene: Scene): string => USUAL[method]?.(prefixOf(scene)) ?? '';
/** Where they are no other client's, ids pass as they are. */
const ownIds = ({ client, server }: Scene): Reader =>
  client === 'modern' && server === 'legacy' ? 'nobody' : 'server';
const NOBODY = { reaches: 'nobody', counted: null } as const;
const MODERN = { client: 'modern' } as const;
const LEGACY = { client: 'legacy' } as const;

const ARGUMENTS: readonly Row[] = [
  call('an argument', 'text', (_text, token) => `"a":${token}`),
  call('an argument, all in escapes', 'text', (text) => `"a":${escaped(text)}`),
  call('an argument within others', 'text', (_text, token) => `"a":[{"b":[1,${token}]}]`),
  call('the name of an argument', 'word', (_text, token) => `${token}:1`),
  call('the name of an argument within others', 'word', (_text, token) => `"a":[{${token}:1}]`),
  call('a number', 'number', (text) => `"a":${text}`),
  call('JSON within an argument', 'text', (_text, token) => `"a":${JSON.stringify(`{"b":${token}}`)}`),
  call('JSON in escapes within an argument', 'text', (text) => `"a":${JSON.stringify(`[${escaped(text)}]`)}`),
  call(
    'JSON in escapes behind a word, within an argument',
    'text',
    (text) => `"a":${JSON.stringify(`See ${escaped(text)}`)}`,
  ),
  call('an argument, in escapes of URIs', 'word', (text) => `"a":"x ${inUri(text)}"`),
  call('base64 within an argument', 'text', (text) => `"a":"${Buffer.from(text).toString('base64')}"`),
];

const CARRIERS: readonly Row[] = ['tools/call', 'prompts/get', 'resources/read', 'completion/complete'].flatMap(
  (method) => [
    request(method, `_meta of ${method}`, 'text', (_text, token, scene) => [
      usual(method, scene),
      { meta: `"vendor/x":[${token}]` },
    ]),
    request(method, `a name in _meta of ${method}`, 'word', (_text, token, scene) => [
      usual(method, scene),
      { meta: `"vendor":{${token}:1}` },
    ]),
    request(method, `tracestate of ${method}`, 'text', (_text, token, scene) => [
      usual(method, scene),
      { meta: `"tracestate":${token}` },
    ]),
    request(method, `traceparent of ${method}`, 'word', (_text, token, scene) => [
      usual(method, scene),
      { meta: `"traceparent":${token}` },
    ]),
    request(
      method,
      `baggage of ${method}`,
      'text',
      (_text, token, scene) => [usual(method, scene), { meta: `"baggage":${token}` }],
      NOBODY,
    ),
    request(method, `a parameter of ${method} that nobody knows`, 'text', (_text, token, scene) => [
      `${usual(method, scene)},"more":{"x":${token}}`,
    ]),
    request(method, `the name of a parameter of ${method}`, 'word', (_text, token, scene) => [
      `${usual(method, scene)},${token}:1`,
    ]),
    request(method, `the id of ${method}`, 'word', (_text, token, scene) => [usual(method, scene), { id: token }], {
      echo: 'an answer says what it answers',
      counted: 'to-server',
      reaches: ownIds,
    }),
    request(
      method,
      `the progress token of ${method}`,
      'word',
      (_text, token, scene) => [usual(method, scene), { meta: `"progressToken":${token}` }],
      {
        counted: 'to-server',
        reaches: ownIds,
      },
    ),
    request(
      method,
      `the app that sends ${method}`,
      'word',
      (_text, token, scene) => [
        usual(method, scene),
        { meta: `"io.modelcontextprotocol/clientInfo":{"name":${token},"version":"1","title":${token}}` },
      ],
      {
        of: MODERN,
        reaches: 'audit',
      },
    ),
    request(
      method,
      `capabilities declared in ${method}`,
      'word',
      (_text, token, scene) => [
        usual(method, scene),
        { meta: `"x":1,"io.modelcontextprotocol/clientCapabilities/x":{"experimental":{${token}:{}}}` },
      ],
      {
        of: MODERN,
        reaches: ({ server }) => (server === 'modern' ? 'server' : 'nobody'),
        counted: 'to-server',
      },
    ),
    request(
      method,
      `a state that is none of ours, of ${method}`,
      'word',
      (_text, token, scene) => [`${usual(method, scene)},"requestState":${token}`],
      NOBODY,
    ),
  ],
);

const OTHERS: readonly Row[] = [
  request('tools/call', 'an argument that headers repeat', 'word', (text, token, scene) => [
    `"name":"${prefixOf(scene)}_paged","arguments":{"page":${token}}`,
    { headers: { 'mcp-param-page': text } },
  ]),
  request('tools/call', 'the name of a tool that is not there', 'word', (_text, token) => [`"name":${token}`], {
    reaches: 'audit',
    counted: 'audit',
  }),
  request('prompts/get', 'the name of a prompt that is not there', 'word', (_text, token) => [`"name":${token}`], {
    reaches: 'audit',
    counted: 'audit',
  }),
  request('prompts/get', 'an argument of a prompt', 'text', (_text, token, scene) => [
    `"name":"${prefixOf(scene)}_greet","arguments":{"a":${token}}`,
  ]),
  request('prompts/get', 'the name of an argument of a prompt', 'word', (_text, token, scene) => [
    `"name":"${prefixOf(scene)}_greet","arguments":{${token}:"a"}`,
  ]),
  request('resources/read', 'the address of a resource', 'word', (text, _token, scene) => [
    `"uri":"doc://${prefixOf(scene)}/${text}"`,
  ]),
  request(
    'resources/read',
    'the address of a resource that is not there',
    'word',
    (text) => [`"uri":"none://x/${text}"`],
    { reaches: 'audit', counted: 'audit' },
  ),
  request('resources/read', 'the address of a resource, in escapes', 'word', (text, _token, scene) => [
    `"uri":"doc://${prefixOf(scene)}/${text.replaceAll('@', '%40')}"`,
  ]),
  request('completion/complete', 'the text to complete', 'text', (_text, token, scene) => [
    `"ref":{"type":"ref/prompt","name":"${prefixOf(scene)}_greet"},"argument":{"name":"a","value":${token}}`,
  ]),
  request('completion/complete', 'the name of the argument to complete', 'text', (_text, token, scene) => [
    `"ref":{"type":"ref/prompt","name":"${prefixOf(scene)}_greet"},"argument":{"name":${token},"value":"a"}`,
  ]),
  request('completion/complete', 'what was chosen before', 'text', (_text, token, scene) => [
    `${usual('completion/complete', scene)},"context":{"arguments":{"b":${token}}}`,
  ]),
  request(
    'completion/complete',
    'a prompt to complete that is not there',
    'word',
    (_text, token) => [`"ref":{"type":"ref/prompt","name":${token}},"argument":{"name":"a","value":"b"}`],
    { reaches: 'audit', counted: 'audit' },
  ),
  request(
    'completion/complete',
    'a template to complete that is not there',
    'word',
    (text) => [`"ref":{"type":"ref/resource","uri":"none://${text}/{a}"},"argument":{"name":"a","value":"b"}`],
    { reaches: 'audit', counted: 'audit' },
  ),
];

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

/** Everything that a client may send. */
export const REQUESTED: readonly Row[] = [...ARGUMENTS, ...CARRIERS, ...OTHERS, ...LISTS, ...SESSIONS];
