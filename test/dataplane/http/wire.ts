import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { ClientConnection, type Listener } from '../../../dataplane/http/client-connection.ts';
import type { Exchange } from '../../../dataplane/http/exchange.ts';

/** One side of a connection whose other side is the test: what arrives is cut exactly where the test says. */
export class Wire extends Duplex {
  readonly remoteAddress = '192.0.2.1';
  sent = '';
  writes = 0;
  /** The other side takes nothing. */
  isStuck = false;
  /** Those that were set. */
  readonly timeouts: number[] = [];
  #stuck: (() => void) | null = null;

  setTimeout(ms: number): this {
    if (ms > 0) this.timeouts.push(ms);
    return this;
  }

  /** The other side takes what it did not take so far. */
  release(): void {
    this.isStuck = false;
    this.#stuck?.();
    this.#stuck = null;
  }

  override _read(): void {
    // Bytes are pushed as the test goes.
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#take([bytes], done);
  }

  /** As `_write` of several at once, which a real socket sends with one call too. */
  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => Buffer.from(chunk)),
      done,
    );
  }

  #take(pieces: readonly Buffer[], done: () => void): void {
    this.writes++;
    this.sent += Buffer.concat(pieces).toString('latin1');
    if (this.isStuck) this.#stuck = done;
    else done();
  }

  /** Lets pieces arrive one by one. */
  async receive(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) {
      if (this.destroyed || piece.length === 0) continue;
      this.push(piece);
      await turn();
      await turn();
    }
    for (let turns = 0; turns < 6; turns++) await turn();
  }
}

/** The fields that requests of these tests have. */
export const FIELDS = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'accept',
  'x-one',
  'x-two',
  'upgrade',
  'trailer',
] as const;

/** A request as a reader saw it. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  /** The value of each of `FIELDS`. */
  readonly fields: readonly (string | null)[];
  /** Null: it did not arrive in full. */
  readonly body: string | null;
}

export interface Reading {
  readonly requests: readonly Seen[];
  readonly sent: string;
  /** The connection cannot be used again. */
  readonly ended: boolean;
}

/** What our reader makes of bytes that arrive in these pieces. Every request is read to its end, then answered. */
export async function readPieces(pieces: readonly Buffer[], bodyBytesMax = 1_000_000): Promise<Reading> {
  const requests: Seen[] = [];
  const handle = (exchange: Exchange): void => {
    const at = requests.length;
    const target = exchange.query === '' ? exchange.path : `${exchange.path}?${exchange.query}`;
    requests.push({ method: exchange.method, target, fields: fieldsOf(exchange), body: null });
    void (async () => {
      const result = await exchange.readBody(bodyBytesMax);
      const body = result.ok ? result.body.toString('latin1') : null;
      requests[at] = { method: exchange.method, target, fields: fieldsOf(exchange), body };
      exchange.answer(result.ok ? 200 : 413, [], null);
    })();
  };
  const listener: Listener = { nowMs: 0, date: 'date: now\r\n', isClosing: false, handle };
  const wire = new Wire();
  const connection = new ClientConnection(wire as unknown as Socket, listener);
  await wire.receive(pieces);
  const reading = { requests, sent: wire.sent, ended: wire.writableEnded || wire.destroyed };
  connection.cut();
  return reading;
}

const fieldsOf = ({ headers }: Exchange): Seen['fields'] => FIELDS.map((name) => headers.get(name));

/** The bytes, cut after each of the given offsets. */
export function cutAt(bytes: Buffer, offsets: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...new Set(offsets.map((offset) => offset % (bytes.length + 1)))].sort((a, b) => a - b);
  return cuts.map((from, at) => bytes.subarray(from, cuts[at + 1] ?? bytes.length)).filter(({ length }) => length > 0);
}
