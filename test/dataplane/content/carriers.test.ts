import { expect, test } from 'vitest';
import { redactMessage, redactSpan } from '../../../dataplane/content/index.ts';
import { PAN, rulesOf } from './policy-of.ts';

const RULES = rulesOf([PAN]);
const CARD = '4111 1111 1111 1111';
/** A number that passes for base64. */
const CARD_IN_BASE64 = '4111111111111111';
/** Base64 of so much that it is no token. */
const LONG = 'A'.repeat(240);

function redacted(message: string): string {
  const result = redactMessage(RULES, Buffer.from(message));
  return result.kind === 'blocked' ? 'blocked' : result.bytes.toString();
}

const result = (members: string) => `{"jsonrpc":"2.0","id":1,"result":{${members}}}`;
const content = (item: string) => result(`"content":[${item}]`);
const notification = (method: string, params: string) => `{"jsonrpc":"2.0","method":"${method}","params":{${params}}}`;

/** Where text can be; `~` stands for it. */
const texts: [name: string, message: string][] = [
  ['text content', content('{"type":"text","text":"~"}')],
  ['the second item', content('{"type":"text","text":"a"},{"type":"text","text":"~"}')],
  ['text before its type', content('{"text":"~","type":"text"}')],
  [
    'an embedded text resource',
    content('{"type":"resource","resource":{"uri":"file:///a","mimeType":"text/plain","text":"~"}}'),
  ],
  ['the URI of an embedded resource', content('{"type":"resource","resource":{"uri":"file:///~","blob":"AAAA"}}')],
  ['the name of a link', content('{"type":"resource_link","name":"~","uri":"file:///a"}')],
  ['the title of a link', content('{"type":"resource_link","name":"a","title":"~","uri":"file:///a"}')],
  ['the description of a link', content('{"type":"resource_link","name":"a","description":"~","uri":"file:///a"}')],
  ['the URI of a link', content('{"type":"resource_link","name":"a","uri":"file:///~"}')],
  ['_meta of content', content('{"type":"text","text":"a","_meta":{"x/type":"~"}}')],
  ['annotations of content', content('{"type":"text","text":"a","annotations":{"note":"~"}}')],
  ['content of a type nobody knows', content('{"type":"video","data":"~"}')],
  ['data that is no image', content('{"type":"text","text":"a","data":"~"}')],
  ['data of a type written in escapes', content('{"type":"\\u0069mage","data":"~"}')],
  ['data of an image that is no base64', content('{"type":"image","mimeType":"image/png","data":"see ~!"}')],
  ['a type that is no word', content('{"type":"see: ~","text":"a"}')],
  ['a media type that is no word', content('{"type":"image","mimeType":"(~)","data":"AAAA"}')],
  ['a type that is an object', content('{"type":{"type":"~"}}')],
  ['a key that resembles data', content('{"type":"image","Data":"~"}')],
  ['content in a tool result', content('{"type":"tool_result","content":[{"type":"text","text":"~"}]}')],
  ['content that is a string', result('"content":"~"')],
  ['structured content', result('"structuredContent":{"a":{"b":["x","~"]}}')],
  [
    'what is called type in structured content',
    result('"structuredContent":{"type":"~","mimeType":"~","data":"~","blob":"~"}'),
  ],
  [
    'an image look-alike in structured content',
    result('"structuredContent":{"content":[{"type":"image","data":"~"}]}'),
  ],
  ['_meta of a result', result('"_meta":{"a":{"type":"~"}}')],
  ['a member nobody knows', result('"notes":["~"]')],
  ['a member beside the result', '{"jsonrpc":"2.0","id":1,"result":{},"extra":{"a":"~"}}'],
  ['resource contents', result('"contents":[{"uri":"file:///a","text":"~"}]')],
  ['the URI of resource contents', result('"contents":[{"uri":"file:///~","blob":"AAAA"}]')],
  ['a blob that is no base64', result('"contents":[{"uri":"file:///a","blob":"(~)"}]')],
  ['the description of a prompt', result('"description":"~"')],
  ['a prompt message', result('"messages":[{"role":"user","content":{"type":"text","text":"~"}}]')],
  [
    'a prompt message with a resource',
    result('"messages":[{"role":"user","content":{"type":"resource","resource":{"uri":"a:b","text":"~"}}}]'),
  ],
  ['completion values', result('"completion":{"values":["a","~"]}')],
  ['a resource in a list', result('"resources":[{"uri":"file:///a","name":"~"}]')],
  ['instructions', result('"instructions":"~"')],
  [
    'a question to the client',
    result('"inputRequests":{"k":{"method":"elicitation/create","params":{"message":"~"}}}'),
  ],
  ['an error message', '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no card ~"}}'],
  ['error data', '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no","data":{"type":["~"]}}}'],
  ['the message of progress', notification('notifications/progress', '"progressToken":1,"progress":1,"message":"~"')],
  ['log data that is a string', notification('notifications/message', '"level":"info","data":"~"')],
  [
    'log data that is an object',
    notification('notifications/message', '"level":"info","data":{"data":{"type":"image","data":"~"}}'),
  ],
  [
    'a token in a message that is not of progress',
    notification('notifications/message', '"progressToken":"~","data":1'),
  ],
  ['the id of another request', notification('notifications/cancelled', '"requestId":"~"')],
  ['a state where nothing is asked', result('"resultType":"complete","requestState":"~"')],
  ['a state in a result without a type', result('"requestState":"~"')],
  ['a cursor where there are no pages', result('"nextCursor":"~"')],
  ['the id of a task', result('"taskId":"~"')],
  ['the media type of an image', content('{"type":"image","mimeType":"image/~","data":"AAAA"}')],
  ['a parameter of a media type', content('{"type":"image","mimeType":"image/png;x=~","data":"AAAA"}')],
  ['data that is shorter than any image', content('{"type":"image","mimeType":"image/png","data":"~"}')],
  ['a role that is none', result('"messages":[{"role":"~","content":[]}]')],
  ['a level that is none', notification('notifications/message', '"level":"~","data":1')],
  ['the name of a logger', notification('notifications/message', '"level":"info","logger":"~","data":1')],
  ['_meta of a notification', notification('notifications/message', '"level":"info","data":1,"_meta":{"a":"~"}')],
  ['the URI of an update', notification('notifications/resources/updated', '"uri":"file:///~"')],
  [
    'a sampling message',
    '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":{"type":"text","text":"~"}}]}}',
  ],
  ['a system prompt', '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"systemPrompt":"~"}}'],
  [
    'an elicitation',
    '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"~","requestedSchema":{"properties":{"a":{"title":"~"}}}}}',
  ],
];

