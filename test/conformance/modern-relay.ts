import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface ModernRelay {
  readonly url: string;
  close(): Promise<void>;
}

const REFUSAL = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_601, message: 'method not found' } });

/**
 * `catalog sync` asks a modern server whether it speaks a legacy revision, too. To the modern scenarios for clients every
 * `initialize` is a fault of the client, so that one question is answered here, and all others by the suite's server.
 */
export async function openModernRelay(target: string): Promise<ModernRelay> {
  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    if (body.includes('"method":"initialize"')) {
      response.writeHead(404, { 'content-type': 'application/json' }).end(REFUSAL);
      return;
    }
    const headers = Object.entries(request.headers).filter(([name]) => !['host', 'connection'].includes(name));
    const init = { method: request.method ?? 'GET', headers: Object.fromEntries(headers) as Record<string, string> };
    const answer = await fetch(target, body.length === 0 ? init : { ...init, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => void relay(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}${new URL(target).pathname}`, close };
}
