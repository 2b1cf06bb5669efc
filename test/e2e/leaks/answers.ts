import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { result } from '../../hostile/scripts.ts';
import { ALL, prefixOf, USUAL, type Row } from './row.ts';

type Plant = (text: string, token: string) => string;

/** What a server answers: the members of its result, or of its error. */
function answer(
  method: string,
  name: string,
  plants: keyof typeof ALL,
  members: Plant,
  more: Partial<Row> & { readonly kind?: 'result' | 'error'; readonly type?: string } = {},
): Row {
  const { kind = 'result', type = 'complete', ...rest } = more;
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'client',
    ...rest,
    run: async (world, scene, text, token) => {
      world.serve(scene.server, method, ({ id }) => {
        const own = members(text, token);
        if (kind === 'error') return whole(`{"jsonrpc":"2.0","id":${id},"error":{${own}}}`);
        return whole(result(id, scene.server === 'modern' ? `"resultType":${JSON.stringify(type)},${own}` : own));
      });
      await world.ask(scene, method, USUAL[method]?.(prefixOf(scene)) ?? '');
    },
  };
}

/** JSON text in which every character is written as an escape. */
export const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
/** What says the same in a URI, every letter an escape. */
export const inUri = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const base64 = (text: string): string => JSON.stringify(Buffer.from(text).toString('base64'));
const block = (fields: string): string => `"content":[{"type":"text","text":"a"},{${fields}}]`;
const text = (token: string): string => block(`"type":"text","text":${token}`);

const tool = (
  ...[name, plants, members, more]: Parameters<typeof answer> extends [string, ...infer Rest] ? Rest : never
): Row => answer('tools/call', name, plants, members, more);

const RESULTS: readonly Row[] = [
  tool('the text of a result', 'text', (_text, token) => text(token)),
  tool('the text of a result, all in escapes', 'text', (planted) => text(escaped(planted))),
  tool('JSON within the text of a result', 'text', (_text, token) => text(JSON.stringify(`{"a":[${token}]}`))),
  tool('JSON within JSON within the text of a result', 'text', (_text, token) =>
    text(JSON.stringify(JSON.stringify({ a: JSON.stringify({ b: JSON.parse(token) as string }) }))),
  ),
  tool('JSON in escapes within the text of a result', 'text', (planted) =>
    text(JSON.stringify(`{"a":${escaped(planted)}}`)),
  ),
  tool('the text of a result, in escapes of URIs', 'text', (planted) => text(JSON.stringify(`see ${inUri(planted)}`))),
  tool('JSON in escapes with the same member twice', 'text', (planted) =>
    text(JSON.stringify(`{"a":1,"a":${escaped(planted)}}`)),
  ),
  tool('JSON in escapes behind a word', 'text', (planted) => text(JSON.stringify(`Result: {"a":${escaped(planted)}}`))),
  tool('several lines of JSON in escapes', 'text', (planted) =>
    text(JSON.stringify(`{"a":1}\n{"a":${escaped(planted)}}`)),
  ),
  tool('JSON in escapes that breaks off', 'text', (planted) => text(JSON.stringify(`{"a":${escaped(planted)},"b`))),
  tool('the name of a member of JSON within the text of a result', 'word', (_text, token) =>
    text(JSON.stringify(`{${token}:1}`)),
  ),
  tool('a number of JSON within the text of a result', 'number', (planted) => text(JSON.stringify(`{"a":${planted}}`))),
  tool('the text of an error result', 'text', (_text, token) => `"isError":true,${text(token)}`),
  tool('base64 in lines', 'text', (planted) =>
    text(
      JSON.stringify(
        Buffer.from(planted)
          .toString('base64')
          .replaceAll(/(.{76})/g, '$1\n'),
      ),
    ),
  ),
  tool('an image that is text', 'text', (planted) =>
    block(`"type":"image","mimeType":"image/png","data":${base64(planted)}`),
  ),
  tool('audio that is text', 'text', (planted) =>
    block(`"type":"audio","mimeType":"audio/wav","data":${base64(planted)}`),
  ),
  tool('data that is no base64', 'text', (_text, token) =>
    block(`"type":"image","mimeType":"image/png","data":${token}`),
  ),
  ...['mimeType', 'type', 'name', 'title', 'description', 'uri'].map((member) =>
    tool(`the ${member} of a link`, 'word', (_text, token) =>
      block(
        `"type":"resource_link",${JSON.stringify(member)}:${token}`.replace('"type":"resource_link","type"', '"type"'),
      ),
    ),
  ),
  ...['text', 'mimeType', 'uri', 'note'].map((member) =>
    tool(`the ${member} of an embedded resource`, 'word', (_text, token) =>
      block(`"type":"resource","resource":{${JSON.stringify(member)}:${token}}`),
    ),
  ),
  tool('the blob of an embedded resource', 'text', (planted) =>
    block(`"type":"resource","resource":{"uri":"doc://x/y","blob":${base64(planted)}}`),
  ),
  tool('annotations of content', 'text', (_text, token) =>
    block(`"type":"text","text":"a","annotations":{"audience":[${token}]}`),
  ),
  tool('_meta of content', 'text', (_text, token) => block(`"type":"text","text":"a","_meta":{"x":${token}}`)),
  tool('a kind of content that nobody knows', 'text', (_text, token) =>
    block(`"type":"hologram","beam":[{"of":${token}}]`),
  ),
  tool('structured content', 'text', (_text, token) => `"content":[],"structuredContent":{"a":[{"b":${token}}]}`),
  tool(
    'structured content and the text that says the same',
    'text',
    (_text, token) =>
      `"content":[{"type":"text","text":${JSON.stringify(`{"a":${token}}`)}}],"structuredContent":{"a":${token}}`,
  ),
  tool('a name within structured content', 'word', (_text, token) => `"content":[],"structuredContent":{${token}:1}`),
  tool(
    'a number within structured content',
    'number',
    (planted) => `"content":[],"structuredContent":{"a":${planted}}`,
  ),
  tool('_meta of a result', 'text', (_text, token) => `"content":[],"_meta":{"vendor/x":[${token}]}`),
  tool('a member of a result that nobody knows', 'text', (_text, token) => `"content":[],"more":{"x":${token}}`),
  // What stands beside the result begins where that is closed.
  tool('a member beside a result', 'text', (_text, token) => `"content":[]},"more":{"x":[${token}]`),
  tool('the name of a member beside a result', 'word', (_text, token) => `"content":[]},"more":{${token}:1`),
  tool('the name of a member of a result', 'word', (_text, token) => `"content":[],${token}:1`),
  ...['taskId', 'nextCursor', 'role'].map((member) =>
    tool(`${member} of a result`, 'word', (_text, token) => `"content":[],${JSON.stringify(member)}:${token}`),
  ),
  tool('the cache scope of a result', 'word', (_text, token) => `"content":[],"cacheScope":${token}`, {
    reaches: ({ client, server }) => (client === 'legacy' && server === 'modern' ? 'nobody' : 'client'),
    counted: 'to-client',
  }),
  tool(
    'a state where a legacy server pretends to ask',
    'word',
    (_text, token) => `"content":[],"resultType":"input_required","requestState":${token}`,
    { of: { server: 'legacy' }, reaches: 'nobody', counted: null },
  ),
  tool('a state where nothing is asked', 'word', (_text, token) => `"content":[],"requestState":${token}`),
];

