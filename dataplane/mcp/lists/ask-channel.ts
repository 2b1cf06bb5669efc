import type { Header } from '../../http/exchange.ts';
import { UPSTREAM_REQUESTS_PER_CALL_MAX } from '../../limits.ts';
import type { Channel, ChannelCall, ChannelEvent, ChannelReceiver } from '../../upstream/channel.ts';
import { CLIENT_INFO } from '../client-profile.ts';
import type { CallFailure } from '../refusals.ts';
import { scanResponse, type ScannedResponse } from '../scan-response.ts';

/** A request that the gateway itself has, on behalf of nobody's message. */
export interface Question {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  /** Client capabilities to declare, as JSON text. */
  readonly capabilities: string;
  /** Trace context. */
  readonly headers: readonly Header[];
}

export type ChannelAnswer =
  /** A response, or the server's own error. */
  | { readonly ok: true; readonly bytes: Buffer; readonly message: ScannedResponse }
  | { readonly ok: false; readonly reason: CallFailure };

/**
 * Sends one request and waits for its answer, whatever else the server says meanwhile. Never rejects.
 *
 * @param signal Gives it up; the answer is then that there was none in time.
 */
export function askChannel(channel: Channel, question: Question, signal: AbortSignal): Promise<ChannelAnswer> {
  return new Promise((resolve) => {
    const asking = new Asking(channel, resolve);
    if (signal.aborted) {
      asking.fail('upstream-timeout');
      return;
    }
    const giveUp = (): void => asking.fail('upstream-timeout');
    signal.addEventListener('abort', giveUp, { once: true });
    asking.send(question, () => signal.removeEventListener('abort', giveUp));
  });
}

class Asking implements ChannelReceiver {
  readonly #channel: Channel;
  readonly #resolve: (answer: ChannelAnswer) => void;
  /** Ids of clients' own requests may be in use on the same channel: no client writes them like this. */
  readonly #id: string;
  #call: ChannelCall | null = null;
  #leave: () => void = () => undefined;
  #requests = 0;
  #over = false;

  constructor(channel: Channel, resolve: (answer: ChannelAnswer) => void) {
    this.#channel = channel;
    this.#resolve = resolve;
    this.#id = `mcpgw-${channel.mint()}`;
  }

  send(question: Question, leave: () => void): void {
    this.#leave = leave;
    this.#call = this.#channel.send(
      {
        body: buildQuestion(this.#channel, question, this.#id),
        method: question.method,
        id: Buffer.from(JSON.stringify(this.#id)),
        progressToken: null,
        name: null,
        headers: question.headers,
      },
      this,
    );
    if (this.#over) this.#call.cancel();
  }

  open(): void {
    // A stream of events is as good as a body.
  }

  message({ data }: ChannelEvent): void {
    if (this.#over || data.length === 0) return;
    const scanned = scanResponse(data);
    if (!scanned.ok) {
      this.fail('upstream-malformed');
      return;
    }
    switch (scanned.message.kind) {
      case 'response':
      case 'error':
        this.#answer(data, scanned.message);
        return;
      case 'notification':
        return;
      case 'request':
        this.#refuse(data, scanned.message);
    }
  }

  /** What can be asked again is not resumed. */
  ended(): void {
    this.fail('upstream-truncated');
  }

  fail(reason: CallFailure): void {
    if (this.#over) return;
    this.#call?.cancel();
    this.#end({ ok: false, reason });
  }

  #answer(bytes: Buffer, message: ScannedResponse): void {
    const { id } = message;
    const isMine =
      id !== null && bytes[id.start] === 0x22 && JSON.parse(bytes.toString('utf8', id.start, id.end)) === this.#id;
    // An error without an id answers a request that the server could not read.
    if (!isMine && (message.kind === 'response' || id !== null)) {
      this.fail('upstream-foreign');
      return;
    }
    this.#call?.finish();
    this.#end({ ok: true, bytes, message });
  }

  /** Nothing of a question of ours concerns the client: a legacy server is told so, a modern one may not ask. */
  #refuse(data: Buffer, { id, method }: ScannedResponse): void {
    this.#requests++;
    if (id === null || this.#channel.era === 'modern' || this.#requests > UPSTREAM_REQUESTS_PER_CALL_MAX) {
      this.fail('upstream-malformed');
      return;
    }
    const answer = method === 'ping' ? '"result":{}' : '"error":{"code":-32601,"message":"method not found"}';
    void this.#channel.post(Buffer.from(`{"jsonrpc":"2.0","id":${data.toString('utf8', id.start, id.end)},${answer}}`));
  }

  #end(answer: ChannelAnswer): void {
    this.#over = true;
    this.#leave();
    this.#resolve(answer);
  }
}

const PREFIX = 'io.modelcontextprotocol/';

function buildQuestion(
  { era, protocolVersion }: Channel,
  { method, params, capabilities }: Question,
  id: string,
): Buffer {
  const members = Object.entries(params).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (era === 'modern') {
    const claims = [
      `"${PREFIX}protocolVersion":${JSON.stringify(protocolVersion)}`,
      `"${PREFIX}clientInfo":${JSON.stringify(CLIENT_INFO)}`,
      `"${PREFIX}clientCapabilities":${capabilities}`,
    ];
    members.push(`"_meta":{${claims.join(',')}}`);
  }
  return Buffer.from(
    `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)},"params":{${members.join(',')}}}`,
  );
}
