import { isIP } from 'node:net';
import { isLoopback } from '../config/address.ts';

/** One entry of `egress` or of a secret's `to`. */
export interface HostPattern {
  /** As a URL writes it: lower case, punycode, IPv6 in brackets. */
  readonly host: string;
  /** Null = any port. */
  readonly port: number | null;
  /** Whether it means the hosts below `host`, and not `host` itself. */
  readonly below: boolean;
}

export type UrlFailure = 'malformed-url' | 'insecure-url' | 'host-not-allowed';

export type UrlResult = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly reason: UrlFailure };

/**
 * Parses `host`, `host:port`, `*.domain` or `*.domain:port`; null when it is none of them. Without a port any port is
 * meant. The URL parser normalises the host, so a pattern and a URL that mean the same host are the same text.
 */
export function parseHostPattern(text: string): HostPattern | null {
  const below = text.startsWith('*.');
  const rest = below ? text.slice(2) : isIP(text) === 6 ? `[${text}]` : text;
  const port = /:([0-9]{1,5})$/.exec(rest)?.[1] ?? null;
  const host = port === null ? rest : rest.slice(0, -port.length - 1);
  if (!/^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/?#@*\\%[\]]+)$/.test(host)) return null;
  if (port !== null && (Number(port) < 1 || Number(port) > 65_535)) return null;
  // Below an address there is nothing: the extra label makes the parser refuse what ends in a number.
  const url = URL.parse(`http://${below ? 'x.' : ''}${host}/`);
  if (url === null || url.hostname === '') return null;
  return { host: below ? url.hostname.slice(2) : url.hostname, port: port === null ? null : Number(port), below };
}

/** The patterns of a list, or its first entry that is none. */
export function parseHostPatterns(
  texts: readonly string[],
): { readonly ok: true; readonly patterns: readonly HostPattern[] } | { readonly ok: false; readonly entry: string } {
  const patterns: HostPattern[] = [];
  for (const text of texts) {
    const pattern = parseHostPattern(text);
    if (pattern === null) return { ok: false, entry: text };
    patterns.push(pattern);
  }
  return { ok: true, patterns };
}

/** Whether a URL's host and port are among the patterns. */
export function isHostAllowed(url: URL, patterns: readonly HostPattern[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return patterns.some(
    (pattern) =>
      (pattern.port === null || pattern.port === port) &&
      (pattern.below ? url.hostname.endsWith(`.${pattern.host}`) : url.hostname === pattern.host),
  );
}

/**
 * Whether the proxy may call a URL that a bundle or a document names (operation.md, `egress`): https, or http to this
 * machine; no user information, which would be a credential from outside the proxy's configuration; a host of the list.
 */
export function checkUrl(text: string, egress: readonly HostPattern[]): UrlResult {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return { ok: false, reason: 'malformed-url' };
  if (!isSecure(url)) return { ok: false, reason: 'insecure-url' };
  return isHostAllowed(url, egress) ? { ok: true, url } : { ok: false, reason: 'host-not-allowed' };
}

/** https, or http that does not leave this machine. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
