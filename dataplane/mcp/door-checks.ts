import type { BlockList } from 'node:net';
import { isIP } from 'node:net';
import type { Listen } from '../../schemas/types/proxy.ts';
import { isLoopback, parseAddress, parseNetworks } from '../config/address.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Refusal } from './refusals.ts';

/** Who may connect, under which names and from which pages. */
export interface Door {
  /** Null = anybody: TLS ends here, or only this machine can connect. */
  readonly peers: BlockList | null;
  /** Host values, lower case, each with and without the port listened on; null = loopback names. */
  readonly hosts: ReadonlySet<string> | null;
  /** Origin values; null = loopback origins. */
  readonly origins: ReadonlySet<string> | null;
}

/** The door of a checked configuration. */
export function buildDoor(listen: Listen): Door {
  const address = parseAddress(listen.address);
  const loopback = address !== null && isLoopback(address.host);
  const networks = listen.trustedProxies === undefined ? null : parseNetworks(listen.trustedProxies);
  return {
    peers: listen.tls !== undefined || loopback || networks === null || !networks.ok ? null : networks.networks,
    hosts: listen.hosts === undefined ? null : new Set(listen.hosts),
    origins: listen.origins === undefined ? null : new Set(listen.origins),
  };
}

/**
 * What is checked before anything else is read (2026-07-28 streamable-http, Security & Endpoint): a page of another site
 * that had its name point here (DNS rebinding) is known by Host and Origin.
 */
export function checkDoor(door: Door, exchange: Exchange, isHandedOver = false): Refusal | null {
  if (door.peers !== null && !isHandedOver && !isPeer(door.peers, exchange.peer)) return 'untrusted-peer';
  const { headers } = exchange;
  if (headers.repeated !== null) return 'repeated-header';
  const host = headers.get('host')?.toLowerCase() ?? '';
  const bare = host.replace(/:[0-9]{1,5}$/, '');
  if (door.hosts === null ? !isLoopback(bare) : !door.hosts.has(host) && !door.hosts.has(bare)) return 'wrong-host';
  const origin = headers.get('origin');
  if (origin === null) return null;
  const allowed = door.origins === null ? isLoopbackOrigin(origin) : door.origins.has(origin);
  return allowed ? null : 'wrong-origin';
}

/** As the official SDKs write it, so that it need not be taken apart. */
const USUAL_ACCEPT = 'application/json, text/event-stream';

/** What a POST must say of its body and of the answer it takes (2026-07-28 streamable-http, Sending Messages). */
export function checkMediaTypes(exchange: Exchange): Refusal | null {
  const { headers } = exchange;
  const encoding = headers.get('content-encoding');
  if (!isJson(headers.get('content-type')) || (encoding !== null && encoding.toLowerCase() !== 'identity')) {
    return 'content-type';
  }
  const accept = headers.get('accept');
  return accept === null || accept === USUAL_ACCEPT || acceptsBoth(accept) ? null : 'not-acceptable';
}

function acceptsBoth(accept: string): boolean {
  const types = accept.split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  const accepts = (type: string, group: string): boolean =>
    types.some((range) => range === type || range === group || range === '*/*');
  return accepts('application/json', 'application/*') && accepts('text/event-stream', 'text/*');
}

/** Whether a GET takes a stream of events. */
export function acceptsStream({ headers }: Exchange): boolean {
  const types = (headers.get('accept') ?? '*/*')
    .split(',')
    .map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  return types.some((range) => range === 'text/event-stream' || range === 'text/*' || range === '*/*');
}

function isJson(contentType: string | null): boolean {
  if (contentType === 'application/json') return true;
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every((part) => /^charset="?utf-8"?$/.test(part) || part === '');
}

function isPeer(networks: BlockList, peer: string): boolean {
  const bare = peer.startsWith('::ffff:') && isIP(peer.slice(7)) === 4 ? peer.slice(7) : peer;
  const version = isIP(bare);
  return version !== 0 && networks.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return (
    url !== null &&
    url.origin === origin &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    isLoopback(url.hostname)
  );
}
