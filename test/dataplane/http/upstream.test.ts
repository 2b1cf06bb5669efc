import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Upstreams, type UpstreamFailure, type UpstreamPatience } from '../../../dataplane/http/upstream.ts';

const servers: Server[] = [];
const upstreams = new Upstreams();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers the first bytes of a connection with these, and closes. */
function listen(answer: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')));
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
}

interface Received {
  status: number;
  type: string | null;
  body: string;
  failure: UpstreamFailure | null;
}

function send(port: number, through = upstreams): Promise<Received> {
  return new Promise((resolve) => {
    const received: Received = { status: 0, type: null, body: '', failure: null };
    through.send(
      {
        method: 'POST',
        url: new URL(`http://127.0.0.1:${port}/mcp?x=1`),
        headers: [['content-type', 'application/json']],
        body: Buffer.from('{}'),
      },
      {
        head: (status, header) => {
          received.status = status;
          received.type = header('content-type');
        },
        data: (piece) => {
          received.body += piece.toString();
        },
        end: () => resolve(received),
        fail: (failure) => resolve({ ...received, failure }),
      },
    );
  });
}

test('an answer arrives as status, headers and body', async () => {
  const port = await listen('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok');
  expect(await send(port)).toEqual({ status: 200, type: 'text/plain', body: 'ok', failure: null });
});

test('a redirect is an answer, not followed', async () => {
  const port = await listen(
    'HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
  );
  expect(await send(port)).toMatchObject({ status: 307, failure: null });
});

const FAILURES: readonly [name: string, answer: string, failure: UpstreamFailure][] = [
  ['a connection closed without an answer', '', 'unreachable'],
  ['bytes that are not HTTP', 'hello\r\n\r\n', 'malformed'],
  ['a body shorter than declared', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort', 'truncated'],
  ['a chunked body that stops', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'truncated'],
  ['headers over the limit', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`, 'malformed'],
];

test.each(FAILURES)('%s is a failure with a reason', async (_name, answer, failure) => {
  expect((await send(await listen(answer))).failure).toBe(failure);
});

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** A server that sends this and then nothing more, or a byte every 20 ms. */
function hang(answer: string, drip: boolean): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer);
      const timer = setInterval(() => (drip ? socket.write('1\r\nx\r\n') : true), 20);
      socket.on('close', () => clearInterval(timer));
    });
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
}

const LONG = { headersMs: 60_000, stallMs: 60_000, callMs: 60_000 };
const WAITS: readonly [name: string, patience: UpstreamPatience, answer: string, drip: boolean][] = [
  ['an answer that does not begin', { ...LONG, headersMs: 100 }, '', false],
  ['an answer that does not go on', { ...LONG, stallMs: 100 }, HEAD, false],
  ['an answer that never ends', { ...LONG, callMs: 100 }, HEAD, true],
];

test.each(WAITS)('%s is waited for so long and no longer', async (_name, patience, answer, drip) => {
  const impatient = new Upstreams(patience);
  expect((await send(await hang(answer, drip), impatient)).failure).toBe('timeout');
  await impatient.close();
});

test('a port where nobody listens is unreachable', async () => {
  const port = await listen('');
  for (const server of servers.splice(0)) server.close();
  expect((await send(port)).failure).toBe('unreachable');
});

test('after an abort nothing more is heard', async () => {
  const port = await listen('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  let heard = 0;
  const count = (): void => {
    heard++;
  };
  const call = upstreams.send(
    { method: 'GET', url: new URL(`http://127.0.0.1:${port}/`), headers: [], body: null },
    { head: count, data: count, end: count, fail: count },
  );
  call.abort();
  await send(await listen('HTTP/1.1 204 No Content\r\n\r\n'));
  expect(heard).toBe(0);
});
