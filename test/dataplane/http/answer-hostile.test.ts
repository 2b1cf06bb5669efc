import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { answerOf, listen, send, type ScriptedServer, type Told } from './scripted-server.ts';
import { cutAt } from './wire.ts';

const upstreams = new Upstreams();
const servers: ScriptedServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => upstreams.close());

/** What is made of an answer that arrives in these pieces, after which the server closes or says nothing more. */
async function readAnswer(pieces: readonly Buffer[], closes = true, method: 'POST' | 'GET' = 'POST'): Promise<Told> {
  const server = await listen((socket) => {
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        if (pieces.length > 1) await delay(1);
      }
      if (closes) socket.end();
    })();
  });
  servers.push(server);
  return send(upstreams, server.port, { method, body: method === 'POST' ? Buffer.from('{}') : null }).told;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const LATER = answerOf('for somebody else');

/** The head is refused, or the body where it goes wrong. What follows never becomes an answer. */
const MALFORMED: readonly (readonly [name: string, answer: string])[] = [
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
  ['HTTP/0.9', '<html>\r\n\r\n'],
  ['a version in lower case', 'http/1.1 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['a status of 600', 'HTTP/1.1 600 OK\r\n\r\n'],
  ['a status with a sign', 'HTTP/1.1 +200 OK\r\n\r\n'],
  ['two spaces before the status', 'HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['NUL in the reason', 'HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n'],
  ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['one line that ends in LF', `${OK}A: b\nContent-Length: 0\r\n\r\n`],
  ['a CR within a value', `${OK}A: b\rc\r\nContent-Length: 0\r\n\r\n`],
  ['a folded line', `${OK}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  ['a space before a colon', `${OK}Content-Length : 0\r\n\r\n`],
  ['a field without a name', `${OK}: b\r\nContent-Length: 0\r\n\r\n`],
  ['a field without a colon', `${OK}A\r\nContent-Length: 0\r\n\r\n`],
  ['NUL in a value', `${OK}A: \0\r\nContent-Length: 0\r\n\r\n`],
  ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`],
  ['the same length twice', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab`],
  ['two lengths in one line', `${OK}Content-Length: 2, 2\r\n\r\nab`],
  ['a length with a sign', `${OK}Content-Length: +2\r\n\r\nab`],
  ['a length below zero', `${OK}Content-Length: -2\r\n\r\nab`],
  ['an empty length', `${OK}Content-Length:\r\n\r\n`],
  ['a length past what a number can count', `${OK}Content-Length: 99999999999999999999\r\n\r\nab`],
  ['a length and chunks', `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`],
  ['chunks twice', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['compressed chunks', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['another coding', `${OK}Transfer-Encoding: identity\r\n\r\nab`],
  ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ['more interim answers than anybody sends', `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(9)}${LATER}`],
  ['more fields than anybody sends', `${OK}${'A: b\r\n'.repeat(256)}Content-Length: 0\r\n\r\n`],
  ['a head past its bound', `${OK}A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['a head past its bound that does not end', `${OK}A: ${'a'.repeat(40_000)}`],
  ['a chunk whose size is no number', `${CHUNKED}g\r\n\r\n`],
  ['a chunk whose size has a sign', `${CHUNKED}+2\r\nab\r\n0\r\n\r\n`],
  ['a chunk whose size has a prefix', `${CHUNKED}0x2\r\nab\r\n0\r\n\r\n`],
  ['a chunk without a size', `${CHUNKED}\r\nab\r\n0\r\n\r\n`],
  ['a chunk of a size that ends in LF', `${CHUNKED}2\nab\r\n0\r\n\r\n`],
  ['a chunk longer than its size', `${CHUNKED}2\r\nabc\r\n0\r\n\r\n`],
  ['a chunk of more than any number', `${CHUNKED}fffffffff\r\nab`],
  ['a chunk with an extension without end', `${CHUNKED}2;${'a'.repeat(2_000)}`],
  ['a chunk with NUL in its extension', `${CHUNKED}2;a\0\r\nab\r\n0\r\n\r\n`],
  ['trailers without end', `${CHUNKED}0\r\n${'A: b\r\n'.repeat(5_000)}`],
  ['a trailer with NUL', `${CHUNKED}0\r\nA: \0\r\n\r\n`],
];

test.each(MALFORMED)('%s is malformed', async (_name, answer) => {
  const { failure, body } = await readAnswer([Buffer.from(`${answer}${LATER}`, 'latin1')], false);
  expect(failure).toBe('malformed');
  expect(body).not.toContain('for somebody else');
});

const READ: readonly (readonly [name: string, answer: string, status: number, body: string])[] = [
  ['a reason that is missing', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab', 200, 'ab'],
  ['a reason that is empty', 'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nab', 200, 'ab'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab', 200, 'ab'],
  ['a body that ends with the connection', `${OK}Content-Type: x\r\n\r\nabc`, 200, 'abc'],
  ['a body of HTTP/1.0 that ends with the connection', 'HTTP/1.0 200 OK\r\n\r\nabc', 200, 'abc'],
  ['chunks', `${CHUNKED}2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n`, 200, 'ab0123456789'],
  ['chunks with extensions and trailers', `${CHUNKED}2;a="b c"\r\nab\r\n0;x\r\nA: b\r\nC: d\r\n\r\n`, 200, 'ab'],
  ['a coding in capitals', `${OK}transfer-encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`, 200, 'ab'],
  ['an interim answer before', `HTTP/1.1 100 Continue\r\n\r\n${answerOf('ab')}`, 200, 'ab'],
  ['no content', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 204, ''],
  ['nothing new', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 304, ''],
  [
    'a redirect, which is not followed',
    'HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
    307,
    '',
  ],
  ['an answer with another behind it', `${answerOf('ab')}${LATER}`, 200, 'ab'],
];

test.each(READ)('%s is read', async (_name, answer, status, body) => {
  expect(await readAnswer([Buffer.from(answer, 'latin1')])).toMatchObject({ status, body, failure: null });
});

const CUT: readonly (readonly [name: string, answer: string, failure: string])[] = [
  ['before it begins', '', 'unreachable'],
  ['within its first line', 'HTTP/1.', 'truncated'],
  ['within its head', `${OK}Content-Le`, 'truncated'],
  ['before its body', `${OK}Content-Length: 5\r\n\r\n`, 'truncated'],
  ['within its body', `${OK}Content-Length: 5\r\n\r\nab`, 'truncated'],
  ['within a size', `${CHUNKED}2`, 'truncated'],
  ['within a chunk', `${CHUNKED}5\r\nab`, 'truncated'],
  ['between chunks', `${CHUNKED}2\r\nab\r\n`, 'truncated'],
  ['before the end of its trailers', `${CHUNKED}2\r\nab\r\n0\r\n`, 'truncated'],
  ['after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'unreachable'],
];

test.each(CUT)('an answer cut off %s is a failure', async (_name, answer, failure) => {
  expect((await readAnswer([Buffer.from(answer, 'latin1')])).failure).toBe(failure);
});

test('an answer means the same however it is cut into pieces', async () => {
  const whole = fc.constantFrom(...[...READ, ...CUT].map(([, answer]) => Buffer.from(answer, 'latin1')));
  await fc.assert(
    fc.asyncProperty(whole, fc.array(fc.nat(), { maxLength: 4 }), async (bytes, offsets) => {
      const { status, body, failure } = await readAnswer([bytes]);
      expect(await readAnswer(cutAt(bytes, offsets))).toMatchObject({ status, body, failure });
    }),
    { numRuns: 150 },
  );
});
