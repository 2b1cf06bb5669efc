import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  UPSTREAM_CONNECT_MS_MAX,
  READ_BYTES_MAX,
  UPSTREAM_HEADER_BYTES_MAX,
  UPSTREAM_INFORMATIONAL_MAX,
} from '../limits.ts';
import { parseAnswerHead } from './answer-head.ts';
import { BodyDecoder, MALFORMED } from './body-decoder.ts';
import { canBecomeHead } from './fields.ts';
import { Outbox } from './outbox.ts';
import type { Carrier, Transfer } from './transfer.ts';
import type { UpstreamFailure } from './upstream.ts';

/** Whose connection it is. */
export interface ConnectionOwner {
  /** As of the last sweep. */
  readonly nowMs: number;
  /** It can take another transfer. */
  freed(connection: UpstreamConnection): void;
  /** It is closed. `undone`: a transfer that may go out again elsewhere. */
  lost(connection: UpstreamConnection, undone: Transfer | null): void;
}

/** Where connections of one origin lead. */
export interface Destination {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction | null;
}

export function destinationOf(url: URL, lookup: LookupFunction | null): Destination {
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { secure, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, lookup };
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);
const NEVER = Number.POSITIVE_INFINITY;

/** One connection to an upstream: requests go out on it one by one, each after the answer to the one before it. */
export class UpstreamConnection implements Carrier {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #outbox: Outbox;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #transfer: Transfer | null = null;
  #decoder: BodyDecoder | null = null;
  /** Received and not read: the beginning of a head, or what a paused receiver has to wait for. */
  #waiting: Buffer = NO_BYTES;
  #informational = 0;
  #served = 0;
  #isReading = false;
  /** The server closed its side in good order. */
  #ended = false;
  #idleMs = 0;
  #deadlineMs: number;

