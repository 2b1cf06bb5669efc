import { expect, test } from 'vitest';
import { scanResponse, type ScannedResponse } from '../../../dataplane/mcp/scan-response.ts';
import { addResultMember, removeResultMember } from '../../../dataplane/mcp/splice.ts';

function scanned(text: string): ScannedResponse {
  const result = scanResponse(Buffer.from(text));
  if (!result.ok) throw new Error(`refused: ${result.reason} at ${result.at}`);
  return result.message;
}

/** Spans as the text they stand for. */
function shown(text: string): Record<string, unknown> {
  const bytes = Buffer.from(text);
  const entries = Object.entries(scanned(text)).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([key, value]: [string, unknown]) => {
      const span = value as { start: number; end: number };
      return [key, typeof span.start === 'number' ? bytes.toString('utf8', span.start, span.end) : value];
    }),
  );
}

test('a result gives its type, its _meta and its content', () => {
  const text =
    '{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"hi"}],"resultType":"complete","_meta":{"a":1},"isError":false,"structuredContent":{"n":1.0}}}';
  expect(shown(text)).toMatchObject({
    kind: 'response',
    id: '3',
    result: text.slice(text.indexOf('{"content"'), -1),
    resultType: { text: 'complete' },
    meta: '{"a":1}',
    content: '[{"type":"text","text":"hi"}]',
    isError: 'false',
    structuredContent: '{"n":1.0}',
  });
});

test('an error gives its code and message', () => {
  expect(shown('{"jsonrpc":"2.0","id":"x","error":{"code":-32602,"message":"no \\u0041","data":{}}}')).toMatchObject({
    kind: 'error',
    id: '"x"',
    errorCode: '-32602',
    errorMessage: { text: 'no A' },
  });
});

test('an error may have the id null or none, since nobody may have read the request', () => {
  expect(scanned('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}').id).toBeNull();
  expect(scanned('{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}').id).toBeNull();
});

test('a notification gives its method and progress token', () => {
  const text = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":0.5}}';
  expect(shown(text)).toMatchObject({ kind: 'notification', method: 'notifications/progress', progressToken: '"p"' });
});

test("a server's request is told from a response", () => {
  expect(scanned('{"jsonrpc":"2.0","id":0,"method":"sampling/createMessage","params":{}}').kind).toBe('request');
});

const members: [name: string, result: string, added: string, removed: string][] = [
  ['an empty result', '{}', '{"resultType":"complete"}', '{}'],
  ['a result with white space only', '{ \n }', '{"resultType":"complete" \n }', '{ \n }'],
  ['another member', '{"a":1}', '{"resultType":"complete","a":1}', '{"a":1}'],
  ['it alone', '{ "resultType" : "x" }', '{ "resultType":"complete" }', '{  }'],
  ['it first', '{"resultType":"x", "a":1}', '{"resultType":"complete","a":1}', '{"a":1}'],
  ['it last', '{"a":1 , "resultType":"x" }', '{"resultType":"complete","a":1 }', '{"a":1 }'],
  ['it in the middle', '{"a":1,"resultType":"x","b":2}', '{"resultType":"complete","a":1,"b":2}', '{"a":1,"b":2}'],
];

test.each(members)('with %s, a member can be put in and taken out', (_name, result, _added, removed) => {
  const message = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":${result}}`);
  const span = scanned(message.toString()).result;
  if (span === null) throw new Error('no result');
  const added = addResultMember(message, span, 'resultType', '"complete"').toString();
  expect(JSON.parse(added)).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: { ...(JSON.parse(result) as object), resultType: 'complete' },
  });
  expect(removeResultMember(message, span, 'resultType').toString()).toBe(
    `{"jsonrpc":"2.0","id":1,"result":${removed}}`,
  );
});
