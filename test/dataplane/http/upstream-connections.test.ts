import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { UPSTREAM_CONNECTIONS_MAX } from '../../../dataplane/limits.ts';
import { answerOf, listen, send, type ScriptedServer } from './scripted-server.ts';

const upstreams = new Upstreams();
const servers: ScriptedServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => upstreams.close());

async function serve(...args: Parameters<typeof listen>): Promise<ScriptedServer> {
  const server = await listen(...args);
  servers.push(server);
  return server;
}

const always = (answer: string): Promise<ScriptedServer> => serve((socket) => void socket.write(answer));

describe('a request', () => {
  test('goes out as it was given', async () => {
    const server = await always(answerOf('ok'));
    const headers = [['content-type', 'application/json'] as const, ['x-a', 'b \xe9'] as const];
    await send(upstreams, server.port, { headers, body: Buffer.from('{"a":"ä"}') }).told;
    expect(server.received).toEqual([
      `POST /mcp?x=1 HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: keep-alive\r\n` +
        'content-type: application/json\r\nx-a: b \xe9\r\ncontent-length: 10\r\n\r\n{"a":"Ã¤"}',
    ]);
  });

  test('without a body has no length', async () => {
    const server = await always(answerOf('ok'));
    await send(upstreams, server.port, { method: 'GET', body: null }).told;
    expect(server.received[0]).toMatch(/^GET \/mcp\?x=1 HTTP\/1\.1\r\n(?!.*content-length)/s);
  });

  const UNSENDABLE: readonly (readonly [name: string, header: readonly [string, string]])[] = [
    ['a value with a line end', ['authorization', 'Bearer a\r\nhost: b']],
    ['a value with a bare LF', ['x-a', 'b\nc']],
    ['a value beyond Latin-1', ['x-a', '\u0100']],
    ['a name with a space', ['x a', 'b']],
    ['an empty name', ['', 'b']],
  ];

  test.each(UNSENDABLE)('with %s is not sent', async (_name, header) => {
    const server = await always(answerOf('ok'));
    expect((await send(upstreams, server.port, { headers: [header] }).told).failure).toBe('malformed');
    expect(server.sockets).toHaveLength(0);
  });
});

describe('a connection', () => {
  test('is used again, for one request at a time', async () => {
    const server = await always(answerOf('ok'));
    for (let calls = 0; calls < 3; calls++) await send(upstreams, server.port).told;
    expect(server.sockets).toHaveLength(1);
    await Promise.all([send(upstreams, server.port).told, send(upstreams, server.port).told]);
    expect(server.sockets).toHaveLength(2);
  });

  const LAST: readonly (readonly [name: string, answer: string])[] = [
    ['says that it closes', answerOf('ok', 'Connection: close\r\n')],
    ['says that it closes among other things', answerOf('ok', 'Connection: x, Close\r\n')],
    ['says that it is open for no time', answerOf('ok', 'Keep-Alive: timeout=1\r\n')],
    ['is of HTTP/1.0', answerOf('ok').replace('1.1', '1.0')],
    ['is followed by what nobody asked for', `${answerOf('ok')}x`],
    ['is followed by an answer that nobody asked for', answerOf('ok') + answerOf('for another')],
    ['has a body that ends with the connection', 'HTTP/1.1 200 OK\r\n\r\nok'],
  ];

  test.each(LAST)('is not used again when its answer %s', async (_name, answer) => {
    const endsWithConnection = !answer.includes('Content-Length');
    const server = await serve((socket) => {
      socket.write(answer);
      if (endsWithConnection) socket.end();
    });
    for (let calls = 0; calls < 2; calls++) {
      expect(await send(upstreams, server.port).told).toMatchObject({ body: 'ok', failure: null });
    }
    expect(server.sockets).toHaveLength(2);
  });

  test('on which the server speaks without being asked is closed before anybody uses it', async () => {
    const server = await always(answerOf('ok'));
    await send(upstreams, server.port).told;
    server.sockets[0]?.write(answerOf('for whoever comes next'));
    await server.firstClosed;
    expect((await send(upstreams, server.port).told).body).toBe('ok');
    expect(server.sockets).toHaveLength(2);
  });

  test('is not used again when the answer came before the request was out', async () => {
    const server = await serve((socket, _piece, connection) => {
      if (connection > 0) socket.write(answerOf('ok'));
      else if (!socket.isPaused()) {
        socket.pause();
        socket.write(answerOf('too large', 'X-A: b\r\n'));
      }
    });
    const body = Buffer.alloc(16_000_000, 'x');
    expect((await send(upstreams, server.port, { body }).told).body).toBe('too large');
    expect((await send(upstreams, server.port).told).body).toBe('ok');
    expect(server.sockets).toHaveLength(2);
  });

  test('is waited for when all are in use, and no transfer is lost', async () => {
    const server = await serve((socket) => void setTimeout(() => socket.write(answerOf('ok')), 5));
    const calls = Array.from({ length: UPSTREAM_CONNECTIONS_MAX + 50 }, () => send(upstreams, server.port));
    // One that gives up while it waits takes nobody's place.
    calls.at(-1)?.call.abort();
    const told = await Promise.all(calls.slice(0, -1).map((sent) => sent.told));
    expect(told.every(({ body }) => body === 'ok')).toBe(true);
    expect(server.sockets).toHaveLength(UPSTREAM_CONNECTIONS_MAX);
    expect(calls.at(-1)?.log).toEqual([]);
  });

  test('that stays open for long takes none from calls', async () => {
    const server = await serve((socket, piece) => {
      if (piece.includes('GET')) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      else socket.write(answerOf('ok'));
    });
    const streams = Array.from({ length: UPSTREAM_CONNECTIONS_MAX + 1 }, () =>
      send(upstreams, server.port, { method: 'GET', body: null, isStream: true }),
    );
    expect((await send(upstreams, server.port).told).body).toBe('ok');
    for (const { call } of streams) call.abort();
  });
});

