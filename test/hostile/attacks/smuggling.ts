import { connect } from 'node:net';
import { modernCall } from '../../fixtures/mcp-http.ts';
import { refusal, served, type Attack, type Recorded } from '../attack.ts';
import type { Stage } from '../stage.ts';

/** Writes bytes to the proxy and reads what comes back until it closes. Returns the status of each answer. */
function exchange(stage: Stage, bytes: string, leave = false): Promise<readonly number[]> {
  const { port } = new URL(stage.rig.origin);
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(bytes, 'latin1');
      if (leave) setTimeout(() => socket.destroy(), 50);
    });
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const text = Buffer.concat(pieces).toString('latin1');
      resolve([...text.matchAll(/^HTTP\/1\.1 ([0-9]{3}) /gm)].map(([, status]) => Number(status)));
    });
  });
}

const CALL = modernCall('docs_read');
const BODY = String(CALL.body);
const LENGTH = `Content-Length: ${BODY.length}`;
const CHUNKED = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

/** An honest call as it is sent, but for the lines given; `key` is a robot's. */
function request(key: string, lines: readonly string[], body = BODY, first = 'POST /mcp/work HTTP/1.1'): string {
  const usual = [
    first,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    ...Object.entries(CALL.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    ...lines,
  ];
  return `${usual.join('\r\n')}\r\n\r\n${body}`;
}

/** Bytes that are no request, and reach nobody: not even the log, since nothing of them was understood. */
function broken(name: string, make: (key: string) => string, status = 400): Attack {
  return {
    name,
    attempt: (stage) => exchange(stage, make(stage.rig.keys.bot)),
    comesTo: [status],
    recorded: [],
  };
}

/** A request that says something twice: it is one, and is refused. */
function repeated(name: string, line: string | ((stage: Stage) => string)): Attack {
  const recorded: Recorded = { ...refusal(null, 'repeated-header'), principal: null };
  return {
    name,
    attempt: (stage) => {
      const second = typeof line === 'string' ? line : line(stage);
      return exchange(stage, request(stage.rig.keys.bot, [LENGTH, second]));
    },
    comesTo: [400],
    recorded: [recorded],
  };
}

/** A second request, hidden where another reader would see it. */
const HIDDEN = 'POST /mcp/work HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n';

/** Requests that two readers of HTTP would read as different ones. */
export const SMUGGLING: readonly Attack[] = [
  {
    name: 'nothing at all, for comparison: the same call as it should be',
    attempt: (stage) => exchange(stage, request(stage.rig.keys.bot, [LENGTH])),
    comesTo: [200],
    recorded: [served('tools/call')],
    reaches: true,
  },
  broken('a length and chunks', (key) => request(key, [LENGTH, 'Transfer-Encoding: chunked'], CHUNKED)),
  broken('two lengths', (key) => request(key, [LENGTH, 'Content-Length: 0'], BODY + HIDDEN)),
  broken('the same length twice', (key) => request(key, [LENGTH, LENGTH])),
  broken('two lengths in one line', (key) => request(key, [`${LENGTH}, ${BODY.length}`])),
  broken('a length with a sign', (key) => request(key, [`Content-Length: +${BODY.length}`])),
  broken('a length in hexadecimal', (key) => request(key, [`Content-Length: 0x${BODY.length.toString(16)}`])),
  broken('chunks under another name', (key) => request(key, ['Transfer-Encoding: xchunked'], CHUNKED)),
  broken('chunks within something else', (key) => request(key, ['Transfer-Encoding: gzip, chunked'], CHUNKED)),
  broken('chunks announced twice', (key) =>
    request(key, ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], CHUNKED),
  ),
  broken('chunks announced with a blank before the colon', (key) =>
    request(key, ['Transfer-Encoding : chunked', LENGTH]),
  ),
  broken('a line that goes on in the next', (key) => request(key, [LENGTH, 'X-A: b\r\n Content-Length: 0'])),
  broken('lines that end with a line feed alone', (key) =>
    request(key, [LENGTH]).replaceAll('\r\n', '\n').replace('\n\n', '\r\n\r\n'),
  ),
  broken('a line end within a value', (key) => request(key, [LENGTH, 'X-A: b\nTransfer-Encoding: chunked'])),
  broken('a NUL within a value', (key) => request(key, [LENGTH, 'X-A: b\0c'])),
  broken('a name with a line end', (key) => request(key, [LENGTH, 'X-A\r: b'])),
  broken('a line without a colon', (key) => request(key, [LENGTH, 'X-A'])),
  broken('two hosts', (key) => request(key, [LENGTH, 'Host: evil.example'])),
  broken('a whole URL as the target', (key) =>
    request(key, [LENGTH], BODY, 'POST http://evil.example/mcp/work HTTP/1.1'),
  ),
  broken('a tunnel', (key) => request(key, [LENGTH], BODY, 'CONNECT 127.0.0.1:9090 HTTP/1.1')),
  broken('a path with a line end', (key) => request(key, [LENGTH], BODY, 'POST /mcp/work\r/x HTTP/1.1')),
  broken('a version of long ago', (key) => request(key, [LENGTH], BODY, 'POST /mcp/work HTTP/1.0'), 505),
  broken('a version to come', (key) => request(key, [LENGTH], BODY, 'POST /mcp/work HTTP/3.0'), 505),
  broken('a head without end', (key) => request(key, [LENGTH, `X-A: ${'a'.repeat(100_000)}`]), 431),
  broken('lines without end', (key) => request(key, [LENGTH, ...Array.from({ length: 500 }, (_, at) => `X-${at}: a`)])),
  repeated('two credentials', ({ rig }) => `Authorization: Bearer ${rig.keys.other}`),
  repeated('two credentials, the name in other letters', ({ rig }) => `AUTHORIZATION: Bearer ${rig.keys.other}`),
  repeated('two methods', 'Mcp-Method: tools/list'),
  repeated('two names', 'Mcp-Name: docs_remove'),
  repeated('two versions', 'MCP-Protocol-Version: 2025-11-25'),
  repeated('two parameters of one name', 'Mcp-Param-Page: a\r\nMcp-Param-Page: b'),
  repeated('two sessions', ({ standing }) => `Mcp-Session-Id: ${standing.bot}\r\nMcp-Session-Id: ${standing.other}`),
  repeated('two kinds of content', 'Content-Type: text/plain'),
  repeated('two origins', 'Origin: http://127.0.0.1\r\nOrigin: https://evil.example'),
  {
    name: 'a client that leaves in the middle of a body',
    attempt: (stage) => exchange(stage, request(stage.rig.keys.bot, ['Content-Length: 1000000']), true),
    comesTo: [],
    recorded: [{ error: 'body-incomplete', decision: 'deny' }],
  },
  {
    name: 'chunks that lie about their length',
    attempt: (stage) =>
      exchange(stage, request(stage.rig.keys.bot, ['Transfer-Encoding: chunked'], `5\r\n${BODY}\r\n0\r\n\r\n`)),
    comesTo: [400],
    recorded: [{ error: 'body-incomplete', decision: 'deny' }],
  },
  {
    name: 'fields behind the chunks, to replace those before them',
    attempt: (stage) => {
      const body = CHUNKED.replace('0\r\n\r\n', '0\r\nMcp-Name: docs_remove\r\n\r\n');
      return exchange(stage, request(stage.rig.keys.bot, ['Transfer-Encoding: chunked'], body));
    },
    comesTo: [400],
    recorded: [{ error: 'body-incomplete', decision: 'deny' }],
  },
  {
    name: 'a request behind one that is the last',
    attempt: (stage) => exchange(stage, request(stage.rig.keys.bot, [LENGTH], BODY + HIDDEN)),
    comesTo: [200],
    recorded: [served('tools/call')],
    reaches: true,
  },
];
