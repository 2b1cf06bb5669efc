import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  Upstreams,
  type UpstreamCall,
  type UpstreamFailure,
  type UpstreamRequest,
} from '../../../dataplane/http/upstream.ts';

/** A server whose answers are bytes that a test writes. */
export interface ScriptedServer {
  readonly port: number;
  /** The connections so far. */
  readonly sockets: readonly Socket[];
  /** All that arrived, by connection. */
  readonly received: readonly string[];
  /** Once the first connection, which may be yet to come, is closed. */
  readonly firstClosed: Promise<void>;
  close(): void;
}

/** `answer` is told of each piece that arrives, and of the connection's number. */
export function listen(answer: (socket: Socket, piece: Buffer, connection: number) => void): Promise<ScriptedServer> {
  const sockets: Socket[] = [];
  const received: string[] = [];
  let onFirstClosed: () => void = () => undefined;
  const firstClosed = new Promise<void>((resolve) => {
    onFirstClosed = resolve;
  });
  const server: Server = createServer((socket) => {
    const connection = sockets.push(socket) - 1;
    received.push('');
    if (connection === 0) socket.on('close', onFirstClosed);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      received[connection] += piece.toString('latin1');
      answer(socket, piece, connection);
    });
  });
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ port: (server.address() as AddressInfo).port, sockets, received, firstClosed, close });
    });
  });
}

/** What a receiver was told, in one line each. */
export interface Told {
  readonly log: readonly string[];
  readonly status: number;
  readonly body: string;
  readonly failure: UpstreamFailure | null;
}

export interface Sent {
  readonly call: UpstreamCall;
  /** Once the answer ended or failed. */
  readonly told: Promise<Told>;
  /** So far. */
  readonly log: string[];
}

/** Sends a request and writes down what its receiver is told. */
export function send(
  upstreams: Upstreams,
  port: number,
  request: Partial<UpstreamRequest> = {},
  onData: (piece: Buffer) => void = () => undefined,
): Sent {
  const log: string[] = [];
  let status = 0;
  let body = '';
  let settle: (told: Told) => void = () => undefined;
  const told = new Promise<Told>((resolve) => {
    settle = resolve;
  });
  const call = upstreams.send(
    {
      method: 'POST',
      url: new URL(`http://127.0.0.1:${port}/mcp?x=1`),
      headers: [],
      body: Buffer.from('{}'),
      ...request,
    },
    {
      head: (arrived, header) => {
        status = arrived;
        log.push(`head ${arrived} ${header('content-type') ?? 'none'}`);
      },
      data: (piece) => {
        body += piece.toString('latin1');
        log.push(`data ${piece.length}`);
        onData(piece);
      },
      end: () => {
        log.push('end');
        settle({ log, status, body, failure: null });
      },
      fail: (failure) => {
        log.push(`fail ${failure}`);
        settle({ log, status, body, failure });
      },
    },
  );
  return { call, told, log };
}

export const answerOf = (body: string, fields = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
