import { expect, test } from 'vitest';
import { scanRequest } from '../../dataplane/mcp/scan.ts';
import { SCAN_FAILURES, type ScanFailure } from '../../dataplane/mcp/scan-envelope.ts';
import { scanResponse } from '../../dataplane/mcp/scan-response.ts';

/** A call whose `params` hold more members, as JSON text that begins with a comma. */
function call(params: string, top = ''): string {
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"${params}}${top}}`;
}

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":0`).join();
}

const attacks: [name: string, body: string | Buffer, reason: ScanFailure][] = [
  // What is not UTF-8.
  ['a byte that no character begins with', Buffer.from([0x22, 0xff, 0x22]), 'bad-utf8'],
  ['an overlong slash', Buffer.concat([Buffer.from('"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"')]), 'bad-utf8'],
  [
    'a surrogate written in UTF-8',
    Buffer.concat([Buffer.from('"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"')]),
    'bad-utf8',
  ],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'bad-utf8'],
  ['a character cut in two', Buffer.from('"é').subarray(0, 2), 'bad-utf8'],
  // What some parsers read all the same.
  ['nothing', '', 'bad-json'],
  ['white space', ' \n', 'bad-json'],
  ['a byte order mark', '\ufeff{}', 'bad-json'],
  ['a trailing comma', call(',"arguments":{"a":1,}'), 'bad-json'],
  ['a comment', call('/* */'), 'bad-json'],
  ['a key without quotes', '{jsonrpc:"2.0"}', 'bad-json'],
  ['single quotes', "{'jsonrpc':'2.0'}", 'bad-json'],
  ['NaN', call(',"arguments":{"a":NaN}'), 'bad-json'],
  ['Infinity', call(',"arguments":{"a":-Infinity}'), 'bad-json'],
  ['a hexadecimal number', call(',"arguments":{"a":0x10}'), 'bad-json'],
  ['an octal number', call(',"arguments":{"a":010}'), 'bad-json'],
  ['a plus sign', call(',"arguments":{"a":+1}'), 'bad-json'],
  ['a number without digits before its point', call(',"arguments":{"a":.5}'), 'bad-json'],
  ['a number without digits after its point', call(',"arguments":{"a":5.}'), 'bad-json'],
  ['a raw line feed in a string', call(',"arguments":{"a":"\n"}'), 'bad-json'],
  ['a raw NUL in a string', call(',"arguments":{"a":"\0"}'), 'bad-json'],
  ['an escape that JSON has not', call(',"arguments":{"a":"\\x41"}'), 'bad-json'],
  ['a unicode escape of three digits', call(',"arguments":{"a":"\\u041"}'), 'bad-json'],
  ['an escaped quote at the end', '{"a":"\\"', 'bad-json'],
  ['a second message behind the first', `${call('')}${call('')}`, 'bad-json'],
  ['a second message on a line of its own', `${call('')}\n${call('')}`, 'bad-json'],
  ['a NUL behind the message', `${call('')}\0`, 'bad-json'],
  ['a no-break space between tokens', call(',\u00a0"a":1'), 'bad-json'],
  ['a bracket closed by a brace', call(',"arguments":[}'), 'bad-json'],
  ['an end too early', call('').slice(0, -1), 'bad-json'],
  ['two commas', call(',,"a":1'), 'bad-json'],
  ['a key without a value', call(',"a"'), 'bad-json'],
  ['a member without a key', call(',:1'), 'bad-json'],
  ['words cut short', call(',"a":tru'), 'bad-json'],
  // What is too much.
  ['65 levels', nested(65), 'too-deep'],
  ['a million levels', '['.repeat(1_000_000), 'too-deep'],
  ['100 001 members', `{${members(100_001)}}`, 'too-many-members'],
  ['a million elements', `[${'0,'.repeat(1_000_000)}0]`, 'too-many-values'],
  ['a key of 5 kB', `{"${'k'.repeat(5_000)}":1}`, 'too-long-key'],
  ['a string of 17 MB', `["${'s'.repeat(17_000_000)}"]`, 'too-long-string'],
  ['a number of 300 digits', `[${'9'.repeat(300)}]`, 'too-long-number'],
  // One key twice: readers differ in which one counts.
  ['a tool named twice', call(',"name":"b"'), 'duplicate-key'],
  ['a tool named twice, once in escapes', call(',"n\\u0061me":"b"'), 'duplicate-key'],
  ['a tool named twice, once in escapes of the other case', call(',"x\\u00E9":1,"x\\u00e9":2'), 'duplicate-key'],
  ['two methods', call('', ',"method":"tools/list"'), 'duplicate-key'],
  ['two ids', call('', ',"id":2'), 'duplicate-key'],
  ['two params', call('', ',"params":{"name":"b"}'), 'duplicate-key'],
  ['an argument twice', call(',"arguments":{"a":1,"a":2}'), 'duplicate-key'],
  ['an argument twice, deep', call(',"arguments":{"a":[{"b":{"c":1,"c":2}}]}'), 'duplicate-key'],
  ['the first and the last of many', `{${members(500)},"k0":1}`, 'duplicate-key'],
  ['an accented key twice', call(',"é":1,"é":2'), 'duplicate-key'],
  ['an empty key twice', call(',"":1,"":2'), 'duplicate-key'],
  ['__proto__ twice', call(',"arguments":{"__proto__":1,"__proto__":2}'), 'duplicate-key'],
  ['a slash, escaped and not', call(',"_meta":{"a/b":1,"a\\/b":2}'), 'duplicate-key'],
  // Half characters: readers differ in what they make of them.
  ['a high surrogate alone', call(',"arguments":{"a":"\\ud83d"}'), 'lone-surrogate'],
  ['a low surrogate alone', call(',"arguments":{"a":"\\ude00"}'), 'lone-surrogate'],
  ['two high surrogates', call(',"arguments":{"a":"\\ud83d\\ud83d\\ude00"}'), 'lone-surrogate'],
  ['surrogates the wrong way round', call(',"arguments":{"a":"\\ude00\\ud83d"}'), 'lone-surrogate'],
  ['a high surrogate before a plain character', call(',"arguments":{"a":"\\ud83dx"}'), 'lone-surrogate'],
  ['a high surrogate before another escape', call(',"arguments":{"a":"\\ud83d\\n"}'), 'lone-surrogate'],
  ['a surrogate in a key', call(',"arguments":{"\\ud83d":1}'), 'lone-surrogate'],
  // What is no message.
  ['a batch', `[${call('')}]`, 'batch'],
  ['an empty batch', '[]', 'batch'],
  ['a string', '"tools/call"', 'not-an-object'],
  ['null', 'null', 'not-an-object'],
  ['a number', '1', 'not-an-object'],
  // Keys that another reader could take for the real ones.
  ['Method', '{"jsonrpc":"2.0","id":1,"Method":"tools/list","method":"ping"}', 'look-alike-key'],
  ['an escaped method', '{"jsonrpc":"2.0","id":1,"\\u006dethod":"ping"}', 'look-alike-key'],
  ['METHOD alone', '{"jsonrpc":"2.0","id":1,"METHOD":"ping"}', 'look-alike-key'],
  ['method and a zero-width space', '{"jsonrpc":"2.0","id":1,"method\u200b":"ping"}', 'look-alike-key'],
  ['ID', call('', ',"ID":2'), 'look-alike-key'],
  ['a dotless i in id', call('', ',"\u0131d":2'), 'look-alike-key'],
  ['Params', call('', ',"Params":{}'), 'look-alike-key'],
  ['Name', call(',"Name":"b"'), 'look-alike-key'],
  [
    'an escaped name alone',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"\\u006eame":"b"}}',
    'look-alike-key',
  ],
  ['name and a NUL', call(',"name\\u0000":"b"'), 'look-alike-key'],
  ['name and DEL', call(',"name\x7f":"b"'), 'look-alike-key'],
  ['name and a soft hyphen', call(',"na\u00adme":"b"'), 'look-alike-key'],
  ['name and a byte order mark', call(',"\ufeffname":"b"'), 'look-alike-key'],
  ['arguments with a long s', call(',"argument\u017f":{}'), 'look-alike-key'],
  ['Arguments', call(',"Arguments":{}'), 'look-alike-key'],
  ['URI', call(',"URI":"file:///"'), 'look-alike-key'],
  ['_META', call(',"_META":{}'), 'look-alike-key'],
  ['task in capitals', call(',"TASK":{}'), 'look-alike-key'],
  ['requeststate', call(',"requeststate":"x"'), 'look-alike-key'],
  [
    'a version key in other letters',
    call(',"_meta":{"io.ModelContextProtocol/protocolVersion":"2026-07-28"}'),
    'look-alike-key',
  ],
  [
    'an escaped slash in a version key',
    call(',"_meta":{"io.modelcontextprotocol\\/protocolVersion":"2026-07-28"}'),
    'look-alike-key',
  ],
  ['ProgressToken', call(',"_meta":{"ProgressToken":1}'), 'look-alike-key'],
  ['TraceParent', call(',"_meta":{"TraceParent":"x"}'), 'look-alike-key'],
  [
    'a Name of the client',
    call(',"_meta":{"io.modelcontextprotocol/clientInfo":{"name":"a","Name":"b"}}'),
    'look-alike-key',
  ],
  ['a Name of a reference', call(',"ref":{"type":"ref/prompt","Name":"x"}'), 'look-alike-key'],
  ['a Value to complete', call(',"argument":{"name":"a","Value":"x"}'), 'look-alike-key'],
  ['Arguments of a context', call(',"context":{"Arguments":{}}'), 'look-alike-key'],
  // Envelopes that are none.
  ['no version', '{"id":1,"method":"ping"}', 'bad-envelope'],
  ['version 1', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'bad-envelope'],
  ['a version that is a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', 'bad-envelope'],
  ['a version in escapes', '{"jsonrpc":"2\\u002e0","id":1,"method":"ping"}', 'bad-envelope'],
  ['the id null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 'bad-envelope'],
  ['a fraction as id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 'bad-envelope'],
  ['an id with an exponent', '{"jsonrpc":"2.0","id":1e3,"method":"ping"}', 'bad-envelope'],
  ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 'bad-envelope'],
  ['true as id', '{"jsonrpc":"2.0","id":true,"method":"ping"}', 'bad-envelope'],
  ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":["ping"]}', 'bad-envelope'],
  ['neither method nor result', '{"jsonrpc":"2.0","id":1}', 'bad-envelope'],
  ['nothing at all', '{}', 'bad-envelope'],
  ['method and result', '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', 'bad-envelope'],
  ['result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', 'bad-envelope'],
  ['a result for nobody', '{"jsonrpc":"2.0","result":{}}', 'bad-envelope'],
  ['a result that is no object', '{"jsonrpc":"2.0","id":1,"result":[]}', 'bad-envelope'],
  ['params in a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":["a"]}', 'bad-envelope'],
  ['params that are null', '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', 'bad-envelope'],
  ['params of a response', '{"jsonrpc":"2.0","id":1,"result":{},"params":{}}', 'bad-envelope'],
  // Members of types that some reader might take.
  ['a name that is a list', call('').replace('"a"', '["a"]'), 'bad-params'],
  ['a name that is a number', call('').replace('"a"', '1'), 'bad-params'],
  ['arguments in a list', call(',"arguments":["a"]'), 'bad-params'],
  ['arguments in a string', call(',"arguments":"{}"'), 'bad-params'],
  ['arguments null', call(',"arguments":null'), 'bad-params'],
  ['_meta in a list', call(',"_meta":[]'), 'bad-params'],
  ['a uri that is an object', call(',"uri":{}'), 'bad-params'],
  ['a version in a list', call(',"_meta":{"io.modelcontextprotocol/protocolVersion":["2026-07-28"]}'), 'bad-params'],
  ['capabilities that are true', call(',"_meta":{"io.modelcontextprotocol/clientCapabilities":true}'), 'bad-params'],
  ['a progress token of 1.5', call(',"_meta":{"progressToken":1.5}'), 'bad-params'],
  ['a progress token null', call(',"_meta":{"progressToken":null}'), 'bad-params'],
];

