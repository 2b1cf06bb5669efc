import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Heard {
  readonly httpMethod: string;
  readonly headers: IncomingMessage['headers'];
  readonly id: number | null;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type Reply = (heard: Heard, response: ServerResponse) => void;

/** A server on loopback that answers as the test says, and what it heard. Ends with the test. */
export async function scriptedServer(reply: Reply): Promise<{ readonly url: URL; readonly heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void hear(request).then((message) => {
      heard.push(message);
      return reply(message, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), heard };
}

async function hear(request: IncomingMessage): Promise<Heard> {
  const body = await text(request);
  const { id = null, method = '', params = {} } = body === '' ? {} : JSON.parse(body);
  return { httpMethod: request.method ?? '', headers: request.headers, id, method, params };
}

export function json(response: ServerResponse, body: string, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

export function result({ id }: Heard, members: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${members}}`;
}

export const DISCOVERED =
  '{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}';

/** A modern server whose `tools/list` is the test's. */
export function modernServer(tools: Reply): Reply {
  return (heard, response) => {
    if (heard.method === 'server/discover') json(response, result(heard, DISCOVERED));
    else tools(heard, response);
  };
}
