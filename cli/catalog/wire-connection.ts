import { parseJsonTree, memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import type { CallFailure } from '../../dataplane/mcp/refusals.ts';
import type { ChannelEvent } from '../../dataplane/upstream/channel.ts';
import type { Wire, WireResult, WireSink } from '../../dataplane/upstream/shared-channel.ts';
import { failure } from '../failure.ts';
import { readAnswer, type Answer, type Connection } from './connection.ts';
import type { SyncLimits } from './sync-limits.ts';

/** What became of a connection, as people are told. */
const ENDS: Readonly<Partial<Record<CallFailure, string>>> = {
  'upstream-unreachable': 'cannot be reached',
  'upstream-truncated': 'ended',
  'upstream-timeout': 'did not answer in time',
  'upstream-too-large': 'sent a message that is too large',
  'upstream-denied': 'wants other credentials',
};

type Settle = (answer: Answer | Error) => void;

/**
 * A server behind one connection on which everything comes: a program, or HTTP+SSE. Bounded in bytes and time, answers
 * strict JSON; what the server asks of us is refused, so that it does not wait.
 */
export class WireConnection implements Connection, WireSink {
  readonly #place: string;
  readonly #limits: SyncLimits;
  readonly #explain: () => string | null;
  readonly #endsMs: number;
  #wire: Wire | null = null;
  #lastId = 0;
  #bytesLeft: number;
  #waiting: { readonly id: number; readonly method: string; readonly settle: Settle } | null = null;
  #down: Error | null = null;

  private constructor(place: string, limits: SyncLimits, explain: () => string | null) {
    this.#place = place;
    this.#limits = limits;
    this.#explain = explain;
    this.#endsMs = performance.now() + limits.totalMs;
    this.#bytesLeft = limits.totalBytes;
  }

  /** `place`: how messages name the server; `explain`: what it said about itself for people. @throws Failure */
  static async open(
    place: string,
    limits: SyncLimits,
    connect: (sink: WireSink) => Promise<WireResult>,
    explain: () => string | null = () => null,
  ): Promise<WireConnection> {
    const connection = new WireConnection(place, limits, explain);
    const connected = await connect(connection);
    if (!connected.ok) throw connection.#failed(ENDS[connected.reason] ?? 'cannot be started');
    connection.#wire = connected.wire;
    return connection;
  }

  async ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#lastId;
    const answer = await new Promise<Answer | Error>((resolve) => {
      const patienceMs = Math.min(this.#limits.answerMs, this.#endsMs - performance.now());
      const timer = setTimeout(
        () => resolve(this.#failed(`did not answer within ${this.#limits.answerMs / 1000} s`)),
        Math.max(0, patienceMs),
      );
      const settle: Settle = (found) => {
        clearTimeout(timer);
        resolve(found);
      };
      this.#waiting = { id, method, settle };
      if (this.#down !== null) settle(this.#down);
      else
        void this.#send({ jsonrpc: '2.0', id, method, params }).then((problem) => problem !== null && settle(problem));
    });
    this.#waiting = null;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async notify(method: string): Promise<void> {
    const problem = await this.#send({ jsonrpc: '2.0', method });
    if (problem !== null) throw problem;
  }

  async close(): Promise<void> {
    await this.#wire?.close();
  }

  message({ data }: ChannelEvent): void {
    this.#bytesLeft -= data.length;
    if (data.length > this.#limits.answerBytes || this.#bytesLeft < 0) {
      const most = this.#bytesLeft < 0 ? this.#limits.totalBytes : this.#limits.answerBytes;
      this.#end(this.#failed(`sent more than ${most} bytes`));
      return;
    }
    const text = decoded(data);
    const parsed = text === null ? null : parseJsonTree(text);
    if (parsed === null || !parsed.ok) {
      const why = parsed === null ? 'bytes that are not UTF-8' : `broken JSON: ${parsed.message}`;
      this.#end(this.#failed(`sent ${why}`));
      return;
    }
    this.#read(parsed.tree);
  }

  down(reason: CallFailure): void {
    this.#end(this.#failed(ENDS[reason] ?? 'broke off the connection'));
  }

  #read(message: JsonTree): void {
    const id = memberOf(message, 'id');
    const method = memberOf(message, 'method');
    if (method?.kind === 'string') {
      if (id?.kind === 'string' || id?.kind === 'number') void this.#refuse(id, method.value);
      return;
    }
    const waiting = this.#waiting;
    const answer = waiting === null ? null : readAnswer(message, waiting.id, 200);
    if (answer !== null) waiting?.settle(answer);
  }

  async #refuse(id: Extract<JsonTree, { kind: 'string' | 'number' }>, method: string): Promise<void> {
    const written = id.kind === 'string' ? id.value : Number(id.token);
    const answer = method === 'ping' ? { result: {} } : { error: { code: -32_601, message: 'method not found' } };
    await this.#send({ jsonrpc: '2.0', id: written, ...answer });
  }

  async #send(message: object): Promise<Error | null> {
    const wire = this.#wire;
    if (wire === null || this.#down !== null) return this.#down ?? this.#failed('is not connected');
    const reason = await wire.send(Buffer.from(JSON.stringify(message)));
    return reason === null ? null : this.#failed(ENDS[reason] ?? 'did not take a message');
  }

  #end(problem: Error): void {
    this.#down ??= problem;
    this.#waiting?.settle(this.#down);
    void this.#wire?.close();
  }

  #failed(message: string): Error {
    return failure(this.#place, message, this.#explain());
  }
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
