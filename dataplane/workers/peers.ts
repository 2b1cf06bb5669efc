import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Exchange, Header } from '../http/exchange.ts';
import { openSocketServer, type HttpServer } from '../http/server.ts';
import { PEER_HEAD_MS_MAX } from '../limits.ts';

/**
 * How handing a request over came out. `answered`: the other process had the last word, and recorded it. `gone`: it is not
 * there, and nothing was sent to it or to the client. `lost`: it ended in the middle. What it did by then nobody knows, so
 * the request must not be made again; a client that has the beginning of an answer is cut off.
 */
type Relayed = 'answered' | 'gone' | 'lost';

/** The other processes of this proxy. */
export interface Peers {
  /** Whether another process of that id is alive. */
  has(process: string): boolean;
  /** Lets that process answer a request, as it came; `body`: what was read of it already. Resolves when that is over. */
  relay(exchange: Exchange, process: string, body: Buffer | null): Promise<Relayed>;
  close(): Promise<void>;
}

/** Of a proxy of one process. */
export const NO_PEERS: Peers = {
  has: () => false,
  relay: () => Promise.resolve('gone'),
  close: () => Promise.resolve(),
};

/** What a process calls itself: a UUID, so that it is also a file's name. */
const PROCESS = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Headers of an answer that speak of the connection between the two processes. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date']);

/**
 * Joins the processes that have a socket in `folder`, which only this user may enter. `handle` answers what others hand
 * over.
 */
export async function joinPeers(folder: string, process: string, handle: (exchange: Exchange) => void): Promise<Peers> {
  const own = join(folder, process);
  const server: HttpServer = await openSocketServer(own, handle);
  const pathOf = (other: string): string | null =>
    PROCESS.test(other) && other !== process ? join(folder, other) : null;
  return {
    has: (other) => {
      const path = pathOf(other);
      return path !== null && existsSync(path);
    },
    relay: (exchange, other, body) => {
      const path = pathOf(other);
      return path === null ? Promise.resolve('gone') : relay(exchange, path, body);
    },
    close: async () => {
      await rm(own, { force: true });
      await server.close();
    },
  };
}

function relay(exchange: Exchange, socketPath: string, body: Buffer | null): Promise<Relayed> {
  return new Promise((resolve) => {
    const { method, path, query, headers } = exchange;
    const target = query === '' ? path : `${path}?${query}`;
    const sent = headers.all().filter(([name]) => !OF_CONNECTION.has(name) && name !== 'content-length');
    if (body !== null) sent.push(['content-length', String(body.length)]);
    const relayed = httpRequest({ socketPath, method, path: target, headers: sent.flat(), agent: false });
    let connected = false;
    let clientGone = false;
    const broken = (): void => {
      if (!connected) {
        // A process that was killed left its socket behind.
        void rm(socketPath, { force: true });
        resolve('gone');
      } else resolve(clientGone ? 'answered' : 'lost');
    };
    relayed.once('socket', (socket) => {
      socket.once('connect', () => {
        connected = true;
      });
    });
    relayed.setTimeout(PEER_HEAD_MS_MAX, () => relayed.destroy());
    relayed.on('error', broken);
    relayed.once('response', (response) => {
      relayed.setTimeout(0);
      response.once('error', () => {
        // Too late where the answer was begun; where it was not, whoever handed the request over answers.
        if (!hasLength(response)) exchange.cut();
        broken();
      });
      response.once('end', () => resolve('answered'));
      answer(exchange, response);
    });
    exchange.onClose((complete) => {
      clientGone = !complete;
      if (clientGone) relayed.destroy();
    });
    relayed.end(body ?? undefined);
  });
}

/** Whether the answer comes as one piece, and is kept until it is whole; otherwise it is passed on as it comes. */
const hasLength = ({ headers, statusCode }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || statusCode === 204;

function answer(exchange: Exchange, response: IncomingMessage): void {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const name = (response.rawHeaders[at] ?? '').toLowerCase();
    if (!OF_CONNECTION.has(name) && name !== 'content-length') headers.push([name, response.rawHeaders[at + 1] ?? '']);
  }
  const status = response.statusCode ?? 502;
  if (hasLength(response)) {
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.once('end', () => exchange.answer(status, headers, pieces.length === 0 ? null : pieces));
    return;
  }
  exchange.open(status, headers);
  exchange.onDrain(() => response.resume());
  response.on('data', (piece: Buffer) => {
    if (!exchange.write(piece)) response.pause();
  });
  response.once('end', () => exchange.end());
}
