/**
 * The upstream of the benchmark: a server of both eras that does as little as it can, so that what is measured is what
 * stands in front of it. It reads HTTP only as far as its callers write it. `/modern/json`, `/modern/sse`, `/legacy/json` and
 * `/legacy/sse` answer every `tools/call` with the same 230 bytes. Prints the port it listens on.
 */
import { toolTexts } from './organisation.ts';
import { createServer, type AddressInfo, type Socket } from 'node:net';

const TEXT =
  'The quick brown fox jumps over the lazy dog, and then it sits down to wait for the next request to come along. ';
/** Asked for by whoever looks after changed definitions. */
const TOOLS = `[${toolTexts().join(',')}]`;
const CACHING = '"ttlMs":60000,"cacheScope":"private",';
const HEAD_END = Buffer.from('\r\n\r\n');
const SESSION = 'mcp-session-id: bench\r\n';

/** The first request in `bytes`, if all of it is there. */
function readRequest(bytes: Buffer): { readonly head: string; readonly body: string; readonly end: number } | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = Number(/\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1] ?? 0);
  const start = headEnd + HEAD_END.length;
  if (bytes.length < start + length) return null;
  return { head, body: bytes.toString('latin1', start, start + length), end: start + length };
}

function answer(head: string, body: string): string {
  const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
  if (!head.startsWith('POST ')) return 'HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n';
  const id = /"id":("[^"]*"|[0-9]+)/.exec(body)?.[1];
  if (id === undefined) return 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';
  const isLegacy = path.startsWith('/legacy');
  if (isLegacy && body.includes('"initialize"')) {
    const result =
      '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"1"}}';
    return json(`{"jsonrpc":"2.0","id":${id},"result":${result}}`, SESSION);
  }
  const type = isLegacy ? '' : '"resultType":"complete",';
  const message = body.includes('"tools/call"')
    ? `{"jsonrpc":"2.0","id":${id},"result":{${type}"content":[{"type":"text","text":"${TEXT}"}]}}`
    : body.includes('"tools/list"')
      ? `{"jsonrpc":"2.0","id":${id},"result":{${type}${isLegacy ? '' : CACHING}"tools":${TOOLS}}}`
      : `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`;
  return path.endsWith('/sse') ? stream(message) : json(message, '');
}

function json(message: string, headers: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers}content-length: ${message.length}\r\n\r\n${message}`;
}

function stream(message: string): string {
  const event = `event: message\ndata: ${message}\n\n`;
  const chunk = `${event.length.toString(16)}\r\n${event}\r\n0\r\n\r\n`;
  return `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`;
}

function serve(socket: Socket): void {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => {
    waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
    for (let request = readRequest(waiting); request !== null; request = readRequest(waiting)) {
      waiting = waiting.subarray(request.end);
      socket.write(answer(request.head, request.body), 'latin1');
    }
  });
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
