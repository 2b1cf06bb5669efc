import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientConnection, type Listener } from '../../../dataplane/http/client-connection.ts';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import {
  CLIENT_IDLE_MS_MAX,
  CLIENT_STALL_MS_MAX,
  CLOSE_LINGER_MS_MAX,
  REQUEST_BODY_BYTES_MAX,
  REQUEST_HEADERS_MS_MAX,
  REQUEST_MS_MAX,
  UNREAD_BYTES_MAX,
} from '../../../dataplane/limits.ts';
import { Wire } from './wire.ts';

const wires: Wire[] = [];
afterEach(() => {
  for (const wire of wires.splice(0)) wire.destroy();
});

interface Opened {
  readonly wire: Wire;
  readonly connection: ClientConnection;
  readonly exchanges: Exchange[];
  readonly receive: (...pieces: readonly string[]) => Promise<void>;
  /** What was sent since the last look. */
  readonly sent: () => string;
}

function open(listener: Partial<Listener> = {}, handle: (exchange: Exchange) => void = () => undefined): Opened {
  const wire = new Wire();
  wires.push(wire);
  const exchanges: Exchange[] = [];
  const connection = new ClientConnection(wire as unknown as Socket, {
    nowMs: 0,
    date: 'date: now\r\n',
    isClosing: false,
    handle: (exchange) => {
      exchanges.push(exchange);
      handle(exchange);
    },
    ...listener,
  });
  let seen = 0;
  return {
    wire,
    connection,
    exchanges,
    receive: (...pieces) => wire.receive(pieces.map((piece) => Buffer.from(piece, 'latin1'))),
    sent: () => {
      const news = wire.sent.slice(seen);
      seen = wire.sent.length;
      return news;
    },
  };
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (length: number, body = ''): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`;
const CHUNKED = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

const answerAtOnce = (exchange: Exchange): void => exchange.answer(200, [], null);
const statusOf = (sent: string): string => sent.slice(9, 12);

describe('time', () => {
  test('for a head ends, however slowly it drips', async () => {
    const { connection, wire, receive, sent } = open();
    for (const letter of 'GET / HTTP/1.1') {
      await receive(letter);
      connection.sweep(REQUEST_HEADERS_MS_MAX - 1);
    }
    expect([sent(), wire.destroyed]).toEqual(['', false]);
    connection.sweep(REQUEST_HEADERS_MS_MAX);
    await receive();
    expect(sent()).toMatch(/^HTTP\/1\.1 408 [^]*connection: close/);
    expect(wire.writableEnded).toBe(true);
  });

  test('for a first byte ends without a word', async () => {
    const { connection, wire, receive } = open();
    connection.sweep(REQUEST_HEADERS_MS_MAX);
    await receive();
    expect([wire.sent, wire.destroyed]).toEqual(['', true]);
  });

  test('between two requests ends without a word', async () => {
    const { connection, wire, receive, sent } = open({}, answerAtOnce);
    await receive(GET);
    expect(statusOf(sent())).toBe('200');
    connection.sweep(CLIENT_IDLE_MS_MAX - 1);
    expect(wire.destroyed).toBe(false);
    connection.sweep(CLIENT_IDLE_MS_MAX);
    expect([sent(), wire.destroyed]).toEqual(['', true]);
  });

  test('for the head of a later request is as short as for the first', async () => {
    const { connection, wire, receive, sent } = open({}, answerAtOnce);
    await receive(GET, 'GET /');
    sent();
    connection.sweep(REQUEST_HEADERS_MS_MAX);
    await receive();
    expect([statusOf(sent()), wire.writableEnded]).toEqual(['408', true]);
  });

  test('for a body ends, and whoever waits for it hears of it', async () => {
    const { connection, exchanges, wire, receive, sent } = open();
    await receive(post(10, 'hello'));
    const body = exchanges[0]?.readBody(100);
    connection.sweep(REQUEST_MS_MAX - 1);
    connection.sweep(REQUEST_MS_MAX);
    expect(await body).toEqual({ ok: false, reason: 'body-incomplete', bytes: 5 });
    exchanges[0]?.answer(400, [], null);
    await receive('more!', GET);
    expect(sent()).toMatch(/^HTTP\/1\.1 400 [^]*connection: close/);
    expect([exchanges.length, wire.writableEnded]).toEqual([1, true]);
  });

  test('for a body that nobody asks for ends too', async () => {
    const { connection, exchanges, receive } = open();
    await receive(post(10, 'hello'));
    connection.sweep(REQUEST_MS_MAX);
    expect(await exchanges[0]?.readBody(100)).toEqual({ ok: false, reason: 'body-incomplete', bytes: 5 });
  });

  test('for the rest of a body ends after the answer', async () => {
    const { connection, wire, receive, sent } = open({}, answerAtOnce);
    await receive(post(10, 'hello'));
    expect(statusOf(sent())).toBe('200');
    connection.sweep(REQUEST_MS_MAX);
    expect(wire.destroyed).toBe(true);
  });

  test('of a request that is being answered does not end', async () => {
    const { connection, wire, receive } = open();
    await receive(GET);
    connection.sweep(Number.MAX_SAFE_INTEGER);
    expect(wire.destroyed).toBe(false);
  });

  test('to close ends for a client that does not', async () => {
    const { connection, wire, receive, sent } = open();
    await receive('nonsense\r\n\r\n', 'more of it');
    expect(statusOf(sent())).toBe('400');
    connection.sweep(CLOSE_LINGER_MS_MAX - 1);
    expect(wire.destroyed).toBe(false);
    connection.sweep(CLOSE_LINGER_MS_MAX);
    expect(wire.destroyed).toBe(true);
  });

  test('for a client to take its answer begins when it takes none', async () => {
    const { wire, exchanges, receive } = open();
    const closed: boolean[] = [];
    await receive(GET);
    wire.isStuck = true;
    exchanges[0]?.onClose((complete) => closed.push(complete));
    exchanges[0]?.answer(200, [], 'x');
    await receive();
    expect([wire.timeouts, closed]).toEqual([[CLIENT_STALL_MS_MAX], []]);
    wire.emit('timeout');
    await receive();
    expect([wire.destroyed, closed]).toEqual([true, [false]]);
  });
});

describe('what a client sends ahead', () => {
  test('of a body is not read before somebody asks for it', async () => {
    const { wire, exchanges, receive } = open();
    const piece = 'x'.repeat(UNREAD_BYTES_MAX);
    await receive(post(3 * UNREAD_BYTES_MAX), piece);
    expect(wire.isPaused()).toBe(true);
    const body = exchanges[0]?.readBody(REQUEST_BODY_BYTES_MAX);
    expect(wire.isPaused()).toBe(false);
    await receive(piece, piece);
    expect(await body).toMatchObject({ ok: true, body: { length: 3 * UNREAD_BYTES_MAX } });
  });

  test('of requests waits, is answered in order, and stops being read', async () => {
    const { wire, exchanges, receive, sent } = open();
    await receive(GET.repeat(3));
    expect(exchanges).toHaveLength(1);
    await receive(GET.repeat(Math.ceil(UNREAD_BYTES_MAX / GET.length)));
    expect(wire.isPaused()).toBe(true);
    exchanges[0]?.answer(201, [], null);
    await receive();
    expect([exchanges.length, statusOf(sent())]).toEqual([2, '201']);
    exchanges[1]?.answer(202, [], null);
    await receive();
    expect([exchanges.length, statusOf(sent())]).toEqual([3, '202']);
  });
});

describe('an answer', () => {
  test('that does not wait for a small rest of the body leaves the connection usable', async () => {
    const { exchanges, receive, sent } = open({}, answerAtOnce);
    await receive(post(10, 'hello'));
    expect(sent()).toMatch(/connection: keep-alive/);
    await receive(`world${GET}`);
    expect([exchanges.length, statusOf(sent())]).toEqual([2, '200']);
  });

  const COSTLY: readonly (readonly [name: string, request: string])[] = [
    ['a large rest', post(REQUEST_BODY_BYTES_MAX + 1)],
    ['a body that waits to be asked for', post(5).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')],
  ];

  test.each(COSTLY)('that does not wait for %s ends the connection', async (_name, request) => {
    const { wire, receive, sent } = open({}, answerAtOnce);
    await receive(request);
    expect(sent()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/);
    expect(wire.writableEnded).toBe(true);
  });

  test('is not followed by a body without end', async () => {
    const { wire, receive, sent } = open({}, answerAtOnce);
    await receive(CHUNKED);
    expect(sent()).toMatch(/connection: keep-alive/);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    for (let sentBytes = 0; sentBytes <= REQUEST_BODY_BYTES_MAX; sentBytes += 65_536) await receive(chunk);
    expect(wire.destroyed).toBe(true);
  });

  test('to HEAD has the length of the content and not the content', async () => {
    const { exchanges, receive, sent } = open();
    await receive(GET.replace('GET', 'HEAD'));
    exchanges[0]?.answer(200, [], 'hello');
    await receive();
    expect(sent()).toMatch(/content-length: 5\r\n\r\n$/);
  });

  test('with no content by its status has no length', async () => {
    const { exchanges, receive, sent } = open();
    await receive(GET);
    exchanges[0]?.answer(204, [], null);
    await receive();
    expect(sent()).not.toMatch(/content-length|transfer-encoding/);
  });

  test('of several pieces has the length of all', async () => {
    const { exchanges, receive, sent } = open();
    await receive(GET);
    exchanges[0]?.answer(200, [], [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c'.repeat(10_000))]);
    await receive();
    expect(sent()).toMatch(/content-length: 10002\r\n\r\nabc+$/);
  });

  const UNSENDABLE: readonly (readonly [name: string, header: readonly [string, string]])[] = [
    ['a value with a line end', ['x-a', 'b\r\nx-c: d']],
    ['a value with a bare CR', ['x-a', 'b\rc']],
    ['a value with NUL', ['x-a', '\0']],
    ['a value beyond Latin-1', ['x-a', '\u2028']],
    ['a name with a colon', ['x-a: b\r\nx-c', 'd']],
    ['an empty name', ['', 'd']],
  ];

  test.each(UNSENDABLE)('with %s is a mistake of ours, and not sent', async (_name, header) => {
    const { exchanges, receive, sent } = open();
    await receive(GET);
    expect(() => exchanges[0]?.answer(200, [header], null)).toThrow('of our own making');
    await receive();
    expect(sent()).toBe('');
    exchanges[0]?.answer(500, [], null);
    await receive();
    expect(statusOf(sent())).toBe('500');
  });

  test('that was begun is not begun again', async () => {
    const { exchanges, receive, sent } = open();
    await receive(GET);
    exchanges[0]?.open(200, []);
    exchanges[0]?.answer(500, [], 'x');
    exchanges[0]?.open(500, []);
    exchanges[0]?.end();
    exchanges[0]?.write('y');
    await receive();
    expect(sent()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n0\r\n\r\n$/);
  });

  test('in a stream that is complete at once leaves in one piece', async () => {
    const { wire, exchanges, receive } = open();
    await receive(GET);
    exchanges[0]?.open(200, []);
    exchanges[0]?.write('one');
    exchanges[0]?.write('');
    exchanges[0]?.write(Buffer.from('größer'));
    exchanges[0]?.end();
    await receive();
    expect(wire.writes).toBe(1);
    const content = Buffer.from(wire.sent, 'latin1').toString();
    expect(content).toMatch(/transfer-encoding: chunked\r\n\r\n3\r\none\r\n8\r\ngrößer\r\n0\r\n\r\n$/);
  });

  test('in a stream says when to wait, and when to go on', async () => {
    const { wire, exchanges, receive } = open();
    await receive(GET);
    let drained = 0;
    exchanges[0]?.onDrain(() => drained++);
    exchanges[0]?.open(200, []);
    wire.isStuck = true;
    const piece = 'x'.repeat(wire.writableHighWaterMark / 2);
    expect([exchanges[0]?.write(piece), exchanges[0]?.write(piece)]).toEqual([true, false]);
    await receive();
    expect(drained).toBe(0);
    wire.release();
    await receive();
    expect(drained).toBe(1);
    expect(exchanges[0]?.write('more')).toBe(true);
  });

  test('is over once, whether the client saw all of it or not', async () => {
    const { wire, exchanges, receive } = open();
    const closed: boolean[] = [];
    await receive(GET);
    exchanges[0]?.onClose((complete) => closed.push(complete));
    exchanges[0]?.answer(200, [], null);
    await receive();
    wire.destroy();
    await receive();
    expect(closed).toEqual([true]);
  });

  test('after the client left is not sent, and nobody waits for its body', async () => {
    const { wire, exchanges, receive, sent } = open();
    const closed: boolean[] = [];
    await receive(post(10, 'hello'));
    const body = exchanges[0]?.readBody(100);
    exchanges[0]?.onClose((complete) => closed.push(complete));
    wire.destroy();
    await receive();
    expect(await body).toMatchObject({ ok: false, reason: 'body-incomplete' });
    exchanges[0]?.answer(200, [], 'x');
    await receive();
    expect([closed, sent()]).toEqual([[false], '']);
  });

  test('of a listener that closes is the last of its connection', async () => {
    const { wire, receive, sent } = open({ isClosing: true }, answerAtOnce);
    await receive(GET + GET);
    expect(sent().match(/connection: close/g)).toHaveLength(1);
    expect(wire.writableEnded).toBe(true);
  });
});

describe('a client that waits to be told to go on', () => {
  const waiting = post(5).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');

  test('is told when its body is asked for', async () => {
    const { exchanges, receive, sent } = open();
    await receive(waiting);
    expect(sent()).toBe('');
    const body = exchanges[0]?.readBody(100);
    await receive();
    expect(sent()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    await receive('hello');
    expect(await body).toMatchObject({ ok: true });
    exchanges[0]?.answer(200, [], null);
    await receive();
    expect(sent()).toMatch(/^HTTP\/1\.1 200 [^]*connection: keep-alive/);
  });

  test('is not told when its body is too large', async () => {
    const { exchanges, receive, sent } = open();
    await receive(waiting);
    expect(await exchanges[0]?.readBody(4)).toEqual({ ok: false, reason: 'body-too-large', bytes: 5 });
    exchanges[0]?.answer(413, [], null);
    await receive();
    expect(sent()).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/);
  });
});
