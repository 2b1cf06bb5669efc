import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { initialize, modernBody, modernCall, modernHeaders, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { ACCEPTED, RawUpstream, whole, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';

const rig = new Rig();
let modern: RawUpstream;
let legacy: RawUpstream;

const idOf = (request: RawRequest): string =>
  /"id":("(?:[^"\\]|\\.)*"|[0-9]+)/.exec(request.body.toString())?.[1] ?? 'null';
const result = (request: RawRequest): string =>
  whole(`{"jsonrpc":"2.0","id":${idOf(request)},"result":{"resultType":"complete","content":[]}}`);

beforeAll(async () => {
  modern = await RawUpstream.open(result);
  legacy = await RawUpstream.open((request) => {
    if (request.body.includes('"initialize"')) {
      return whole(
        '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"l","version":"1"}}}',
        'application/json',
        '200 OK',
        'Mcp-Session-Id: up-1\r\n',
      );
    }
    return request.body.includes('"notifications/') ? ACCEPTED : result(request);
  });
  rig.offer({
    servers: [
      { name: 'modern', url: modern.url, era: 'modern', tools: [{ name: 'echo' }] },
      { name: 'legacy', url: legacy.url, era: 'legacy', tools: [{ name: 'echo' }] },
    ],
    gateways: [
      { name: 'bare-modern', servers: { modern: '' }, grants: [{ to: ['bot'], server: 'modern' }] },
      { name: 'bare-legacy', servers: { legacy: '' }, grants: [{ to: ['bot'], server: 'legacy' }] },
      {
        name: 'both',
        servers: { modern: 'm', legacy: 'l' },
        grants: [
          { to: ['bot'], server: 'modern' },
          { to: ['bot'], server: 'legacy' },
        ],
      },
    ],
  });
  await rig.start();
});
beforeEach(() => {
  modern.requests.length = 0;
  legacy.requests.length = 0;
});
afterAll(async () => {
  await rig.stop();
  await modern.close();
  await legacy.close();
});

/** Everything that parsing and writing again would change. */
const ARGUMENTS =
  '{ "n" : 12345678901234567890,"f":1.0,\t"e":1e3, "z":-0, "b":{"y":1,"x":2}, "u":"\\u0041\\/é😀\\ud83d\\ude00", "":[ ] }';

describe('with equal eras and no prefix', () => {
  test('a modern request arrives as it was sent, its id and white space included', async () => {
    const body = ` {"params":{"arguments":${ARGUMENTS},"name":"echo","_meta":{"progressToken":"\\u0070","io.modelcontextprotocol/clientCapabilities":{ "elicitation":{"form":{}} },"io.modelcontextprotocol/protocolVersion":"2026-07-28"}},"method":"tools/call","id":"\\u0061","jsonrpc":"2.0"} `;
    const answer = await post({
      url: `${rig.origin}/mcp/bare-modern`,
      key: rig.keys.bot,
      headers: modernHeaders('tools/call', 'echo'),
      body,
    });
    expect(answer.status).toBe(200);
    expect(modern.requests.map((request) => request.body.toString())).toEqual([body]);
  });

  test('of what the client can do, only what the server may ask for is declared', async () => {
    const url = `${rig.origin}/mcp/bare-modern`;
    const headers = modernHeaders('tools/call', 'echo');
    const declares = (capabilities: string): string =>
      modernBody('tools/call', `,"name":"echo","arguments":${ARGUMENTS}`).replace(
        '"io.modelcontextprotocol/clientCapabilities":{}',
        `"io.modelcontextprotocol/clientCapabilities":${capabilities}`,
      );
    const body = declares('{"sampling":{"tools":{}},"elicitation":{},"extensions":{"x/y":{}}}');
    await post({ url, key: rig.keys.bot, headers, body });
    expect(modern.requests.map((request) => request.body.toString())).toEqual([
      declares('{"elicitation":{"form":{}}}'),
    ]);
  });

  test('a legacy request arrives as it was sent', async () => {
    const url = `${rig.origin}/mcp/bare-legacy`;
    const session = await initialize(url, rig.keys.bot);
    const body = `{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call","params":{"name":"echo","arguments":${ARGUMENTS},"_meta":{"progressToken":1}}}`;
    const answer = await post({ url, key: rig.keys.bot, headers: { 'mcp-session-id': session }, body });
    expect(answer.body).toBe(
      '{"jsonrpc":"2.0","id":12345678901234567890,"result":{"resultType":"complete","content":[]}}',
    );
    expect(legacy.requests.at(-1)?.body.toString()).toBe(body);
  });
});

describe('behind a prefix and across eras', () => {
  test('only the name differs in a modern request', async () => {
    const sent = modernCall('m_echo', ARGUMENTS);
    await post({ url: `${rig.origin}/mcp/both`, key: rig.keys.bot, ...sent });
    expect(modern.requests[0]?.body.toString()).toBe(String(sent.body).replace('"m_echo"', '"echo"'));
  });

  test('a modern request loses what a legacy server does not know, and keeps its arguments', async () => {
    const body = modernBody('tools/call', `,"name":"l_echo","arguments":${ARGUMENTS}`).replace(
      '"_meta":{',
      '"_meta":{"acme.dev/ticket":7.0,',
    );
    await post({
      url: `${rig.origin}/mcp/both`,
      key: rig.keys.bot,
      headers: modernHeaders('tools/call', 'l_echo'),
      body,
    });
    expect(legacy.requests.at(-1)?.body.toString()).toBe(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"acme.dev/ticket":7.0},"name":"echo","arguments":${ARGUMENTS}}}`,
    );
  });

  test('a legacy request gains what a modern server must be told', async () => {
    const url = `${rig.origin}/mcp/both`;
    const session = await initialize(url, rig.keys.bot);
    const body = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"m_echo","arguments":${ARGUMENTS}}}`;
    const answer = await post({ url, key: rig.keys.bot, headers: { 'mcp-session-id': session }, body });
    expect(modern.requests[0]?.body.toString()).toBe(
      `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"mcpgw","version":"0.1.0"},"io.modelcontextprotocol/clientCapabilities":{}},"name":"echo","arguments":${ARGUMENTS}}}`,
    );
    expect(answer.body).toBe('{"jsonrpc":"2.0","id":7,"result":{"content":[]}}');
  });
});

describe('headers towards the upstream', () => {
  test('are made anew: nothing of the client passes but its trace', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const call = modernCall('echo');
    await post({
      url: `${rig.origin}/mcp/bare-modern`,
      key: rig.keys.bot,
      body: call.body ?? '',
      headers: {
        ...call.headers,
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        baggage: 'k=v',
        'mcp-session-id': 'stolen',
        'x-api-key': 'mine',
        traceparent: trace,
      },
    });
    const headers = Object.fromEntries(modern.requests[0]?.headers ?? []);
    expect(headers).toEqual({
      host: new URL(modern.url).host,
      connection: 'keep-alive',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(String(call.body))),
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      traceparent: trace,
    });
  });
});