  constructor(destination: Destination, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#deadlineMs = owner.nowMs + UPSTREAM_CONNECT_MS_MAX;
    this.#socket = connect(destination, (bytes) => this.#receive(bytes));
    this.#socket.setNoDelay(true);
    this.#outbox = new Outbox(this.#socket, null);
    this.#socket.once(destination.secure ? 'secureConnect' : 'connect', () => this.#opened());
    this.#socket.on('end', () => {
      this.#ended = true;
    });
    this.#socket.on('error', () => {
      this.#ended = false;
    });
    this.#socket.on('close', () => this.#closed());
  }

  get nowMs(): number {
    return this.#owner.nowMs;
  }

  /** Whether a request can go out on it: the server may close it at any time. */
  get isUsable(): boolean {
    return this.#state === 'open' && this.#transfer === null && this.#socket.writable && !this.#ended;
  }

  /** Sends a request; to be called of a new connection or one that was freed. */
  run(transfer: Transfer): void {
    this.#transfer = transfer;
    transfer.carrier = this;
    transfer.sent(this.#owner.nowMs);
    if (this.#state === 'open') this.#deadlineMs = NEVER;
    const { requestHead: head, body } = transfer;
    if (head === null) transfer.fail('malformed');
    else {
      this.#outbox.add(head);
      if (body !== null) this.#outbox.add(body);
    }
  }

  /** A transfer that is given up takes its connection with it: the rest of its answer cannot be waited for. */
  drop(transfer: Transfer): void {
    if (transfer !== this.#transfer) return;
    this.#transfer = null;
    this.#socket.destroy();
  }

  wake(transfer: Transfer): void {
    if (transfer !== this.#transfer || this.#isReading) return;
    const bytes = this.#waiting;
    this.#waiting = NO_BYTES;
    this.#advance(bytes, 0);
    if (this.#state === 'closed') this.#settle();
    else if (!transfer.paused) this.#socket.resume();
  }

  sweep(passedMs: number): void {
    if (passedMs >= this.#deadlineMs) {
      this.#transfer?.fail('timeout');
      this.#socket.destroy();
    } else this.#transfer?.sweep(passedMs);
  }

  /** Closes it, whatever is under way. Resolves once it is closed. */
  destroy(): Promise<void> {
    this.#transfer?.fail(this.#failure());
    if (this.#state === 'closed') return Promise.resolve();
    const closed = new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
    });
    this.#socket.destroy();
    return closed;
  }

  #opened(): void {
    this.#state = 'open';
    this.#deadlineMs = NEVER;
    this.#transfer?.sent(this.#owner.nowMs);
  }

  #receive(piece: Buffer): void {
    const transfer = this.#transfer;
    if (transfer === null) {
      // An answer that nobody asked for must not become the next caller's.
      this.#socket.destroy();
      return;
    }
    const waited = this.#waiting.length;
    const bytes = waited === 0 ? piece : Buffer.concat([this.#waiting, piece]);
    this.#waiting = NO_BYTES;
    this.#advance(bytes, waited);
    if (transfer.paused && transfer === this.#transfer) this.#socket.pause();
  }

  /** Reads on, as far as the receiver lets us. `searched`: so many of the bytes are known not to end a head. */
  #advance(bytes: Buffer, searched: number): void {
    const transfer = this.#transfer;
    if (transfer === null) return;
    this.#isReading = true;
    const at = this.#decoder === null ? this.#readHead(transfer, bytes, searched) : 0;
    if (this.#decoder !== null && transfer === this.#transfer) this.#readBody(transfer, this.#decoder, bytes, at);
    this.#isReading = false;
  }

  /** Returns the offset after the answer's head; what is incomplete is kept. */
  #readHead(transfer: Transfer, bytes: Buffer, searched: number): number {
    let at = 0;
    let from = searched;
    for (;;) {
      const found = bytes.indexOf(HEAD_END, Math.max(at, from - HEAD_END.length + 1));
      const end = found + HEAD_END.length;
      const length = (found < 0 ? bytes.length : end) - at;
      if (length > UPSTREAM_HEADER_BYTES_MAX) {
        transfer.fail('malformed');
        return at;
      }
      const rest = at === 0 ? bytes : bytes.subarray(at);
      if (found < 0) {
        if (canBecomeHead(rest, Math.max(0, from - at))) this.#waiting = rest;
        else transfer.fail('malformed');
        return at;
      }
      const head = parseAnswerHead(rest, length);
      if (head === null || head.status === 101) {
        transfer.fail('malformed');
        return at;
      }
      at = end;
      from = end;
      if (head.status >= 200) {
        this.#idleMs = head.idleMs;
        this.#decoder = new BodyDecoder(head.framing, true);
        transfer.begin(head, this.#owner.nowMs);
        return at;
      }
      if (++this.#informational > UPSTREAM_INFORMATIONAL_MAX) {
        transfer.fail('malformed');
        return at;
      }
    }
  }

  #readBody(transfer: Transfer, decoder: BodyDecoder, bytes: Buffer, from: number): void {
    let at = from;
    while (at < bytes.length && !decoder.done) {
      if (transfer.paused) {
        this.#waiting = bytes.subarray(at);
        return;
      }
      at = decoder.next(bytes, at);
      if (at === MALFORMED) {
        transfer.fail('malformed');
        return;
      }
      if (decoder.end > decoder.start) transfer.data(bytes.subarray(decoder.start, decoder.end), this.#owner.nowMs);
      if (transfer !== this.#transfer) return;
    }
    if (!decoder.done) return;
    if (transfer.paused) this.#waiting = bytes.subarray(at);
    else this.#finish(transfer, at === bytes.length);
  }

  /** The answer is complete. `clean`: and nothing follows it. */
  #finish(transfer: Transfer, clean: boolean): void {
    this.#transfer = null;
    this.#decoder = null;
    this.#informational = 0;
    this.#served++;
    // An answer that came before its request was out leaves the rest of that request behind.
    if (!clean || this.#idleMs === 0 || this.#state !== 'open' || this.#outbox.bytes > 0) this.#socket.destroy();
    else {
      this.#deadlineMs = this.#owner.nowMs + this.#idleMs;
      this.#owner.freed(this);
    }
    transfer.end();
  }

  #closed(): void {
    const wasConnecting = this.#state === 'connecting';
    this.#state = 'closed';
    const transfer = this.#transfer;
    if (transfer === null) {
      this.#owner.lost(this, null);
      return;
    }
    const silent = this.#decoder === null && this.#waiting.length === 0;
    if (silent && !wasConnecting && this.#served > 0 && transfer.takeSecondChance()) {
      this.#transfer = null;
      this.#owner.lost(this, transfer);
      return;
    }
    this.#owner.lost(this, null);
    if (!transfer.paused) this.#settle();
  }

  /** Says how a transfer ends whose connection is closed, once its receiver took all that had arrived. */
  #settle(): void {
    const transfer = this.#transfer;
    if (transfer === null || transfer.paused) return;
    this.#transfer = null;
    transfer.carrier = null;
    if (this.#decoder?.endsWithConnection === true && this.#ended) transfer.end();
    else transfer.fail(this.#failure());
  }

  #failure(): UpstreamFailure {
    return this.#decoder === null && this.#waiting.length === 0 ? 'unreachable' : 'truncated';
  }
}

function connect({ secure, host, port, lookup }: Destination, receive: (bytes: Buffer) => void): Socket {
  const options = { host, port, ...(lookup === null ? {} : { lookup }) };
  if (!secure) return connectPlain({ ...options, onread: { buffer: Buffer.alloc(READ_BYTES_MAX), callback } });
  // An address has no name to ask for (RFC 6066 section 3); its certificate must name it all the same.
  const servername = isIP(host) === 0 ? host : '';
  const socket = connectTls({ ...options, servername, ALPNProtocols: ['http/1.1'] });
  socket.on('data', receive);
  return socket;

  /** One buffer for all reads, and a copy of what is in it, costs less than a large buffer for each. */
  function callback(length: number, buffer: Uint8Array): boolean {
    receive(Buffer.from(buffer.subarray(0, length)));
    return true;
  }
}
