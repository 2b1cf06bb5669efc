import { describe, expect, test } from 'vitest';
import { scanResponse } from '../../../dataplane/mcp/scan-response.ts';
import { splice } from '../../../dataplane/mcp/splice.ts';
import { mapToolUris, mapUris, type UriMap } from '../../../dataplane/mcp/uri-carriers.ts';

const map: UriMap = (uri) => (uri.startsWith('x:') ? `p+${uri}` : null);

function mapped(method: string, text: string, with_: UriMap = map): string {
  const bytes = Buffer.from(text);
  const scanned = scanResponse(bytes);
  if (!scanned.ok) throw new Error(`the test writes a message: ${scanned.reason}`);
  return splice(bytes, mapUris(method, bytes, scanned.message, with_)).toString();
}

const result = (json: string): string => `{"jsonrpc":"2.0","id":1,"result":${json}}`;
const notification = (method: string, params: string): string =>
  `{"jsonrpc":"2.0","method":"${method}","params":${params}}`;

/** `~` stands for a URI that is mapped. */
const carriers: [name: string, method: string, message: string][] = [
  ['what was read', 'resources/read', result('{"contents":[{"uri":"~","text":"a"},{"uri":"~","blob":"YQ=="}]}')],
  ['a link in a tool result', 'tools/call', result('{"content":[{"type":"resource_link","uri":"~","name":"n"}]}')],
  ['an embedded resource', 'tools/call', result('{"content":[{"type":"resource","resource":{"uri":"~","text":"a"}}]}')],
  [
    'the page of an embedded resource',
    'tools/call',
    result('{"content":[{"type":"resource","resource":{"uri":"~","text":"a","_meta":{"ui":{"resourceUri":"~"}}}}]}'),
  ],
  [
    'a link in a prompt message',
    'prompts/get',
    result('{"messages":[{"role":"user","content":{"type":"resource_link","uri":"~","name":"n"}}]}'),
  ],
  [
    'an embedded resource in a prompt message',
    'prompts/get',
    result('{"messages":[{"role":"user","content":{"type":"resource","resource":{"uri":"~","text":"a"}}}]}'),
  ],
  ['the page of a tool result', 'tools/call', result('{"content":[],"_meta":{"ui":{"resourceUri":"~"}}}')],
  ['its flat form', 'tools/call', result('{"content":[],"_meta":{"ui/resourceUri":"~"}}')],
  ["ChatGPT's form", 'tools/call', result('{"content":[],"_meta":{"openai/outputTemplate":"~"}}')],
  ['a key with an escaped slash', 'tools/call', result('{"content":[],"_meta":{"ui\\/resourceUri":"~"}}')],
  ['the page of one block', 'tools/call', result('{"content":[{"type":"text","_meta":{"ui":{"resourceUri":"~"}}}]}')],
  ['a list', 'resources/list', result('{"resources":[{"uri":"~","name":"a"},{"name":"b","uri":"~"}]}')],
  [
    'an announcement',
    'notifications/resources/updated',
    notification('notifications/resources/updated', '{"uri":"~","title":"t"}'),
  ],
  [
    'a tool result within sampling',
    'sampling/createMessage',
    `{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"resource_link","uri":"~"}]}]}]}}`,
  ],
  [
    'sampling asked for in a result',
    'tools/call',
    result(
      '{"resultType":"input_required","inputRequests":{"any key":{"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"resource","resource":{"uri":"~"}}]}]}]}}}}',
    ),
  ],
];

/** `x:~` stays although it looks like one. */
const others: [name: string, method: string, message: string][] = [
  ['free text', 'tools/call', result('{"content":[{"type":"text","text":"x:~"}]}')],
  [
    'structured content',
    'tools/call',
    result('{"content":[],"structuredContent":{"uri":"x:~","resource":{"uri":"x:~"}}}'),
  ],
  ['members of the result that nobody specified', 'tools/call', result('{"uri":"x:~","links":[{"uri":"x:~"}]}')],
  ['an icon', 'tools/call', result('{"content":[{"type":"resource_link","uri":"y:","icons":[{"src":"x:~"}]}]}')],
  ['a URI that is no text', 'tools/call', result('{"content":[{"type":"resource_link","uri":{"uri":"x:~"}}]}')],
  ['a block that is no object', 'tools/call', result('{"content":["x:~",7,null,{"resource":"x:~"}]}')],
  ['content that is no list', 'tools/call', result('{"content":"x:~"}')],
  ['other members of `_meta`', 'tools/call', result('{"content":[],"_meta":{"uri":"x:~","ui":"x:~"}}')],
  ['a key in other letters', 'tools/call', result('{"content":[{"Uri":"x:~","URI":"x:~"}]}')],
  ['the answer to a method that carries none', 'completion/complete', result('{"completion":{"values":["x:~"]}}')],
  ['the answer to a method that nobody knows', 'x/y', result('{"contents":[{"uri":"x:~"}]}')],
  [
    'an error',
    'resources/read',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"x:~","data":{"uri":"x:~"}}}',
  ],
];

