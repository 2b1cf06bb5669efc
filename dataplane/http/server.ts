import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Address } from '../config/address.ts';
import { CLIENT_CONNECTIONS_MAX, DRAIN_MS_MAX, REQUEST_HEADERS_MS_MAX } from '../limits.ts';
import { ClientConnection, type Listener } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import { Sweeper } from './sweeper.ts';

export interface ServerOptions {
  readonly address: Address;
  /** PEM; null = plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

export interface HttpServer {
  /** The port listened on, when `address` asked for any. */
  readonly port: number;
  /** Stops accepting, lets requests under way end within `DRAIN_MS_MAX`, then cuts what is left. */
  close(): Promise<void>;
}

/**
 * Listens, and hands each request to `handle`, which must not throw. What is no request, slow or oversized ends here: it is
 * answered with 400, 408 or 431, its connection is closed, and it reaches no handler.
 */
export function openServer(options: ServerOptions, handle: (exchange: Exchange) => void): Promise<HttpServer> {
  const { host, port } = options.address;
  return listen(options, { host, port }, handle);
}

/** As `openServer`, on a socket of the file system, which nobody but this process listens on. */
export function openSocketServer(path: string, handle: (exchange: Exchange) => void): Promise<HttpServer> {
  return listen({ tls: null }, { path, exclusive: true }, handle);
}

async function listen(
  options: Pick<ServerOptions, 'tls'>,
  place: ListenOptions,
  handle: (exchange: Exchange) => void,
): Promise<HttpServer> {
  const listener = new Connections(handle);
  const server = createListener(options, (socket) => listener.accept(socket));
  server.maxConnections = CLIENT_CONNECTIONS_MAX;
  server.on('connection', (socket) => listener.track(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
  return { port: portOf(server.address()), close: () => listener.close(server) };
}

function createListener({ tls }: Pick<ServerOptions, 'tls'>, accept: (socket: Socket) => void): Server {
  if (tls === null) return createServer({ noDelay: true }, accept);
  const { cert, key } = tls;
  return createTlsServer(
    { cert, key, noDelay: true, ALPNProtocols: ['http/1.1'], handshakeTimeout: REQUEST_HEADERS_MS_MAX },
    accept,
  );
}

/** The connections of one listener, and the clock that ends those whose time is up. */
class Connections implements Listener {
  readonly handle: (exchange: Exchange) => void;
  date = dateLine();
  isClosing = false;
  readonly #connections = new Set<ClientConnection>();
  /** Of every connection, its TLS handshake included. */
  readonly #sockets = new Set<Socket>();
  readonly #sweeper: Sweeper;

  constructor(handle: (exchange: Exchange) => void) {
    this.handle = handle;
    this.#sweeper = new Sweeper((passedMs) => {
      this.date = dateLine();
      for (const connection of this.#connections) connection.sweep(passedMs);
    });
  }

  get nowMs(): number {
    return this.#sweeper.nowMs;
  }

  track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  accept(socket: Socket): void {
    if (this.isClosing) {
      socket.destroy();
      return;
    }
    const connection = new ClientConnection(socket, this);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }

  async close(server: Server): Promise<void> {
    this.isClosing = true;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.endWhenIdle();
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, DRAIN_MS_MAX);
    await closed;
    clearTimeout(cut);
    // The listener is told that all are gone before each of them is: exchanges must hear why they end, or they blame the server.
    while (this.#connections.size > 0) await new Promise((resolve) => setImmediate(resolve));
    this.#sweeper.stop();
  }
}

const dateLine = (): string => `date: ${new Date().toUTCString()}\r\n`;

const portOf = (address: AddressInfo | string | null): number =>
  address === null || typeof address === 'string' ? 0 : address.port;
