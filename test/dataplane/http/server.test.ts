import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import { openServer, type HttpServer } from '../../../dataplane/http/server.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(handle: (exchange: Exchange) => void): Promise<number> {
  const server = await openServer({ address: { host: '127.0.0.1', port: 0 }, tls: null }, handle);
  open.push(server);
  return server.port;
}

async function readAndAnswer(exchange: Exchange, status: number): Promise<void> {
  const result = await exchange.readBody(100);
  exchange.answer(status, [], result.ok ? result.body : result.reason);
}

/** Sends bytes as they are and returns all that comes back until the other end closes, or a whole answer arrived. */
function exchangeBytes(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

test('a body is read whole, whatever its pieces', async () => {
  const port = await serve((exchange) => {
    void readAndAnswer(exchange, 200);
  });
  const answer = await exchangeBytes(
    port,
    'POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  expect(answer.endsWith('\r\n\r\nabcde')).toBe(true);
});

const TOO_LARGE: readonly [name: string, request: string][] = [
  ['declared', 'Content-Length: 101\r\n\r\n'],
  [
    'sent in pieces',
    `Transfer-Encoding: chunked\r\n\r\n${'50\r\n'.padEnd(84, 'x')}\r\n${'50\r\n'.padEnd(84, 'x')}\r\n0\r\n\r\n`,
  ],
];

test.each(TOO_LARGE)(
  'a body over the limit, %s, is refused and the connection is not used again',
  async (_name, rest) => {
    const port = await serve((exchange) => {
      void readAndAnswer(exchange, 413);
    });
    const answer = await exchangeBytes(port, `POST / HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer.endsWith('body-too-large')).toBe(true);
  },
);

test('an answer that does not wait for the body leaves the connection usable', async () => {
  const port = await serve((exchange) => exchange.answer(401, [], null));
  const one = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
  const answer = await exchangeBytes(port, `${one}${one.replace('Host: x', 'Host: x\r\nConnection: close')}`);
  expect(answer.match(/HTTP\/1.1 401/g)).toHaveLength(2);
});

describe('headers', () => {
  const REPEATED: readonly [name: string, lines: string, repeated: string | null][] = [
    ['different ones', 'Accept: a\r\nOrigin: b', null],
    ['a list in two lines', 'Accept: a\r\nAccept: b', null],
    ['two of the version', 'MCP-Protocol-Version: 1\r\nmcp-protocol-version: 1', 'mcp-protocol-version'],
    ['two of a parameter', 'Mcp-Param-Region: a\r\nMcp-Param-Region: b', 'mcp-param-region'],
    ['two credentials', 'Authorization: Bearer a\r\nAuthorization: Bearer b', 'authorization'],
  ];

  test.each(REPEATED)('%s', async (_name, lines, repeated) => {
    const port = await serve((exchange) => exchange.answer(200, [], exchange.headers.repeated ?? 'none'));
    const answer = await exchangeBytes(port, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n\r\n`);
    expect(answer.split('\r\n\r\n')[1]).toBe(repeated ?? 'none');
  });

  test('beyond the limit are refused before any handler', async () => {
    let handled = 0;
    const port = await serve((exchange) => {
      handled++;
      exchange.answer(200, [], null);
    });
    const answer = await exchangeBytes(port, `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(handled).toBe(0);
  });
});

test('a streamed answer reaches the client piece by piece', async () => {
  let next = (): void => undefined;
  const port = await serve((exchange) => {
    exchange.open(200, [['content-type', 'text/event-stream']]);
    exchange.write('one');
    next = () => {
      exchange.write('two');
      exchange.end();
    };
  });
  const pieces: string[] = [];
  await new Promise<void>((resolve, reject) => {
    request({ port, host: '127.0.0.1' }, (response) => {
      response.on('data', (piece: Buffer) => {
        pieces.push(piece.toString());
        if (pieces.length === 1) next();
      });
      response.on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
  expect(pieces).toEqual(['one', 'two']);
});

test('a client that goes away is noticed once, as incomplete', async () => {
  const closed: boolean[] = [];
  let seen = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const port = await serve((exchange) => {
    exchange.onClose((complete) => {
      closed.push(complete);
      seen();
    });
    exchange.open(200, []);
    exchange.write('x');
  });
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  socket.once('data', () => socket.destroy());
  await gone;
  expect(closed).toEqual([false]);
});

test('closing waits for the answer under way', async () => {
  let finish = (): void => undefined;
  let arrived = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = await openServer({ address: { host: '127.0.0.1', port: 0 }, tls: null }, (exchange) => {
    finish = () => exchange.answer(200, [], 'done');
    arrived();
  });
  const answer = exchangeBytes(server.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await started;
  const closing = server.close();
  finish();
  await closing;
  expect((await answer).endsWith('done')).toBe(true);
});