test.each(texts)('%s is text', (_name, message) => {
  expect(redacted(message.replaceAll('~', CARD))).toBe(message.replaceAll('~', '[PAN]'));
});

/** Where strings have a fixed meaning; `~` stands for one that a rule would find in text. */
const structure: [name: string, message: string][] = [
  ['the data of an image', content(`{"type":"image","mimeType":"image/png","data":"${LONG}~"}`)],
  ['the data of audio, before its type', content(`{"data":"AA/+${LONG}~==","mimeType":"audio/wav","type":"audio"}`)],
  ['data with slashes escaped', content(`{"type":"image","mimeType":"image\\/png","data":"AA\\/${LONG}~"}`)],
  ['the blob of an embedded resource', content(`{"type":"resource","resource":{"uri":"a:b","blob":"${LONG}~"}}`)],
  [
    'the blob of resource contents',
    result(`"contents":[{"uri":"a:b","mimeType":"application/pdf","blob":"${LONG}~"}]`),
  ],
  [
    'the data of a prompt image',
    result(`"messages":[{"role":"user","content":{"type":"image","mimeType":"image/png","data":"${LONG}~"}}]`),
  ],
  [
    'the data of an image in a tool result',
    content(`{"type":"tool_result","content":[{"type":"image","data":"${LONG}~"}]}`),
  ],
  ['the id', '{"jsonrpc":"2.0","id":"~","result":{}}'],
  ['the state of a request', result('"resultType":"input_required","requestState":"~"')],
  ['a progress token', notification('notifications/progress', '"progressToken":"~","progress":1')],
  ['keys', result('"_meta":{"~":1}')],
];

test.each(structure)('%s is left alone', (_name, message) => {
  const bytes = message.replaceAll('~', CARD_IN_BASE64);
  expect(redacted(bytes)).toBe(bytes);
});

test('words of the protocol are left alone by a rule that would find them in text', () => {
  const words = rulesOf([{ name: 'words', regex: ['[a-z_]{4,}'], action: { kind: 'replace', with: '#' } }]);
  const message = Buffer.from(
    '{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","cacheScope":"private","content":[{"type":"text","text":"word"},{"type":"resource_link","mimeType":"text/plain; charset=utf-8","uri":"a:b"}],"messages":[{"role":"user"}]}}',
  );
  const outcome = redactMessage(words, message);
  expect(outcome.kind === 'blocked' ? 'blocked' : outcome.bytes.toString()).toBe(
    message.toString().replace('"word"', '"#"'),
  );
});

test('every string of arguments is text, whatever it is called', () => {
  const args = `{"type":"~","data":"~","a":["~",{"mimeType":"~","blob":"~"}],"n":1,"_meta":"~"}`;
  const body = Buffer.from(`{"params":{"name":"${CARD}","arguments": ${args.replaceAll('~', CARD)} }}`);
  const start = body.indexOf(' {"type"') + 1;
  const outcome = redactSpan(RULES, body, { start, end: body.length - 3 });
  expect(outcome.kind).toBe('changed');
  expect(outcome.kind === 'changed' ? outcome.edits.map(({ bytes }) => bytes) : []).toEqual(Array(6).fill('[PAN]'));
});