describe('a connection that the server closed while it was idle', () => {
  /** Closes the first connection when its second request arrives, unanswered. */
  const closesOnSecond = (): Promise<ScriptedServer> => {
    let requests = 0;
    return serve((socket) => {
      requests++;
      if (requests === 2) socket.destroy();
      else socket.write(answerOf('ok'));
    });
  };

  test('costs a POST its answer: nobody knows whether it was acted on, so it is not sent again', async () => {
    const server = await closesOnSecond();
    await send(upstreams, server.port).told;
    expect((await send(upstreams, server.port).told).failure).toBe('unreachable');
    expect(server.received.join('').match(/POST/g)).toHaveLength(2);
  });

  test('costs a GET nothing', async () => {
    const server = await closesOnSecond();
    const get = { method: 'GET', body: null } as const;
    await send(upstreams, server.port, get).told;
    expect((await send(upstreams, server.port, get).told).body).toBe('ok');
    expect(server.sockets).toHaveLength(2);
  });

  test('costs a GET its answer when the next one is closed as well', async () => {
    let requests = 0;
    const server = await serve((socket) => void (++requests === 1 ? socket.write(answerOf('ok')) : socket.destroy()));
    const get = { method: 'GET', body: null } as const;
    await send(upstreams, server.port, get).told;
    expect((await send(upstreams, server.port, get).told).failure).toBe('unreachable');
    expect(server.sockets).toHaveLength(2);
  });

  test('is not used for a request when that is known', async () => {
    const server = await always(answerOf('ok'));
    await send(upstreams, server.port).told;
    server.sockets[0]?.end();
    await delay(50);
    expect((await send(upstreams, server.port).told).body).toBe('ok');
  });
});