const ERRORS: readonly Row[] = ['tools/call', 'prompts/get', 'resources/read', 'completion/complete'].flatMap(
  (method) => [
    answer(
      method,
      `the message of an error of ${method}`,
      'text',
      (_text, token) => `"code":-32000,"message":${token}`,
      { kind: 'error' },
    ),
    answer(
      method,
      `the data of an error of ${method}`,
      'text',
      (_text, token) => `"code":-32000,"message":"no","data":{"a":[${token}]}`,
      { kind: 'error' },
    ),
    answer(
      method,
      `a name in the data of an error of ${method}`,
      'word',
      (_text, token) => `"code":-32000,"message":"no","data":{${token}:1}`,
      { kind: 'error' },
    ),
    answer(
      method,
      `a member of an error of ${method} that nobody knows`,
      'text',
      (_text, token) => `"code":-32000,"message":"no","more":${token}`,
      { kind: 'error' },
    ),
    answer(method, `the code of an error of ${method}`, 'number', (planted) => `"code":${planted},"message":"no"`, {
      kind: 'error',
    }),
  ],
);

const OTHERS: readonly Row[] = [
  answer(
    'prompts/get',
    'the description of a prompt',
    'text',
    (_text, token) => `"description":${token},"messages":[]`,
  ),
  answer(
    'prompts/get',
    'a message of a prompt',
    'text',
    (_text, token) => `"messages":[{"role":"user","content":{"type":"text","text":${token}}}]`,
  ),
  answer(
    'prompts/get',
    'the role of a message',
    'word',
    (_text, token) => `"messages":[{"role":${token},"content":{"type":"text","text":"a"}}]`,
  ),
  answer(
    'prompts/get',
    'a resource in a prompt',
    'text',
    (_text, token) =>
      `"messages":[{"role":"user","content":{"type":"resource","resource":{"uri":"doc://x/y","text":${token}}}}]`,
  ),
  answer('prompts/get', '_meta of a prompt', 'text', (_text, token) => `"messages":[],"_meta":{"x":${token}}`),
  answer(
    'resources/read',
    'the text of a resource',
    'text',
    (_text, token) => `"contents":[{"uri":"doc://x/y","text":${token}}]`,
  ),
  answer(
    'resources/read',
    'the blob of a resource',
    'text',
    (planted) => `"contents":[{"uri":"doc://x/y","mimeType":"text/plain","blob":${base64(planted)}}]`,
  ),
  answer(
    'resources/read',
    'the address of a resource',
    'word',
    (planted) => `"contents":[{"uri":"doc://x/${planted}","text":"a"}]`,
  ),
  answer(
    'resources/read',
    'the media type of a resource',
    'word',
    (_text, token) => `"contents":[{"uri":"doc://x/y","mimeType":${token},"text":"a"}]`,
  ),
  answer(
    'resources/read',
    '_meta of a resource',
    'text',
    (_text, token) => `"contents":[{"uri":"doc://x/y","text":"a","_meta":{"x":${token}}}]`,
  ),
  answer(
    'completion/complete',
    'the values of a completion',
    'text',
    (_text, token) => `"completion":{"values":["a",${token}]}`,
  ),
  answer(
    'completion/complete',
    'the total of a completion',
    'number',
    (planted) => `"completion":{"values":[],"total":${planted}}`,
  ),
  {
    name: 'the entries of a list',
    method: 'resources/list',
    plants: ALL.text,
    reaches: 'client',
    run: (world, scene) => world.ask(scene, 'resources/list', ''),
  },
];

/** Everything that a server may answer a request with. */
export const ANSWERS: readonly Row[] = [...RESULTS, ...ERRORS, ...OTHERS];
