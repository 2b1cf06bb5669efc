import { escaped, inUri } from './answers.ts';
import { MODERN, NOBODY, ownIds, request, usual } from './request-row.ts';
import { ALL, prefixOf, type Row } from './row.ts';

const call = (name: string, plants: keyof typeof ALL, args: (text: string, token: string) => string): Row =>
  request('tools/call', name, plants, (text, token, scene) => [
    `"name":"${prefixOf(scene)}_read","arguments":{${args(text, token)}}`,
  ]);

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
  call('a data URL', 'text', (text) => `"a":"data:text/plain;base64,${Buffer.from(text).toString('base64')}"`),
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
    request(method, `a member beside the parameters of ${method}`, 'text', (_text, token, scene) => [
      usual(method, scene),
      { beside: `,"more":[{"x":${token}}]` },
    ]),
    request(method, `the name of a member beside the parameters of ${method}`, 'word', (_text, token, scene) => [
      usual(method, scene),
      { beside: `,${token}:1` },
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

/** What a client sends that a server answers. */
export const REQUESTED: readonly Row[] = [...ARGUMENTS, ...CARRIERS, ...OTHERS];
