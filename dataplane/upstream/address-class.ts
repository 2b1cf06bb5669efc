import { BlockList, isIP } from 'node:net';

/**
 * What kind of place an address is:
 * - `public`: anywhere on the internet;
 * - `private`: within an organisation's own networks (RFC 1918, RFC 4193, RFC 6598);
 * - `loopback`: this machine;
 * - `special`: what no server is at, or what gives machines their credentials: link-local addresses, cloud metadata,
 *   multicast, documentation, tunnels (RFC 6890), and what is no address.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'special';

type Network = readonly [address: string, bits: number];

const LOOPBACK = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

const PRIVATE = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
  ['64:ff9b:1::', 48],
]);

const SPECIAL = blockList([
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fd00:ec2::', 32],
  ['fe80::', 9],
  ['ff00::', 8],
]);

/** The addresses in front of which IPv6 stands for IPv4: mapped (RFC 4291), translated (RFC 6052), compatible. */
const EMBEDDING: readonly BlockList[] = [
  blockList([['::ffff:0:0', 96]]),
  blockList([['64:ff9b::', 96]]),
  blockList([['::', 96]]),
];

/** The class of an IP address as text; a zone (`%eth0`) makes it special, since only link-local addresses have one. */
export function classOfAddress(address: string): AddressClass {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'special';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(address, family)) return 'loopback';
  if (SPECIAL.check(address, family)) return 'special';
  if (family === 'ipv6' && EMBEDDING.some((list) => list.check(address, 'ipv6'))) {
    return classOfAddress(embeddedAddress(address));
  }
  return PRIVATE.check(address, family) ? 'private' : 'public';
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
function embeddedAddress(address: string): string {
  // The URL parser writes all of it in hexadecimal, however it was written.
  const { hostname } = new URL(`http://[${address}]/`);
  const groups = hostname.slice(1, -1).split(':');
  const [high, low] = [groups.at(-2) ?? '', groups.at(-1) ?? ''].map((group) => Number.parseInt(group || '0', 16));
  return [high ?? 0, low ?? 0].flatMap((group) => [group >> 8, group & 0xff]).join('.');
}

function blockList(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}
