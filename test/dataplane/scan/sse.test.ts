import { expect, test } from 'vitest';
import { SseParser, type SseEvent } from '../../../dataplane/upstream/sse.ts';
import { writeSseEvent } from '../../../dataplane/mcp/sse-writer.ts';

interface Read {
  readonly data: string | null;
  readonly event?: string;
  readonly id?: string;
  readonly retry?: number;
}

function shown({ data, event, id, retry }: SseEvent): Read {
  return {
    data: data === null ? null : data.toString('utf8'),
    ...(event === null ? {} : { event }),
    ...(id === null ? {} : { id }),
    ...(retry === null ? {} : { retry }),
  };
}

/** Reads a stream cut into chunks of a size. */
function read(
  stream: string | Buffer,
  size = Number.POSITIVE_INFINITY,
  eventBytesMax?: number,
): readonly Read[] | string {
  const bytes = Buffer.from(stream);
  const parser = new SseParser(eventBytesMax);
  const events: Read[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const result = parser.push(bytes.subarray(at, Math.min(bytes.length, at + size)));
    if (!result.ok) return result.reason;
    events.push(...result.events.map(shown));
  }
  return events;
}

const streams: [name: string, stream: string, events: readonly Read[]][] = [
  ['one event', 'data: {"a":1}\n\n', [{ data: '{"a":1}' }]],
  ['the name of an event', 'event: message\ndata: x\n\n', [{ data: 'x', event: 'message' }]],
  ['id and retry', 'id: 7\nretry: 1500\ndata: x\n\n', [{ data: 'x', id: '7', retry: 1500 }]],
  ['lines ended by CRLF', 'data: x\r\n\r\ndata: y\r\n\r\n', [{ data: 'x' }, { data: 'y' }]],
  ['lines ended by CR', 'data: x\r\rdata: y\r\r', [{ data: 'x' }, { data: 'y' }]],
  ['lines ended in every way', 'data: a\rdata: b\r\ndata: c\n\r\n', [{ data: 'a\nb\nc' }]],
  ['a byte order mark', '\ufeffdata: x\n\n', [{ data: 'x' }]],
  ['a byte order mark only at the beginning', 'data: x\n\n\ufeffdata: y\n\n', [{ data: 'x' }]],
  ['several lines of data', 'data: {\ndata: "a":1\ndata:}\n\n', [{ data: '{\n"a":1\n}' }]],
  ['empty lines of data', 'data:\ndata\ndata: \n\n', [{ data: '\n\n' }]],
  ['only one space taken away', 'data:  x\n\n', [{ data: ' x' }]],
  ['a priming event', 'id: 1\ndata:\n\n', [{ data: '', id: '1' }]],
  ['an event without data that sets the id', 'id: 1\n\n', [{ data: null, id: '1' }]],
  ['an id with NUL is ignored', 'id: a\0b\ndata: x\n\n', [{ data: 'x' }]],
  ['an empty id', 'id\ndata: x\n\n', [{ data: 'x', id: '' }]],
  ['a retry that is no number is ignored', 'retry: 1s\nretry: \nretry: 12345678901\ndata: x\n\n', [{ data: 'x' }]],
  ['comments', ': hello\ndata: x\n:\n: there\n\n: z\n\n', [{ data: 'x' }]],
  ['unknown fields', 'foo: 1\ndatas: 2\ndata: x\nDATA: y\n\n', [{ data: 'x' }]],
  ['blank lines between events', '\n\n\ndata: x\n\n\n\ndata: y\n\n', [{ data: 'x' }, { data: 'y' }]],
  ['an event name alone is nothing', 'event: ping\n\n', []],
  ['what the end cuts off', 'data: x\n\ndata: y\n', [{ data: 'x' }]],
  ['colons in the data', 'data: a: b:\n\n', [{ data: 'a: b:' }]],
  ['characters of four bytes', 'data: 😀漢é\n\n', [{ data: '😀漢é' }]],
];

test.each(streams)('%s: the same however the stream is cut', (_name, stream, events) => {
  for (const size of [1, 2, 3, 5, 7, Number.POSITIVE_INFINITY])
    expect(read(stream, size), `chunks of ${size}`).toEqual(events);
});

test('an event past the bound is refused, however it is cut, and nothing is read after it', () => {
  const bounded: [stream: string, expected: readonly Read[] | string][] = [
    [`data: ${'x'.repeat(14)}\n\n`, [{ data: 'x'.repeat(14) }]],
    [`data: ${'x'.repeat(15)}\n\n`, 'event-too-large'],
    ['data: xxxx\ndata: xxxx\ndata: x\n\n', 'event-too-large'],
    ['x'.repeat(21), 'event-too-large'],
    [`${': comment\n'.repeat(50)}data: x\n\n`, [{ data: 'x' }]],
  ];
  for (const [stream, expected] of bounded) {
    for (const size of [1, 4, 1_000]) expect(read(stream, size, 20)).toEqual(expected);
  }
  const parser = new SseParser(4);
  parser.push(Buffer.from('data: too long\n\n'));
  expect(parser.push(Buffer.from('data\n\n'))).toEqual({ ok: false, reason: 'event-too-large' });
});

const written: [name: string, event: SseEvent, bytes: string][] = [
  ['data alone', { data: Buffer.from('{}'), event: null, id: null, retry: null }, 'data: {}\n\n'],
  [
    'all fields',
    { data: Buffer.from('{}'), event: 'message', id: 'a b', retry: 3 },
    'event: message\nid: a b\nretry: 3\ndata: {}\n\n',
  ],
  ['a priming event', { data: Buffer.from(''), event: null, id: '1', retry: null }, 'id: 1\ndata: \n\n'],
  [
    'data that would end the event and forge another',
    { data: Buffer.from('{}\n\nid: 9\r\rdata: {"x":1}\r\n'), event: null, id: null, retry: null },
    'data: {}\ndata: \ndata: id: 9\ndata: \ndata: data: {"x":1}\ndata: \n\n',
  ],
];

test.each(written)('%s is written, and read again', (_name, event, bytes) => {
  const stream = writeSseEvent(event);
  expect(stream.toString()).toBe(bytes);
  const [again] = read(stream) as readonly Read[];
  const normal = event.data === null ? null : event.data.toString().replace(/\r\n|\r/gu, '\n');
  expect(again).toEqual({ ...shown(event), data: normal });
});

test.each(['a\nb', 'a\rb', 'a\0b'])('an id with a line break or NUL is never written', (id) => {
  expect(() => writeSseEvent({ data: null, event: null, id, retry: null })).toThrow('an SSE field is one line');
});
