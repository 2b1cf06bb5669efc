import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Exchange, Header } from '../http/exchange.ts';
import { openSocketServer, type HttpServer } from '../http/server.ts';
import { PEER_CONNECT_MS_MAX } from '../limits.ts';

/** The other processes of this proxy. */
export interface Peers {
  /** Whether another process of that id is alive. */
  has(process: string): boolean;
  /**
   * Lets that process answer a request, as it came; `body`: what was read of it already. False: it is gone, and nothing was
   * sent to the client.
   */
  relay(exchange: Exchange, process: string, body: Buffer | null): Promise<boolean>;
  close(): Promise<void>;
}

/** Of a proxy of one process. */
export const NO_PEERS: Peers = {
  has: () => false,
  relay: () => Promise.resolve(false),
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
      return path === null ? Promise.resolve(false) : relay(exchange, path, body);
    },
    close: async () => {
      await rm(own, { force: true });
      await server.close();
    },
  };
}

function relay(exchange: Exchange, socketPath: string, body: Buffer | null): Promise<boolean> {
  return new Promise((resolve) => {
    const { method, path, query, headers } = exchange;
    const target = query === '' ? path : `${path}?${query}`;
    const sent = headers.all().filter(([name]) => !OF_CONNECTION.has(name) && name !== 'content-length');
    if (body !== null) sent.push(['content-length', String(body.length)]);
    const relayed = httpRequest({ socketPath, method, path: target, headers: sent.flat(), agent: false });
    relayed.setTimeout(PEER_CONNECT_MS_MAX, () => relayed.destroy());
    relayed.once('response', (response) => {
      relayed.setTimeout(0);
      resolve(true);
      answer(exchange, relayed, response);
    });
    // A process that died left its socket behind: connecting to it fails before anything was sent.
    relayed.once('error', () => resolve(false));
    exchange.onClose((complete) => {
      if (!complete) relayed.destroy();
    });
    relayed.end(body ?? undefined);
  });
}

function answer(exchange: Exchange, relayed: ClientRequest, response: IncomingMessage): void {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const name = (response.rawHeaders[at] ?? '').toLowerCase();
    if (!OF_CONNECTION.has(name)) headers.push([name, response.rawHeaders[at + 1] ?? '']);
  }
  const status = response.statusCode ?? 502;
  if (headers.some(([name]) => name === 'content-length') || status === 204) {
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.once('end', () => {
      const own = headers.filter(([name]) => name !== 'content-length');
      exchange.answer(status, own, pieces.length === 0 ? null : Buffer.concat(pieces));
    });
    response.once('error', () => exchange.cut());
    return;
  }
  exchange.open(status, headers);
  exchange.onDrain(() => response.resume());
  response.on('data', (piece: Buffer) => {
    if (!exchange.write(piece)) response.pause();
  });
  response.once('end', () => exchange.end());
  response.once('error', () => {
    relayed.destroy();
    exchange.cut();
  });
}
