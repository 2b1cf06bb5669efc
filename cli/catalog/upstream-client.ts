import type { LookupFunction } from 'node:net';
import { Agent, request, type Dispatcher } from 'undici';
import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { UPSTREAM_SESSION_ID_CHARS_MAX } from '../../dataplane/limits.ts';
import { SESSION_HEADER } from '../../dataplane/mcp/era.ts';
import { SseParser } from '../../dataplane/upstream/sse.ts';
import { Failure, failure } from '../failure.ts';
import { readAnswer, type Answer, type Connection } from './connection.ts';
import type { SyncLimits } from './sync-limits.ts';

/** Where a server is, and with which credential it is asked. */
export interface UpstreamTarget {
  readonly url: URL;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** To which addresses of the host connections may be made; absent = to all. */
  readonly lookup?: LookupFunction;
}

/**
 * Speaks JSON-RPC over Streamable HTTP with one server, one request at a time. Nothing is trusted: bounded in bytes and
 * time, redirects refused, answers strict JSON. The official client would parse and shape them, and they are to be kept.
 */
export class UpstreamClient implements Connection {
  readonly #target: UpstreamTarget;
  readonly #limits: SyncLimits;
  readonly #agent: Agent;
  readonly #deadline: AbortSignal;
  #bytesLeft: number;
  #lastId = 0;
  #session: string | null = null;

  constructor(target: UpstreamTarget, limits: SyncLimits) {
    this.#target = target;
    this.#limits = limits;
    const connect = { timeout: limits.answerMs, ...(target.lookup === undefined ? {} : { lookup: target.lookup }) };
    this.#agent = new Agent({ connections: 1, pipelining: 1, connect });
    this.#deadline = AbortSignal.timeout(limits.totalMs);
    this.#bytesLeft = limits.totalBytes;
  }