describe('a receiver', () => {
  test('that pauses hears nothing until it resumes, and then all of it in order', async () => {
    const chunk = `2\r\nab\r\n`;
    const server = await always(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`);
    const sent = send(upstreams, server.port, {}, () => sent.call.pause());
    for (let pieces = 1; pieces <= 5; pieces++) {
      while (sent.log.length < pieces + 1) await delay(1);
      await delay(5);
      expect(sent.log).toEqual(['head 200 none', ...Array.from({ length: pieces }, () => 'data 2')]);
      sent.call.resume();
    }
    expect((await sent.told).body).toBe('ab'.repeat(5));
  });

  test('that pauses holds the server back', async () => {
    const mebibyte = 'x'.repeat(1_048_576);
    let written = 0;
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * mebibyte.length}\r\n\r\n`);
      const next = (): void => {
        while (written < 64 && socket.write(mebibyte)) written++;
        if (written < 64) socket.once('drain', next);
      };
      next();
    });
    const sent = send(upstreams, server.port, {}, () => sent.call.pause());
    while (sent.log.length < 2) await delay(1);
    await delay(100);
    expect([sent.log.length, written < 32]).toEqual([2, true]);
    sent.call.abort();
  });

  test('that paused hears of the end of a connection once it took what had arrived', async () => {
    const server = await serve((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'));
    const sent = send(upstreams, server.port, {}, () => sent.call.pause());
    while (sent.log.length < 2) await delay(1);
    await delay(20);
    expect(sent.log).toEqual(['head 200 none', 'data 3']);
    sent.call.resume();
    expect((await sent.told).failure).toBe('truncated');
  });

  test('that knows enough leaves a connection that can be used again, if the answer ends', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n');
      setTimeout(() => socket.write('2\r\ncd\r\n0\r\n\r\n'), 20);
    });
    const sent = send(upstreams, server.port, {}, () => sent.call.linger(1_000));
    await delay(100);
    expect(sent.log).toEqual(['head 200 none', 'data 2']);
    const again = send(upstreams, server.port, {}, () => again.call.abort());
    await delay(50);
    expect(server.sockets).toHaveLength(1);
  });

  test('that knows enough does not wait for ever', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n');
    });
    const sent = send(upstreams, server.port, {}, () => sent.call.linger(1));
    await server.firstClosed;
    expect(sent.log).toEqual(['head 200 none', 'data 2']);
  });

  test('that gives up hears nothing more, and its connection is closed', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
    });
    const sent = send(upstreams, server.port, {}, () => sent.call.abort());
    await server.firstClosed;
    expect(sent.log).toEqual(['head 200 none', 'data 2']);
  });
});

test('what is under way ends when all is closed, and nothing begins after that', async () => {
  const closing = new Upstreams();
  const server = await serve(() => undefined);
  const waiting = send(closing, server.port);
  while (server.sockets.length === 0) await delay(1);
  await closing.close();
  expect((await waiting.told).failure).toBe('unreachable');
  expect((await send(closing, server.port).told).failure).toBe('unreachable');
});

test('a look-up says to which addresses of a name connections are made', async () => {
  const server = await always(answerOf('ok'));
  const asked: string[] = [];
  const lookup: LookupFunction = (host, options, done) => {
    asked.push(host);
    if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  };
  const pinned = new Upstreams(undefined, lookup);
  const url = new URL(`http://mcp.example:${server.port}/`);
  expect((await send(pinned, server.port, { url }).told).body).toBe('ok');
  expect(asked).toEqual(['mcp.example']);
  const none = new Upstreams(undefined, (_host, _options, done) => done(new Error('not that one'), ''));
  expect((await send(none, server.port, { url }).told).failure).toBe('unreachable');
  await Promise.all([pinned.close(), none.close()]);
});

test('TLS is verified: a name that the certificate has not, or an issuer that nobody trusts, is unreachable', async () => {
  const file = (name: string): string =>
    readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
  const server = createTlsServer({ cert: file('cert'), key: file('key') }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(answerOf('ok')));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { readonly port: number };
  const lookup: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  };
  const tls = new Upstreams(undefined, lookup);
  const ask = async (host: string): Promise<string | null> =>
    (await send(tls, port, { url: new URL(`https://${host}:${port}/`) }).told).failure;
  const trusted = getCACertificates();
  try {
    expect(await ask('localhost')).toBe('unreachable');
    setDefaultCACertificates([...trusted, file('cert')]);
    expect(await Promise.all([ask('localhost'), ask('127.0.0.1'), ask('mcp.example')])).toEqual([
      null,
      null,
      'unreachable',
    ]);
  } finally {
    setDefaultCACertificates(trusted);
    await tls.close();
    server.close();
  }
});
