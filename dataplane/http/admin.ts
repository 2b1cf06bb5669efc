import { isLoopback, type Address } from '../config/address.ts';
import type { Exchange } from './exchange.ts';
import { openServer, type HttpServer } from './server.ts';

export interface AdminPages {
  /** Whether calls are being decided: an active bundle. */
  ready(): boolean | Promise<boolean>;
  /** JSON-able. */
  status(): object | Promise<object>;
}

/**
 * The operator's listener, on loopback: `/healthz`, `/readyz`, `/status`. Its Host is checked too, or a page in a browser
 * on this machine could read the status by way of a name that points here.
 */
export function openAdmin(address: Address, pages: AdminPages): Promise<HttpServer> {
  return openServer({ address, tls: null }, (exchange) => void answer(exchange, pages));
}

async function answer(exchange: Exchange, pages: AdminPages): Promise<void> {
  const host = (exchange.headers.get('host') ?? '').replace(/:[0-9]{1,5}$/, '');
  if (!isLoopback(host)) return say(exchange, 403, 'this Host is not served here');
  if (exchange.method !== 'GET') return exchange.answer(405, [['allow', 'GET']], null);
  switch (exchange.path) {
    case '/healthz':
      return say(exchange, 200, 'ok');
    case '/readyz':
      return (await pages.ready()) ? say(exchange, 200, 'ready') : say(exchange, 503, 'no active bundle');
    case '/status':
      return exchange.answer(
        200,
        [['content-type', 'application/json']],
        `${JSON.stringify(await pages.status(), null, 2)}\n`,
      );
    default:
      return say(exchange, 404, 'only /healthz, /readyz and /status');
  }
}

function say(exchange: Exchange, status: number, text: string): void {
  exchange.answer(status, [['content-type', 'text/plain; charset=utf-8']], `${text}\n`);
}
