import { createServer } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAt, FIELDS, readPieces, Wire, type Reading, type Seen } from './wire.ts';

/** Ways to write what a reader could take for a line end, a length, a coding; the first is the right one. */
const LINE_ENDS = ['\r\n', '\n', '\r', '\r\r\n', '\r\n ', '\n\r\n'];
const LENGTHS = ['', '0', '5', '05', '5 ', '+5', '5,5', '0x5', '5\t', ' 5', '6', '4', '-0', '5_0', '1e1', '\xa05'];
const CODINGS = ['chunked', 'Chunked', 'chunked ', ' chunked', 'chunked,', 'identity', 'xchunked', 'chunked, chunked'];
const NAMES = ['Content-Length', 'Transfer-Encoding', 'content-length', 'Content-Length ', 'Transfer-Encoding\t'];
const SIZES = ['5', '05', '5 ', '5;a=b', '0x5', '+5', '5\t', '05;', '4', '6', 'a', '\n5', '5\r'];
const BODIES = [
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '',
  'hello0\r\n\r\n',
  '5\r\nhello\r\n0\r\nX-One: b\r\n\r\n',
];

/** Mostly the first of them, so that most requests are good in most places. */
const mostly = <T>(values: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(values[0] as T) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );

const lineEnd = mostly(LINE_ENDS);
const plainField = fc
  .tuple(
    mostly(['X-One', 'X-Two', 'Accept', 'x-one']),
    mostly([': ', ':', ' :', ':\t']),
    mostly(['a', 'b c', '', '\xe9', '\0']),
  )
  .map((parts) => parts.join(''));
const lengthField = fc.tuple(mostly(NAMES), fc.constantFrom(...LENGTHS)).map(([name, value]) => `${name}: ${value}`);
const codingField = fc.constantFrom(...CODINGS).map((value) => `Transfer-Encoding: ${value}`);
const otherField = fc.constantFrom(
  'Connection: close',
  'Connection: keep-alive',
  'Expect: 100-continue',
  'Trailer: x-one',
  'Upgrade: x',
);
const chunks = fc
  .array(fc.tuple(mostly(SIZES), lineEnd, fc.constant('hello'), lineEnd), { maxLength: 2 })
  .map((parts) => `${parts.flat().join('')}0\r\n\r\n`);

const framed = fc.oneof(
  fc.tuple(fc.constant('Content-Length: 5'), fc.constant('hello')),
  fc.tuple(fc.constant('Transfer-Encoding: chunked'), chunks),
  fc.tuple(fc.oneof(lengthField, codingField), fc.oneof(chunks, fc.constantFrom(...BODIES))),
  fc.tuple(
    fc.tuple(lengthField, codingField).map((both) => both.join('\r\n')),
    fc.constantFrom(...BODIES),
  ),
  fc.tuple(fc.constant('X-Two: none'), fc.constant('')),
);

const request = fc
  .record({
    line: mostly([
      'POST /a?b=c HTTP/1.1',
      'GET /d HTTP/1.1',
      'POST /e HTTP/1.0',
      'POST  /a HTTP/1.1',
      'GET http://x/ HTTP/1.1',
    ]),
    host: mostly(['Host: x', 'host: x:80', 'Host:', 'Host: x\r\nHost: y']),
    fields: fc.array(fc.oneof(plainField, plainField, otherField), { maxLength: 3 }),
    framed,
    ends: fc.array(lineEnd, { minLength: 8, maxLength: 8 }),
  })
  .map(({ line, host, fields, framed: [framing, body], ends }) => {
    const lines = [line, host, ...fields, framing];
    return `${lines.map((text, at) => `${text}${ends[at] ?? '\r\n'}`).join('')}\r\n${body}`;
  });

/** One to three requests behind each other, and sometimes a byte that somebody changed. */
const stream = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 3 }), fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 4 }))
  .map(([requests, change]) => {
    const bytes = Buffer.from(requests.join(''), 'latin1');
    if (change !== null) bytes[change[0] % bytes.length] = change[1];
    return bytes;
  });

/** What `node:http`, whose parser is llhttp, makes of the same bytes. */
async function readWithNode(pieces: readonly Buffer[]): Promise<readonly Seen[]> {
  const requests: Seen[] = [];
  const server = createServer((incoming, response) => {
    const at = requests.length;
    const { method = '', url: target = '', rawHeaders } = incoming;
    const fields = FIELDS.map((name) => {
      const values = rawHeaders.filter(
        (_value, place) => place % 2 === 1 && rawHeaders[place - 1]?.toLowerCase() === name,
      );
      return values.length === 0 ? null : values.join(', ');
    });
    requests.push({ method, target, fields, body: null });
    let body = '';
    incoming.on('data', (piece: Buffer) => {
      body += piece.toString('latin1');
    });
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      requests[at] = { method, target, fields, body };
      response.end();
    });
  });
  const wire = new Wire();
  wire.on('error', () => undefined);
  server.emit('connection', wire);
  await wire.receive(pieces);
  wire.destroy();
  server.close();
  return requests;
}

const bytewise = (bytes: Buffer): readonly Buffer[] =>
  Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));

/** Which of two mistakes is found first, and so the status of a refusal, depends on what had arrived by then. */
async function meaningOf(pieces: readonly Buffer[]): Promise<Omit<Reading, 'sent'>> {
  const { requests, ended } = await readPieces(pieces);
  return { requests, ended };
}

test('bytes mean the same requests however they are cut', async () => {
  let read = 0;
  const cuts = fc.array(fc.nat(), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(stream, cuts, async (bytes, offsets) => {
      const whole = await meaningOf([bytes]);
      read += whole.requests.filter(({ body }) => body !== null).length;
      expect(await meaningOf(cutAt(bytes, offsets))).toEqual(whole);
    }),
    { numRuns: 1_500 },
  );
  expect(read).toBeGreaterThan(500);
});

test('bytes mean the same requests when they come one by one', async () => {
  await fc.assert(
    fc.asyncProperty(stream, async (bytes) => {
      expect(await meaningOf(bytewise(bytes))).toEqual(await meaningOf([bytes]));
    }),
    { numRuns: 150 },
  );
});

test('what is accepted, another reader reads alike: the same requests, in the same order, with the same bodies', async () => {
  let read = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(stream, async (bytes) => {
      const ours = (await readPieces([bytes])).requests.filter(({ body }) => body !== null);
      let theirs = await readWithNode([bytes]);
      // It forgets a good request when a bad one comes with the same piece.
      if (theirs.slice(0, ours.length).some(({ body }) => body === null)) theirs = await readWithNode(bytewise(bytes));
      expect(theirs.slice(0, ours.length)).toEqual(ours);
      read += ours.length;
      refused += theirs.length - ours.length;
    }),
    { numRuns: 4_000 },
  );
  // Both kinds occurred, or nothing was compared.
  expect([read > 1_500, refused > 100], `${read} read, ${refused} refused`).toEqual([true, true]);
});