test.each(attacks)('%s', (_name, body, reason) => {
  const result = scanRequest(Buffer.from(body));
  expect(result.ok ? 'accepted' : result.reason).toBe(reason);
});

test('every reason for which a message is refused has its attack', () => {
  const shown = new Set(attacks.map(([, , reason]) => reason));
  expect(SCAN_FAILURES.filter((reason) => !shown.has(reason))).toEqual([]);
});

const fromUpstream: [name: string, body: string, reason: ScanFailure][] = [
  ['two results', '{"jsonrpc":"2.0","id":1,"result":{},"result":{"x":1}}', 'duplicate-key'],
  ['content twice', '{"jsonrpc":"2.0","id":1,"result":{"content":[],"content":[]}}', 'duplicate-key'],
  [
    'a key twice in structured content',
    '{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"a":1,"a":2}}}',
    'duplicate-key',
  ],
  ['Result', '{"jsonrpc":"2.0","id":1,"result":{},"Result":{}}', 'look-alike-key'],
  ['a result type in other letters', '{"jsonrpc":"2.0","id":1,"result":{"ResultType":"task"}}', 'look-alike-key'],
  ['Content', '{"jsonrpc":"2.0","id":1,"result":{"Content":[]}}', 'look-alike-key'],
  ['an error with a Message', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"Message":"x"}}', 'look-alike-key'],
  ['a _meta key in other letters', '{"jsonrpc":"2.0","id":1,"result":{"_meta":{"ProgressToken":1}}}', 'look-alike-key'],
  ['the id null of a result', '{"jsonrpc":"2.0","id":null,"result":{}}', 'bad-envelope'],
  ['an error that is a string', '{"jsonrpc":"2.0","id":1,"error":"no"}', 'bad-envelope'],
  ['a result type that is an object', '{"jsonrpc":"2.0","id":1,"result":{"resultType":{}}}', 'bad-params'],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"result":{}}]', 'batch'],
  ['HTML', '<html>', 'bad-json'],
];

test.each(fromUpstream)('from an upstream: %s', (_name, body, reason) => {
  const result = scanResponse(Buffer.from(body));
  expect(result.ok ? 'accepted' : result.reason).toBe(reason);
});