describe('URIs are mapped in', () => {
  test.each(carriers)('%s', (_name, method, message) => {
    expect(mapped(method, message.replaceAll('~', 'x:a'))).toBe(message.replaceAll('~', 'p+x:a'));
  });
});

describe('nothing is mapped in', () => {
  test.each(others)('%s', (_name, method, message) => {
    expect(mapped(method, message)).toBe(message);
  });
});

describe('a URI', () => {
  const read = (uri: string): string => result(`{"contents":[{"uri":"${uri}","text":"a"}]}`);

  test('is mapped as it reads, whatever its escapes', () => {
    expect(mapped('resources/read', read('\\u0078:\\/a'))).toBe(read('p+x:/a'));
  });
  test('is written so that it reads as it was meant', () => {
    expect(mapped('resources/read', read('x:a'), () => 'a"\\\n\u{1f600}')).toBe(read('a\\"\\\\\\n\u{1f600}'));
  });
  test('that has no other form stays as it was written', () => {
    expect(mapped('resources/read', read('\\u0079:a'))).toBe(read('\\u0079:a'));
  });
  test('that maps to itself stays as it was written', () => {
    expect(mapped('resources/read', read('\\u0078:a'), (uri) => uri)).toBe(read('\\u0078:a'));
  });
});

describe('what a client may fetch by itself', () => {
  const prefix: UriMap = (uri) => `p+${uri}`;
  const cases: [name: string, method: string, message: string, mapped: boolean][] = [
    ['is linked to as it is', 'tools/call', result('{"content":[{"type":"resource_link","uri":"~"}]}'), false],
    ['is embedded as it is', 'tools/call', result('{"content":[{"type":"resource","resource":{"uri":"~"}}]}'), false],
    ['is mapped where it answers to its name', 'resources/read', result('{"contents":[{"uri":"~"}]}'), true],
    [
      'is mapped in lists, by which it is asked for here',
      'resources/list',
      result('{"resources":[{"uri":"~"}]}'),
      true,
    ],
  ];
  test.each(cases)('%s', (_name, method, message, isMapped) => {
    const uri = 'https://a.dev/b';
    expect(mapped(method, message.replace('~', uri), prefix)).toBe(message.replace('~', isMapped ? `p+${uri}` : uri));
  });
});

describe('a hostile shape', () => {
  test('of lists in lists is looked through as deep as blocks ever stand, and no deeper', () => {
    const nested = (levels: number): string =>
      result(`{"content":${'['.repeat(levels)}{"uri":"x:a"}${']'.repeat(levels)}}`);
    expect(mapped('tools/call', nested(4))).toContain('p+x:a');
    expect(mapped('tools/call', nested(50))).toBe(nested(50));
  });
  test('of blocks in blocks is looked through once', () => {
    const nested = (levels: number): string =>
      result(`${'{"content":['.repeat(levels)}{"uri":"x:a"}${']}'.repeat(levels)}`);
    expect(mapped('tools/call', nested(2))).toContain('p+x:a');
    expect(mapped('tools/call', nested(3))).not.toContain('p+x:a');
  });
  test('of very many links has every one of them mapped', () => {
    const links = (uri: string): string => result(`{"content":[${Array(20_000).fill(`{"uri":"${uri}"}`).join(',')}]}`);
    expect(mapped('tools/call', links('x:a'))).toBe(links('p+x:a'));
  });
});

test('the pages that a tool definition names are mapped, its schema is not', () => {
  const text = (uri: string): string =>
    `  {"inputSchema":{"properties":{"_meta":{"ui/resourceUri":"x:a"}}},"_meta":{"ui":{"resourceUri":"${uri}","visibility":["app"]},"openai/outputTemplate":"${uri}"}}`;
  const bytes = Buffer.from(text('x:a'));
  const edits = mapToolUris(bytes, { start: 2, end: bytes.length }, map);
  expect(splice(bytes, edits).toString()).toBe(text('p+x:a'));
});
