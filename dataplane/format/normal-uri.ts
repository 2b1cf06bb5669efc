/** Bytes whose percent-encoding hides a separator or ends a string: never accepted in a resource URI. */
const HIDDEN = new Set(['2F', '5C', '00', '25']);
const SCHEME = /^[a-z][a-z0-9+.-]*:/;
const LEGAL = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * Why a resource URI (or a pattern over URIs: `*` is a legal character) is not in RFC 3986 normal form; null when it is.
 * URIs are compared as they are and never normalised (language.md, rule 10), so what could be written in two ways is refused.
 */
export function notNormal(uri: string): string | null {
  const scheme = SCHEME.exec(uri);
  if (scheme === null) return 'it must begin with a lower-case scheme';
  if (!LEGAL.test(uri)) return 'it has a character that must be percent-encoded';
  if (uri.includes('#')) return 'it has a fragment';
  const encoding = badEncoding(uri);
  if (encoding !== null) return encoding;

  let rest = uri.slice(scheme[0].length);
  const query = rest.indexOf('?');
  if (query !== -1) rest = rest.slice(0, query);
  if (!rest.startsWith('//')) return badSegments(rest.split('/').slice(rest.startsWith('/') ? 1 : 0));
  const slash = rest.indexOf('/', 2);
  const authority = slash === -1 ? rest.slice(2) : rest.slice(2, slash);
  if (authority.includes('@')) return 'it has a user name';
  if (authority !== authority.toLowerCase()) return 'its host must be in lower case';
  return slash === -1 ? null : badSegments(rest.slice(slash + 1).split('/'));
}

function badEncoding(uri: string): string | null {
  for (let at = uri.indexOf('%'); at !== -1; at = uri.indexOf('%', at + 1)) {
    const digits = uri.slice(at + 1, at + 3);
    if (!/^[0-9A-F]{2}$/.test(digits)) return 'a percent-encoding must have two upper-case hexadecimal digits';
    if (HIDDEN.has(digits)) return `%${digits} hides a separator`;
    if (UNRESERVED.test(String.fromCharCode(Number.parseInt(digits, 16)))) return `%${digits} needs no encoding`;
  }
  return null;
}

function badSegments(segments: readonly string[]): string | null {
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'it has a dot segment';
  if (segments.slice(0, -1).includes('')) return 'it has an empty segment';
  return null;
}
