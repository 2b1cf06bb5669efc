/** Where a URL leads, as requests to it say. */
export interface Target {
  readonly href: string;
  readonly origin: string;
  /** Of the `Host` field. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

const known = new WeakMap<URL, Target>();

/** HOT PATH. The parts of a URL, put together once for each URL object: servers are few, and calls of them many. */
export function targetOf(url: URL): Target {
  const found = known.get(url);
  if (found !== undefined && found.href === url.href) return found;
  const target = { href: url.href, origin: url.origin, host: url.host, path: `${url.pathname}${url.search}` };
  known.set(url, target);
  return target;
}
