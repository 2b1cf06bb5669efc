import { expect, test } from 'vitest';
import { scanRequest, type ScannedRequest } from '../../../dataplane/mcp/scan.ts';
import type { Span } from '../../../dataplane/mcp/scan-level.ts';

function scanned(text: string): ScannedRequest {
  const result = scanRequest(Buffer.from(text));
  if (!result.ok) throw new Error(`refused: ${result.reason} at ${result.at}`);
  return result.message;
}

/** The text that a span stands for. */
function sliceOf(text: string, span: Span | null): string | null {
  return span === null ? null : Buffer.from(text).toString('utf8', span.start, span.end);
}

const CALL = `{
  "jsonrpc": "2.0", "id": "a\\"1", "method": "tools/call",
  "params": {
    "_meta": {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": {"name": "Café", "version": "1.2"},
      "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
      "io.modelcontextprotocol/logLevel": "debug",
      "progressToken": 7,
      "acme.dev/Anything": [1]
    },
    "name": "pay\\u002dout",
    "arguments": { "é": [1, {"Name": "x"}] }
  }
}`;

test('a modern call gives every value the proxy decides on, and where it is', () => {
  const message = scanned(CALL);
  expect({
    ...message,
    id: sliceOf(CALL, message.id),
    params: sliceOf(CALL, message.params)?.length,
    name: { text: message.name?.text, token: sliceOf(CALL, message.name?.span ?? null) },
    arguments: sliceOf(CALL, message.arguments),
    meta: sliceOf(CALL, message.meta)?.slice(-9),
    clientCapabilities: sliceOf(CALL, message.clientCapabilities),
    progressToken: sliceOf(CALL, message.progressToken),
  }).toEqual({
    kind: 'request',
    id: '"a\\"1"',
    method: 'tools/call',
    params: CALL.slice(CALL.indexOf('"params"') + 10, CALL.lastIndexOf('}')).trimEnd().length,
    result: null,
    error: null,
    name: { text: 'pay-out', token: '"pay\\u002dout"' },
    arguments: '{ "é": [1, {"Name": "x"}] }',
    uri: null,
    cursor: null,
    ref: null,
    level: null,
    requestId: null,
    taskId: null,
    requestState: null,
    inputResponses: null,
    notifications: null,
    meta: '[1]\n    }',
    protocolVersion: '2026-07-28',
    initializeVersion: null,
    clientCapabilities: '{"elicitation": {}}',
    clientInfo: { name: 'Café', version: '1.2' },
    progressToken: '7',
    logLevel: 'debug',
    hasBaggage: false,
  });
});

test('initialize gives its version, capabilities and who the client says it is', () => {
  const text =
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"clientInfo":{"name":"c"}}}';
  const message = scanned(text);
  expect(message.initializeVersion).toBe('2025-06-18');
  expect(message.protocolVersion).toBeNull();
  expect(sliceOf(text, message.clientCapabilities)).toBe('{"roots":{}}');
  expect(message.clientInfo).toEqual({ name: 'c', version: '' });
});

const kinds: [name: string, text: string, kind: ScannedRequest['kind'], id: string | null][] = [
  ['a number is an id', '{"jsonrpc":"2.0","id":-12,"method":"ping"}', 'request', '-12'],
  [
    'an integer past 2^53 is an id',
    '{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}',
    'request',
    '12345678901234567890',
  ],
  ['no id makes a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}', 'notification', null],
  ['a result is a response', '{"jsonrpc":"2.0","id":"s1","result":{}}', 'response', '"s1"'],
  ['an error is a response', '{"jsonrpc":"2.0","id":"s1","error":{"code":1,"message":"no"}}', 'response', '"s1"'],
  ['white space is anywhere', ' \r\n\t{ "jsonrpc" : "2.0" , "method" : "x" } \n', 'notification', null],
  ['members nobody knows are let through', '{"jsonrpc":"2.0","id":1,"method":"x","trace":{"a":1}}', 'request', '1'],
];

test.each(kinds)('%s', (_name, text, kind, id) => {
  const message = scanned(text);
  expect(message.kind).toBe(kind);
  expect(sliceOf(text, message.id)).toBe(id);
});

const others: [field: keyof ScannedRequest, params: string, value: unknown][] = [
  ['uri', '{"uri":"file:///a"}', 'file:///a'],
  ['cursor', '{"cursor":""}', ''],
  ['taskId', '{"taskId":"t"}', 't'],
  ['requestState', '{"requestState":"s","inputResponses":{"k":{}}}', 's'],
];

test.each(others)('%s is read from params', (field, params, value) => {
  const message = scanned(`{"jsonrpc":"2.0","id":1,"method":"x","params":${params}}`);
  expect(message[field]).toMatchObject({ text: value });
});

test('the tape of one message does not reach into the next', () => {
  scanned(CALL);
  const message = scanned('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  expect([message.name, message.arguments, message.meta, message.clientInfo, message.protocolVersion]).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('a refusal says where, and whom to answer when the id could be read', () => {
  const text = '{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{"Name":"x"}}';
  const result = scanRequest(Buffer.from(text));
  if (result.ok) throw new Error('accepted');
  expect([result.reason, result.at, sliceOf(text, result.id)]).toEqual([
    'look-alike-key',
    text.indexOf('"Name"'),
    '42',
  ]);
});
