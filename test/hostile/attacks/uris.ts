import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refused, type Refused, type Request, type Attack } from '../attack.ts';

function read(uri: string, path = '/mcp/work'): Request {
  const encoded = `=?base64?${Buffer.from(uri).toString('base64')}?=`;
  const headers = modernHeaders('resources/read', encoded);
  return { path, headers, body: modernBody('resources/read', `,"uri":${JSON.stringify(uri)}`) };
}

const unknown = (name: string, uri: string, path?: string): Refused => [
  name,
  read(uri, path),
  200,
  -32602,
  'unknown-resource',
];
const odd = (name: string, uri: string, path?: string): Refused => [
  name,
  read(uri, path),
  200,
  -32602,
  'uri-not-normal',
];

const complete = (ref: string, more = ''): Request => ({
  headers: modernHeaders('completion/complete'),
  body: modernBody('completion/complete', `,"ref":${ref},"argument":{"name":"page","value":"a"}${more}`),
});

/** URIs that lead, by some reader's lights, to what is not granted; and completions that tell of it. */
export const URIS: readonly Attack[] = refused([
  unknown('a resource that is not granted', 'doc://priv/a'),
  unknown('a resource of nobody', 'file:///etc/passwd'),
  unknown('a resource on the web', 'https://evil.example/'),
  unknown('a resource of the machine itself', 'http://169.254.169.254/latest/meta-data/'),
  unknown('a resource with a query, where the pattern has none', 'doc://pub/a?x=../priv/b'),
  unknown('a resource of another host', 'doc://pub.evil/a'),
  unknown('a resource of a host that is longer', 'doc://public/a'),
  odd('a template in the place of a resource', 'doc://pub/{page}'),
  odd('dot segments', 'doc://pub/../priv/a'),
  odd('dot segments, encoded', 'doc://pub/%2e%2e/priv/a'),
  odd('dot segments, half encoded', 'doc://pub/.%2E/priv/a'),
  odd('a slash, encoded', 'doc://pub%2F..%2Fpriv/a'),
  odd('an encoding, encoded', 'doc://pub/%252e%252e/priv/a'),
  odd('a letter, encoded', 'doc://pub/%61'),
  odd('an encoding in small letters', 'doc://pub/%c3%a9'),
  odd('half an encoding', 'doc://pub/%2'),
  odd('a NUL, encoded', 'doc://pub/a%00'),
  odd('a NUL', 'doc://pub/a\0'),
  odd('a line break', 'doc://pub/a\r\nX-Injected: 1'),
  odd('a space', 'doc://pub/a b'),
  odd('backslashes', 'doc://pub\\..\\priv\\a'),
  odd('an empty segment', 'doc://pub//a'),
  odd('a fragment', 'doc://pub/a#b'),
  odd('a user', 'doc://pub@priv/a'),
  odd('a user and a password', 'doc://u:p@pub/a'),
  odd('a scheme in capitals', 'DOC://pub/a'),
  odd('a host in capitals', 'doc://PUB/a'),
  odd('letters that are not ASCII', 'doc://pub/é'),
  odd('letters that look alike', 'dоc://pub/a'),
  odd('a full-width dot', 'doc://pub/．．/priv/a'),
  odd('a direction mark', 'doc://pub/\u202ea'),
  odd('no scheme', '//pub/a'),
  odd('a path alone', '/pub/a'),
  odd('nothing', ''),
  odd('a URI without end', `doc://pub/${'a'.repeat(9_000)}`),
  unknown("a resource with another server's prefix", 'b+doc://pub/a', '/mcp/twins'),
  unknown('a resource with two prefixes', 'a+a+doc://pub/a', '/mcp/twins'),
  unknown('a resource without its prefix', 'doc://pub/a', '/mcp/twins'),
  unknown('a resource with a prefix, where none has one', 'a+doc://pub/a'),
  unknown('a hidden resource behind its prefix', 'a+doc://priv/a', '/mcp/twins'),
  odd('dot segments behind a prefix', 'a+doc://pub/../priv/a', '/mcp/twins'),
  odd('a prefix in capitals', 'A+doc://pub/a', '/mcp/twins'),
  [
    'a resource of a server that somebody else may use',
    { as: 'other', ...read('a+doc://pub/a', '/mcp/twins') },
    200,
    -32602,
    'unknown-resource',
  ],
  [
    'a resource, read without saying which',
    { headers: modernHeaders('resources/read'), body: modernBody('resources/read') },
    200,
    -32602,
    'missing-uri',
  ],
  [
    'a resource that is not granted, in the legacy era',
    ({ standing }) => ({
      headers: { 'mcp-session-id': standing.bot },
      body: '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"doc://priv/a"}}',
    }),
    200,
    -32002,
    'unknown-resource-legacy',
  ],
  [
    'a header that names another resource',
    {
      headers: modernHeaders('resources/read', 'doc://pub/b'),
      body: modernBody('resources/read', ',"uri":"doc://pub/a"'),
    },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'text that a rule takes out, in a URI: what is left would be another resource',
    read('doc://pub/4111111111111111'),
    200,
    -32602,
    'uri-content',
  ],
  ['text that a rule blocks, in a URI', read('doc://pub/acme_live_x'), 200, -32602, 'request-blocked'],
  ['completion of nothing', complete('{"type":"ref/tool","name":"docs_read"}'), 200, -32602, 'missing-ref'],
  ['completion without a reference', { ...complete('{}') }, 200, -32602, 'missing-ref'],
  [
    'completion for a prompt that is hidden',
    complete('{"type":"ref/prompt","name":"docs_plan"}'),
    200,
    -32602,
    'unknown-prompt',
  ],
  [
    'completion for a tool, as if it were a prompt',
    complete('{"type":"ref/prompt","name":"docs_read"}'),
    200,
    -32602,
    'unknown-prompt',
  ],
  [
    'completion for a template that is hidden',
    { as: 'other', ...complete('{"type":"ref/resource","uri":"doc://pub/{page}"}') },
    200,
    -32602,
    'unknown-resource',
  ],
  [
    'completion for a resource that is no template',
    complete('{"type":"ref/resource","uri":"doc://pub/a"}'),
    200,
    -32602,
    'unknown-resource',
  ],
  [
    'completion for a prompt of which only a look-alike is named',
    complete('{"type":"ref/prompt","Name":"docs_plan","name":"docs_greet"}'),
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'completion of text that a rule blocks',
    complete('{"type":"ref/prompt","name":"docs_greet"}', ',"context":{"arguments":{"x":"acme_live_x"}}'),
    200,
    -32602,
    'request-blocked',
  ],
]);