  /**
   * Sends one request and waits for its answer, whatever else the server says meanwhile.
   * @throws Failure when there is none that can be believed.
   */
  async ask(method: string, params: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const id = ++this.#lastId;
    const response = await this.#send('POST', headers, { jsonrpc: '2.0', id, method, params });
    const session = response.headers[SESSION_HEADER];
    if (typeof session === 'string' && this.#session === null) this.#session = this.#checkedSession(session);
    return this.#answer(id, method, response);
  }

  /** Sends a notification; a server that does not take it is told nothing more. */
  async notify(method: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const response = await this.#send('POST', headers, { jsonrpc: '2.0', method });
    discard(response);
    if (response.statusCode >= 400) throw this.#failed(`answered ${method} with HTTP ${response.statusCode}`);
  }

  /** Ends the server's session, as far as it lets us, and all connections. Never rejects. */
  async close(headers: Readonly<Record<string, string>>): Promise<void> {
    try {
      if (this.#session !== null) discard(await this.#send('DELETE', headers, null));
    } catch {
      // The catalog is complete by now; a session that stays open is the server's to expire.
    }
    await this.#agent.destroy();
  }

  async #send(
    method: 'POST' | 'DELETE',
    headers: Readonly<Record<string, string>>,
    message: object | null,
  ): Promise<Dispatcher.ResponseData> {
    const all: Record<string, string> = {
      accept: 'application/json, text/event-stream',
      ...(message === null ? {} : { 'content-type': 'application/json' }),
      ...headers,
      ...(this.#session === null ? {} : { [SESSION_HEADER]: this.#session }),
      ...Object.fromEntries(this.#target.headers),
    };
    const response = await this.#within('cannot be reached', () =>
      request(this.#target.url, {
        method,
        headers: all,
        body: message === null ? null : JSON.stringify(message),
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#deadline, AbortSignal.timeout(this.#limits.answerMs)]),
      }),
    );
    if (response.statusCode >= 300 && response.statusCode < 400) {
      discard(response);
      throw this.#failed('answered with a redirect, which is never followed', 'write the final URL into the Server');
    }
    return response;
  }

  async #answer(id: number, method: string, response: Dispatcher.ResponseData): Promise<Answer> {
    const type = String(response.headers['content-type'] ?? '')
      .split(';', 1)[0]
      ?.trim()
      .toLowerCase();
    const isError = response.statusCode >= 400;
    if (type === 'text/event-stream' && !isError) return this.#fromStream(id, method, response);
    const text = await this.#text(response);
    if (type === 'application/json') {
      const parsed = parseJsonTree(text);
      const answer = parsed.ok ? readAnswer(parsed.tree, id, response.statusCode) : null;
      if (answer !== null) return answer;
      if (!isError)
        throw this.#failed(
          parsed.ok ? `did not answer ${method}` : `answered ${method} with broken JSON: ${parsed.message}`,
        );
    }
    if (isError) return { kind: 'status', status: response.statusCode };
    throw this.#failed(`answered ${method} with ${type === '' ? 'no content type' : `the content type ${type ?? ''}`}`);
  }

  /** Reads events until the one that answers; the others are notifications and requests that nobody asked for. */
  async #fromStream(id: number, method: string, response: Dispatcher.ResponseData): Promise<Answer> {
    const parser = new SseParser(this.#limits.answerBytes);
    let found: Answer | null = null;
    await this.#read(response, (chunk) => {
      const parsed = parser.push(chunk);
      if (!parsed.ok) throw this.#failed(`answered ${method} with more than ${this.#limits.answerBytes} bytes`);
      for (const { data } of parsed.events) {
        if (data === null || data.length === 0) continue;
        const message = parseJsonTree(this.#decoded(data));
        if (!message.ok) throw this.#failed(`answered ${method} with broken JSON: ${message.message}`);
        found ??= readAnswer(message.tree, id, response.statusCode);
      }
      return found === null;
    });
    if (found === null) throw this.#failed(`ended its answer to ${method} without a result`);
    return found;
  }

  async #text(response: Dispatcher.ResponseData): Promise<string> {
    const chunks: Buffer[] = [];
    await this.#read(response, (chunk) => {
      chunks.push(chunk);
      return true;
    });
    return this.#decoded(Buffer.concat(chunks));
  }

  /** @param take returns false when nothing more is wanted. */
  async #read(response: Dispatcher.ResponseData, take: (chunk: Buffer) => boolean): Promise<void> {
    let size = 0;
    await this.#within('broke off its answer', async () => {
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#bytesLeft -= chunk.length;
        if (size > this.#limits.answerBytes)
          throw this.#failed(`answered with more than ${this.#limits.answerBytes} bytes`);
        if (this.#bytesLeft < 0) throw this.#failed(`sent more than ${this.#limits.totalBytes} bytes in all`);
        if (!take(chunk)) break;
      }
    });
  }

  #decoded(bytes: Buffer): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw this.#failed('answered with bytes that are not UTF-8');
    }
  }

  #checkedSession(session: string): string {
    if (session.length <= UPSTREAM_SESSION_ID_CHARS_MAX && /^[\x21-\x7e]+$/.test(session)) return session;
    throw this.#failed('opened a session with an id that is no visible ASCII');
  }

  async #within<T>(otherwise: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
      if (problem instanceof Failure) throw problem;
      if (problem.name === 'TimeoutError' || problem.name.endsWith('TimeoutError')) {
        const which = this.#deadline.aborted ? this.#limits.totalMs : this.#limits.answerMs;
        throw this.#failed(`did not answer within ${which / 1000} s`);
      }
      const code = 'code' in problem && typeof problem.code === 'string' ? problem.code : problem.message;
      throw this.#failed(`${otherwise} (${code})`, 'is it running, and is the URL of the Server right?');
    }
  }

  #failed(message: string, help: string | null = null): Error {
    return failure(this.#target.url.href, message, help);
  }
}

/** Whatever is left of a body that nobody wants; undici reports that as an error of the stream. */
function discard(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => {}).destroy();
}
