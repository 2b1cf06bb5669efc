import { BlockList, isIP } from 'node:net';

export interface Address {
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/** Splits `host:port`; IPv6 is written `[::1]:8080`. Null when it is neither. */
export function parseAddress(text: string): Address | null {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return null;
  const port = Number(text.slice(colon + 1));
  if (!/^[0-9]{1,5}$/.test(text.slice(colon + 1)) || port > 65_535) return null;
  const host = text.slice(0, colon);
  if (host.startsWith('[') && host.endsWith(']')) {
    const inner = host.slice(1, -1);
    return isIP(inner) === 6 ? { host: inner, port } : null;
  }
  return host.includes(':') || !isHostName(host) ? null : { host, port };
}

/** `host:port` as it stands in a URL. */
export function renderAddress(address: Address): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can reach the host: 127.0.0.0/8, ::1 or `localhost`. */
export function isLoopback(host: string): boolean {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const version = isIP(bare);
  if (version === 0) return bare.toLowerCase() === 'localhost';
  return LOOPBACK.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** What a Host header may be: a host, an IP address, or either with a port. */
export function isListenedHost(text: string): boolean {
  return isHostName(text) || isIP(text.replace(/^\[|\]$/g, '')) !== 0 || parseAddress(text) !== null;
}

function isHostName(text: string): boolean {
  return /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(
    text,
  );
}

/** The networks of a CIDR list as one set, or the first entry that is none. */
export function parseNetworks(
  entries: readonly string[],
): { readonly ok: true; readonly networks: BlockList } | { readonly ok: false; readonly entry: string } {
  const networks = new BlockList();
  for (const entry of entries) {
    const [host = '', bits = '', ...rest] = entry.split('/');
    const version = isIP(host);
    const width = version === 4 ? 32 : 128;
    if (version === 0 || rest.length > 0 || !/^[0-9]{1,3}$/.test(bits) || Number(bits) > width)
      return { ok: false, entry };
    networks.addSubnet(host, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  }
  return { ok: true, networks };
}
