import { createServer, type IncomingMessage } from 'node:http';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type AuthInfo, type McpServerFactory } from '@modelcontextprotocol/server';

export interface DemoServer {
  /** Called once per request: the SDK wants a fresh instance each time. */
  readonly factory: McpServerFactory;
  /** `stateless` also speaks the protocol of 2025; `reject` speaks that of 2026-07-28 only. */
  readonly legacy: 'stateless' | 'reject';
  /** Who a bearer token stands for; null = no such token. Absent = everybody may call. */
  readonly callerOf?: (token: string) => string | null;
}

/**
 * Serves an MCP server at http://127.0.0.1:$PORT/mcp (0 = any free port) and says so on stdout. Ends with its stdin, so
 * that it never outlives whoever started it.
 */
export function serveOnLoopback(server: DemoServer): void {
  const handle = toNodeHandler(createMcpHandler(server.factory, { legacy: server.legacy }));
  const hostIsLocal = localhostHostValidation();
  const originIsLocal = localhostOriginValidation();

  const http = createServer((request, response) => {
    if (!hostIsLocal(request, response) || !originIsLocal(request, response)) return;
    if (request.url !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    const caller = authenticate(server, request);
    if (caller === 'refused') {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
      return;
    }
    const known = { method: request.method ?? '', url: request.url };
    void handle(Object.assign(request, caller === null ? known : { ...known, auth: caller }), response);
  });
  http.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    const address = http.address();
    if (typeof address === 'object' && address !== null) {
      console.log(`listening on http://127.0.0.1:${address.port}/mcp`);
    }
  });
  process.stdin.on('end', () => process.exit(0)).resume();
}

function authenticate(server: DemoServer, request: IncomingMessage): AuthInfo | 'refused' | null {
  if (server.callerOf === undefined) return null;
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const caller = server.callerOf(token);
  return caller === null ? 'refused' : { token, clientId: caller, scopes: [] };
}
