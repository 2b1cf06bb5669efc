import { failure } from '../failure.ts';

/** Labels of a host that say nothing about which server it is. */
const COMMON: ReadonlySet<string> = new Set(['www', 'mcp', 'api', 'app', 'localhost']);

/**
 * A name for the server of a URL: the first label of its host that says something. `https://mcp.github.acme.dev/mcp` is
 * `github`.
 * @throws Failure when there is none, as in an IP address.
 */
export function serverNameFrom(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const labels = /^[\d.]+$|^\[/.test(host) ? [] : host.split('.');
  const name = labels.find((label) => !COMMON.has(label) && /^[a-z][a-z0-9-]{0,39}$/.test(label));
  if (name === undefined) throw failure('--name', 'is required: the URL does not say how to call the server');
  return name;
}
