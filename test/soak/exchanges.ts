import { Agent, request as send, type ClientRequest, type IncomingMessage } from 'node:http';
import { modernHeaders } from '../fixtures/mcp-http.ts';

/** Where a client of the soak is, and who it is. */
export interface Place {
  readonly url: string;
  readonly key: string;
}

/** One client: it makes exchanges of every kind, one after the other, and counts the records that they should leave. */
export class SoakClient {
  readonly #place: Place;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #session = '';
  /** Audit records that the exchanges so far leave. */
  recorded = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Makes the exchange of that number. Rejects where its answer is not what it should be. */
  async exchange(number: number): Promise<void> {
    const kind = KINDS[number % KINDS.length];
    if (kind === undefined) return;
    if (this.#session === '' || number % 997 === 0) await this.#renew();
    const [name, run] = kind;
    try {
      await run(this);
    } catch (problem) {
      throw new Error(`${name}: ${problem instanceof Error ? problem.message : String(problem)}`, { cause: problem });
    }
  }

  async close(): Promise<void> {
    if (this.#session !== '') await this.legacy('', '', 'DELETE');
    this.#agent.destroy();
  }

  /** A modern request, read whole. */
  modern(method: string, name: string | null, params = '', token = ''): Promise<string> {
    return this.#read(this.openModern(method, name, params, token));
  }

  call(name: string, token = ''): Promise<string> {
    return this.modern('tools/call', name, `,"name":"${name}"`, token);
  }

  /** A request of the session, read whole. */
  legacy(body: string, expected = '', method = 'POST'): Promise<string> {
    return this.#read(this.openLegacy(body, method), expected);
  }

  openModern(method: string, name: string | null, params: string, token = ''): ClientRequest {
    const body = `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"_meta":{${META}${token}}${params}}}`;
    return this.#send('POST', modernHeaders(method, name ?? undefined), body);
  }

  openLegacy(body: string, method = 'POST', headers: Readonly<Record<string, string>> = {}): ClientRequest {
    return this.#send(method, { 'mcp-session-id': this.#session, ...headers }, body);
  }

  /** Reads a stream until it says something, then leaves. */
  leaveAfter(request: ClientRequest, said: (text: string) => boolean | Promise<boolean>): Promise<void> {
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        const look = async (): Promise<void> => {
          if (!(await said(text))) return;
          request.destroy();
        };
        response.on('data', (piece: Buffer) => {
          text += piece.toString();
          look().catch(reject);
        });
        response.on('error', () => undefined);
        response.on('close', () => resolve());
        look().catch(reject);
      });
    });
  }

  /** Asks nobody in particular. */
  stranger(): Promise<string> {
    return this.#read(this.#send('POST', { authorization: 'Bearer nobody' }, '{'), 'error');
  }

  async #renew(): Promise<void> {
    if (this.#session !== '') await this.legacy('', '', 'DELETE');
    const params = `{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{"form":{}}},"clientInfo":{"name":"t","version":"1"}}`;
    const body = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${params}}`;
    const response = await responseOf(this.#send('POST', {}, body));
    await textOf(response);
    this.#session = String(response.headers['mcp-session-id']);
  }

  #send(method: string, headers: Readonly<Record<string, string>>, body: string): ClientRequest {
    this.recorded++;
    const all = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${this.#place.key}`,
      ...headers,
    };
    const request = send(this.#place.url, { method, agent: this.#agent, headers: all });
    request.end(body === '' ? undefined : body);
    return request;
  }

  async #read(request: ClientRequest, expected = ''): Promise<string> {
    const text = await textOf(await responseOf(request));
    if (!text.includes(expected)) throw new Error(`${expected} is not in ${text}`);
    return text;
  }
}

const META =
  '"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}';

const callOf = (name: string, id = 1): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}"}}`;

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response as AsyncIterable<Buffer>) text += piece.toString();
  return text;
}

const has = async (answer: Promise<string>, expected: string): Promise<string> => {
  const text = await answer;
  if (!text.includes(expected)) throw new Error(`${expected} is not in ${text}`);
  return text;
};

/** The mixture: what most requests are comes most often. */
const KINDS: readonly (readonly [name: string, run: (client: SoakClient) => Promise<unknown>])[] = [
  ['a call', (client) => has(client.call('modern_echo'), '"result"')],
  ['a call with progress', (client) => has(client.call('modern_count', ',"progressToken":1'), '"progress":1')],
  ['a legacy call', (client) => client.legacy(callOf('legacy_echo'), '"result"')],
  ['a list of tools', (client) => has(client.modern('tools/list', null), 'modern_echo')],
  ['a bridged call', (client) => has(client.call('legacy_echo'), '"result"')],
  ['a call of a program', (client) => has(client.call('program_count'), '"result"')],
  ['an unknown tool', (client) => has(client.call('nothing'), 'Unknown tool')],
  ['a stranger', (client) => client.stranger()],
  ['a server that breaks off', (client) => has(client.call('modern_die'), 'server modern')],
  ['a legacy server that breaks off', (client) => client.legacy(callOf('legacy_die'), 'server legacy')],
  [
    'a client that leaves',
    (client) =>
      client.leaveAfter(
        client.openModern('tools/call', 'modern_progress', ',"name":"modern_progress"', ',"progressToken":1'),
        (text) => text.includes('"progress":1'),
      ),
  ],
  [
    'a listening client',
    (client) =>
      client.leaveAfter(
        client.openModern('subscriptions/listen', null, ',"notifications":{"resourceSubscriptions":["modern://a"]}'),
        (text) => text.includes('acknowledged'),
      ),
  ],
  ['a legacy client that listens', (client) => client.leaveAfter(client.openLegacy('', 'GET'), () => true)],
  [
    'a lost stream',
    async (client) => {
      const text = await client.legacy(callOf('legacy_lost'), 'id: ');
      const headers = { 'last-event-id': /^id: (\S+)$/m.exec(text)?.[1] ?? '' };
      await has(textOf(await responseOf(client.openLegacy('', 'GET', headers))), '"result"');
    },
  ],
  [
    'a question to a modern client',
    async (client) => {
      const text = await has(client.call('legacy_ask'), 'inputRequests');
      const state = /"requestState":("[^"]+")/.exec(text)?.[1] ?? '';
      const key = /"inputRequests":\{("[^"]+")/.exec(text)?.[1] ?? '';
      const answers = `"requestState":${state},"inputResponses":{${key}:{"action":"accept","content":{}}}`;
      await has(client.modern('tools/call', 'legacy_ask', `,"name":"legacy_ask",${answers}`), '"result"');
    },
  ],
  [
    'a question to a legacy client',
    async (client) => {
      let asked = false;
      const request = client.openLegacy(callOf('legacy_ask'));
      await client.leaveAfter(request, async (text) => {
        const id = /"id":("[^"]+")/.exec(text)?.[1];
        if (id !== undefined && !asked) {
          asked = true;
          await client.legacy(`{"jsonrpc":"2.0","id":${id},"result":{"action":"accept","content":{}}}`);
        }
        return false;
      });
    },
  ],
];
