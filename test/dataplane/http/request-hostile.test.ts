import { describe, expect, test } from 'vitest';
import { readPieces } from './wire.ts';

const HEAD = 'POST /mcp HTTP/1.1\r\nHost: x\r\n';
const NEXT = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** Refused by its first lines: no handler hears of it, nor of what follows on the connection. */
const REFUSED: readonly (readonly [name: string, bytes: string, status: number])[] = [
  // The request line.
  ['an empty line before it', `\r\n${HEAD}\r\n`, 400],
  ['a line feed before it', `\n${HEAD}\r\n`, 400],
  ['a space before the method', ` ${HEAD}\r\n`, 400],
  ['a method in lower case', 'post / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a method with a separator', 'PO(ST / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a method that nobody knows', 'OST / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a method that echoes', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['two spaces after the method', 'POST  / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a tab after the method', 'POST\t/ HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['two spaces before the version', 'POST /  HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a space after the version', 'POST / HTTP/1.1 \r\nHost: x\r\n\r\n', 400],
  ['a space in the target', 'POST /a b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['no target', 'POST HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a whole URL as the target', 'GET http://other.example/mcp HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a target for all', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a host as the target', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 400],
  ['a target that does not begin with a slash', 'GET mcp HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a fragment in the target', 'GET /mcp#x HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['NUL in the target', 'GET /m\0cp HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a byte above ASCII in the target', 'GET /m\xe9 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['DEL in the target', 'GET /m\x7f HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\n\r\n', 505],
  ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: x\r\n\r\n', 505],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', 505],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a version in lower case', 'GET / http/1.1\r\nHost: x\r\n\r\n', 400],
  ['a version of two digits', 'GET / HTTP/1.10\r\nHost: x\r\n\r\n', 400],
  ['another protocol', 'GET / RTSP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a TLS handshake', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400],
  // Lines.
  ['lines that end in LF', 'GET / HTTP/1.1\nHost: x\n\n', 400],
  ['one line that ends in LF', 'GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n', 400],
  ['a request line that ends in LF', 'GET / HTTP/1.1\nHost: x\r\n\r\n', 400],
  ['a head that ends in CRLF LF', 'GET / HTTP/1.1\r\nHost: x\r\n\n', 400],
  ['a CR within a value', `${HEAD}A: b\rc\r\n\r\n`, 400],
  ['a CR within a value, before a field', `${HEAD}A: b\rContent-Length: 5\r\n\r\n`, 400],
  ['two CR before LF', `${HEAD}A: b\r\r\n\r\n`, 400],
  ['a folded line', `${HEAD}A: b\r\n c\r\n\r\n`, 400],
  ['a line folded with a tab', `${HEAD}Transfer-Encoding:\r\n\tchunked\r\n\r\n`, 400],
  ['a folded first field', 'GET / HTTP/1.1\r\n Host: x\r\n\r\n', 400],
  ['a line without a colon', `${HEAD}A\r\n\r\n`, 400],
  ['a field without a name', `${HEAD}: b\r\n\r\n`, 400],
  ['a space before the colon', `${HEAD}Content-Length : 5\r\n\r\nhello`, 400],
  ['a tab before the colon', `${HEAD}Transfer-Encoding\t: chunked\r\n\r\n`, 400],
  ['a space within a name', `${HEAD}Content Length: 5\r\n\r\nhello`, 400],
  ['NUL in a name', `${HEAD}A\0B: c\r\n\r\n`, 400],
  ['a byte above ASCII in a name', `${HEAD}\xc3\xa4: c\r\n\r\n`, 400],
  ['NUL in a value', `${HEAD}A: b\0c\r\n\r\n`, 400],
  ['an escape in a value', `${HEAD}A: \x1b[2J\r\n\r\n`, 400],
  ['DEL in a value', `${HEAD}A: \x7f\r\n\r\n`, 400],
  ['a vertical tab before a coding', `${HEAD}Transfer-Encoding: \x0bchunked\r\n\r\n`, 400],
  ['more fields than any client sends', `${HEAD}${'A: b\r\n'.repeat(128)}\r\n`, 400],
  // Host.
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
  ['the same Host twice', 'GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n', 400],
  ['two Hosts in one line', 'GET / HTTP/1.1\r\nHost: x, y\r\n\r\n', 400],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: x/y\r\n\r\n', 400],
  ['a Host with a user', 'GET / HTTP/1.1\r\nHost: u@x\r\n\r\n', 400],
  ['a Host with a space', 'GET / HTTP/1.1\r\nHost: x y\r\n\r\n', 400],
  ['a Host whose port is a word', 'GET / HTTP/1.1\r\nHost: x:http\r\n\r\n', 400],
  // How long the body is.
  ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, 400],
  ['the same length twice', `${HEAD}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, 400],
  ['two lengths in one line', `${HEAD}Content-Length: 5, 5\r\n\r\nhello`, 400],
  ['an empty length', `${HEAD}Content-Length:\r\n\r\n`, 400],
  ['a length with a sign', `${HEAD}Content-Length: +5\r\n\r\nhello`, 400],
  ['a length below zero', `${HEAD}Content-Length: -5\r\n\r\nhello`, 400],
  ['a length in hexadecimal', `${HEAD}Content-Length: 0x5\r\n\r\nhello`, 400],
  ['a length with a point', `${HEAD}Content-Length: 5.0\r\n\r\nhello`, 400],
  ['a length with an exponent', `${HEAD}Content-Length: 1e1\r\n\r\nhello`, 400],
  ['a length with a space in it', `${HEAD}Content-Length: 1 0\r\n\r\nhello`, 400],
  ['a length with an underscore', `${HEAD}Content-Length: 1_0\r\n\r\nhello`, 400],
  ['a length in other digits', `${HEAD}Content-Length: \xb2\r\n\r\nhello`, 400],
  ['a length past what a number can count', `${HEAD}Content-Length: 18446744073709551621\r\n\r\nhello`, 400],
  ['a length and chunks', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`, 400],
  ['chunks and a length', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${NEXT}`, 400],
  ['a length of zero and chunks', `${HEAD}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunks twice', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunks of chunks', `${HEAD}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 400],
  [
    'another coding in a second line',
    `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['compressed chunks', `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunks that are not last', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  ['no coding at all', `${HEAD}Transfer-Encoding: identity\r\n\r\n`, 400],
  ['an empty coding', `${HEAD}Transfer-Encoding:\r\n\r\n`, 400],
  ['a coding that only looks like chunks', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  ['a coding with a parameter', `${HEAD}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`, 400],
  ['a coding in quotes', `${HEAD}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`, 400],
  // Others.
  ['an expectation that nobody knows', `${HEAD}Content-Length: 5\r\nExpect: 200-ok\r\n\r\n`, 417],
  ['two expectations', `${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n`, 400],
  ['a head past its bound', `${HEAD}A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['a head past its bound that does not end', `${HEAD}A: ${'a'.repeat(20_000)}`, 431],
  ['a target past the bound', `GET /${'a'.repeat(20_000)}`, 431],
];

test.each(REFUSED)('%s is refused', async (_name, bytes, status) => {
  const { requests, sent, ended } = await readPieces([Buffer.from(`${bytes}${NEXT}`, 'latin1')]);
  expect(requests).toEqual([]);
  expect(sent).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\n(?:[^\\r]+\\r\\n)*connection: close\\r\\n`));
  expect(sent.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(ended).toBe(true);
});

/** The head is good, so a handler hears of the request: its body never arrives, and nothing after it is a request. */
const BROKEN: readonly (readonly [name: string, body: string])[] = [
  ['a chunk with an extension', '5;a=b\r\nhello\r\n0\r\n\r\n'],
  ['a last chunk with an extension', '5\r\nhello\r\n0;a\r\n\r\n'],
  ['a space after a size', '5 \r\nhello\r\n0\r\n\r\n'],
  ['a space before a size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a tab before a size', '\t5\r\nhello\r\n0\r\n\r\n'],
  ['a size with a sign', '+5\r\nhello\r\n0\r\n\r\n'],
  ['a size below zero', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a size with a prefix', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a size that is no number', 'g\r\nhello\r\n0\r\n\r\n'],
  ['an empty size', '\r\nhello\r\n0\r\n\r\n'],
  ['a size past what a number can count', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ['a size with many zeros before it', '0000000005\r\nhello\r\n0\r\n\r\n'],
  ['a size that ends in LF', '5\nhello\r\n0\r\n\r\n'],
  ['a size that ends in CR', '5\rhello\r\n0\r\n\r\n'],
  ['a chunk that ends in LF', '5\r\nhello\n0\r\n\r\n'],
  ['a chunk that ends in CR', '5\r\nhello\r0\r\n\r\n'],
  ['a chunk longer than its size', '5\r\nhello!\r\n0\r\n\r\n'],
  ['a chunk shorter than its size', '5\r\nhell\r\n0\r\n\r\n'],
  ['a trailer', '5\r\nhello\r\n0\r\nA: b\r\n\r\n'],
  ['a trailer that would be a length', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n'],
  ['a last chunk that ends in LF', '5\r\nhello\r\n0\n\n'],
  ['an end that ends in LF', '5\r\nhello\r\n0\r\n\n'],
];

test.each(BROKEN)('a body with %s breaks its connection', async (_name, body) => {
  const { requests, sent, ended } = await readPieces([Buffer.from(`${CHUNKED}${body}${NEXT}`, 'latin1')]);
  expect(requests.map(({ target, body: seen }) => [target, seen])).toEqual([['/mcp', null]]);
  expect(sent).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/);
  expect(ended).toBe(true);
});

describe('what is unusual and clear is read', () => {
  const READ: readonly (readonly [name: string, bytes: string, targets: readonly string[]])[] = [
    ['another request behind the first', `${HEAD}Content-Length: 2\r\n\r\nab${NEXT}`, ['/mcp', '/smuggled']],
    ['a body that looks like a request', `${HEAD}Content-Length: ${NEXT.length}\r\n\r\n${NEXT}`, ['/mcp']],
    ['chunks that look like a request', `${CHUNKED}${NEXT.length.toString(16)}\r\n${NEXT}\r\n0\r\n\r\n`, ['/mcp']],
    ['a coding in capitals', `${HEAD}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n${NEXT}`, ['/mcp', '/smuggled']],
    ['spaces and tabs around a value', `${HEAD}Content-Length: \t 2 \t\r\n\r\nab${NEXT}`, ['/mcp', '/smuggled']],
    [
      'an upgrade, which is not made',
      `${HEAD}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n${NEXT}`,
      ['/mcp', '/smuggled'],
    ],
    ['a request after the last', `${HEAD}Connection: close\r\n\r\n${NEXT}`, ['/mcp']],
    ['a request after the last of a list', `${HEAD}Connection: x, Close\r\n\r\n${NEXT}`, ['/mcp']],
    ['an IPv6 Host', 'GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n', ['/a']],
    ['a value above ASCII', `${HEAD}A: \xe9\r\n\r\n`, ['/mcp']],
    ['an empty value', `${HEAD}A:\r\n\r\n`, ['/mcp']],
    [
      'a length that is just short enough',
      `${HEAD}Content-Length: 000000000000002\r\n\r\nab${NEXT}`,
      ['/mcp', '/smuggled'],
    ],
  ];

  test.each(READ)('%s', async (_name, bytes, targets) => {
    const { requests } = await readPieces([Buffer.from(bytes, 'latin1')]);
    expect(requests.map(({ target }) => target)).toEqual(targets);
    expect(requests.every(({ body }) => body !== null)).toBe(true);
  });
});
