import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  CLIENT_CONNECTIONS_MAX,
  CLIENT_IDLE_MS_MAX,
  DRAIN_MS_MAX,
  REQUEST_HEADER_BYTES_MAX,
  REQUEST_HEADERS_MS_MAX,
  REQUEST_MS_MAX,
} from '../../../dataplane/limits.ts';
import { NodeExchange } from './node-exchange.ts';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import type { HttpServer, ServerOptions } from '../../../dataplane/http/server.ts';

/** Not of those that are compared. */
export { openSocketServer } from '../../../dataplane/http/server.ts';

/** Listening on `node:http`. */
export function openServer(options: ServerOptions, handle: (exchange: Exchange) => void): Promise<HttpServer> {
  let draining = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (draining) response.shouldKeepAlive = false;
    handle(new NodeExchange(request, response));
  };
  const bounds = {
    maxHeaderSize: REQUEST_HEADER_BYTES_MAX,
    headersTimeout: REQUEST_HEADERS_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: CLIENT_IDLE_MS_MAX,
    connectionsCheckingInterval: 1_000,
    insecureHTTPParser: false,
  };
  const server: Server =
    options.tls === null
      ? createPlainServer(bounds, onRequest)
      : createTlsServer({ ...bounds, cert: options.tls.cert, key: options.tls.key }, onRequest);
  server.maxConnections = CLIENT_CONNECTIONS_MAX;

  const close = async (): Promise<void> => {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
    await closed;
    clearTimeout(cut);
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.address.host, port: options.address.port }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve({ port: portOf(server.address()), close });
    });
  });
}

const portOf = (address: AddressInfo | string | null): number =>
  address === null || typeof address === 'string' ? 0 : address.port;
