import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';

/** One request and its answer, as they went by; bodies are cut. */
export interface Exchange {
  readonly request: string;
  readonly response: string;
}

export interface KeyAdder {
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  /** Everything that came by since the last time. */
  takeExchanges(): readonly Exchange[];
  /** Where requests go from now on, and with which key. */
  aim(target: string, key: string): void;
  close(): Promise<void>;
}

const SHOWN_BODY_CHARS_MAX = 6_000;
const EXCHANGES_MAX = 2_000;

/**
 * The suite signs in nowhere and the proxy knows no strangers, so this stands between them and adds a robot's key.
 * Everything else passes as it is, `Host` too, and at once: streams are the point of half of the scenarios.
 */
export async function openKeyAdder(): Promise<KeyAdder> {
  let aim = { target: new URL('http://127.0.0.1:1'), key: '' };
  const exchanges: { request: string; response: string }[] = [];
  const agent = new Agent({ keepAlive: true });

  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = { request: headOf(request), response: '' };
    if (exchanges.length < EXCHANGES_MAX) exchanges.push(exchange);
    const up = send({
      host: aim.target.hostname,
      port: aim.target.port,
      method: request.method,
      path: request.url,
      headers: [...request.rawHeaders, 'Authorization', `Bearer ${aim.key}`],
      setHost: false,
      agent,
    });
    up.on('response', (answer) => {
      exchange.response = `HTTP ${answer.statusCode}\n${headersOf(answer.rawHeaders)}\n\n`;
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      answer.on('data', (chunk: Buffer) => (exchange.response = cut(exchange.response + chunk.toString())));
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    up.on('error', (problem) => {
      exchange.response += `(${problem.message})`;
      response.destroy();
    });
    request.on('data', (chunk: Buffer) => (exchange.request = cut(exchange.request + chunk.toString())));
    request.pipe(up);
    // Whoever hangs up on us wants the proxy to notice.
    response.on('close', () => up.destroy());
  };

  const server = createServer(forward);
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return {
    origin: `http://127.0.0.1:${port}`,
    takeExchanges: () => exchanges.splice(0),
    aim: (target, key) => {
      aim = { target: new URL(target), key };
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function headOf(request: IncomingMessage): string {
  return `${request.method} ${request.url}\n${headersOf(request.rawHeaders)}\n\n`;
}

function headersOf(raw: readonly string[]): string {
  return raw.flatMap((text, at) => (at % 2 === 0 ? [`${text}: ${raw[at + 1]}`] : [])).join('\n');
}

const cut = (text: string): string =>
  text.length <= SHOWN_BODY_CHARS_MAX ? text : `${text.slice(0, SHOWN_BODY_CHARS_MAX)}…`;
