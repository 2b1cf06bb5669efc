/**
 * The upstream of the benchmark: answers every tools/call with the same 230 bytes, as JSON, and does as little as it can.
 * Prints the port it listens on.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT =
  'The quick brown fox jumps over the lazy dog, and then it sits down to wait for the next request to come along. ';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly id: number };
    const body = `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","content":[{"type":"text","text":"${TEXT}"}]}}`;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
