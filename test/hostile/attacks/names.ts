import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { failure, refused, type Attack, type Refused, type Request } from '../attack.ts';

/** A call of what has a name that no header can carry as it is. */
function callOf(name: string): Request {
  const call = modernCall(name);
  const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
  return { ...call, headers: { ...call.headers, 'mcp-name': encoded } };
}

const unknown = (what: string, name: string, path = '/mcp/work'): Refused => [
  what,
  { path, ...callOf(name) },
  200,
  -32602,
  'unknown-tool',
];

const get = (name: string): Request => ({
  headers: modernHeaders('prompts/get', name),
  body: modernBody('prompts/get', `,"name":"${name}"`),
});

/** Names that only resemble those of what is granted, or are those of what is not: unknown, all of them, and alike. */
export const NAMES: readonly Attack[] = [
  ...refused([
    unknown('a tool that does not exist', 'docs_nothing'),
    unknown('a tool that is not granted', 'old_remove'),
    unknown('a tool under its own name', 'read'),
    unknown('a tool with its prefix twice', 'docs_docs_read'),
    unknown('a tool with another separator', 'docs__read'),
    unknown('a tool with the separator of others', 'docs/read'),
    unknown('a tool with the prefix of another server', 'old_read'),
    unknown('a tool with an empty prefix', '_read'),
    unknown('a tool with the prefix of another gateway', 'a_read'),
    unknown('a tool with its prefix, where it has none', 'docs_read', '/mcp/sandbox'),
    unknown('a tool of a gateway that has no prefix, not granted there', 'remove', '/mcp/sandbox'),
    unknown('a tool in other letters', 'docs_Read'),
    unknown('a tool in capitals', 'DOCS_READ'),
    unknown('a tool with a Cyrillic letter', 'dосs_read'),
    unknown('a tool in full-width letters', 'ｄｏｃｓ_ｒｅａｄ'),
    unknown('a tool with a combining accent', 'docs_re\u0301ad'),
    unknown('a tool with an invisible character', 'docs_re\u200bad'),
    unknown('a tool with a direction mark', '\u202edocs_read'),
    unknown('a tool with a NUL behind', 'docs_read\0'),
    unknown('a tool with a line break behind', 'docs_read\n'),
    unknown('a tool with a space before', ' docs_read'),
    unknown('a tool with a space behind', 'docs_read '),
    unknown('a tool with dot segments', 'docs_read/../remove'),
    unknown('a tool with a percent encoding', 'docs%5Fread'),
    unknown('a tool with a wildcard', 'docs_*'),
    unknown('a tool with a pattern', 'docs_(read|remove)'),
    unknown('a tool without a name', ''),
    unknown('a tool with a name without end', 'docs_read'.padEnd(3_000, 'd')),
    unknown('a tool that waits for review', 'docs_new'),
    unknown('a tool whose grant expired', 'docs_remove'),
    unknown('a tool of the prototype', '__proto__'),
    unknown('a tool of every object', 'constructor'),
    unknown('a tool in a gateway that does not exist', 'read', '/mcp/nowhere'),
    ['a tool of another principal', { as: 'other', ...modernCall('docs_read') }, 200, -32602, 'unknown-tool'],
    ['a prompt that is not granted', get('docs_plan'), 200, -32602, 'unknown-prompt'],
    ['a prompt under its own name', get('greet'), 200, -32602, 'unknown-prompt'],
    ['a tool, asked for as a prompt', get('docs_read'), 200, -32602, 'unknown-prompt'],
    unknown('a prompt, called as a tool', 'docs_greet'),
    unknown('a resource, called as a tool', 'doc://pub/a'),
    [
      'a call without a name',
      ({ standing }) => ({
        headers: { 'mcp-session-id': standing.bot },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}',
      }),
      200,
      -32602,
      'missing-name',
    ],
  ]),
  {
    name: 'a tool whose credential the proxy does not have',
    attempt: async (stage) => (await stage.send(modernCall('locked_open'))).error?.message,
    comesTo: 'server locked is not available: ask whoever runs the gateway',
    recorded: [failure('tools/call', 'unknown-secret')],
  },
  {
    name: 'what is not granted and what does not exist, told apart by their answers',
    attempt: async (stage) => {
      const told = [];
      for (const name of ['docs_remove', 'docs_absent', 'docs_new'])
        told.push((await stage.send(modernCall(name))).body.replaceAll(name, 'NAME'));
      return new Set(told).size;
    },
    comesTo: 1,
    recorded: ['docs_remove', 'docs_absent', 'docs_new'].map((tool) => ({ tool, error: 'unknown-tool' })),
  },
];
