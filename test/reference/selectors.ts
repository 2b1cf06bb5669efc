/** In tool names `*` is any run of characters (language.md, "Names"). */
export function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  const after = name.slice(first.length);
  // Every way to place the star, one after the other.
  for (let at = 0; at <= after.length; at++) if (fits(rest.join('*'), after.slice(at))) return true;
  return false;
}

/**
 * Rule 10: in patterns over URIs `*` is a run without `/ ? #`, `**` one without `? #`. Where URIs are opaque, only exact
 * texts and `**` match.
 */
export function fitsUri(pattern: string, uri: string, isOpaque: boolean): boolean {
  if (isOpaque) return pattern === '**' || pattern === uri;
  const [, stars = ''] = /^(\*{1,2})/.exec(pattern) ?? [];
  if (stars === '') {
    if (pattern === '' || uri === '') return pattern === uri;
    return pattern[0] === uri[0] && fitsUri(pattern.slice(1), uri.slice(1), false);
  }
  const rest = pattern.slice(stars.length);
  for (let at = 0; at <= uri.length; at++) {
    if (fitsUri(rest, uri.slice(at), false)) return true;
    if ((stars === '*' ? '/?#' : '?#').includes(uri[at] ?? '#')) return false;
  }
  return false;
}

/** What a URI template may become (RFC 6570). Where URIs are opaque, an expression becomes anything. */
export function fitsTemplate(template: string, uri: string, isOpaque: boolean): boolean {
  const pattern = template.replace(/\{[^}]*\}|[^{]+/g, (part) => {
    if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (isOpaque || part.startsWith('{+')) return '.*';
    return part.startsWith('{/') ? '[^?#]*' : part.startsWith('{?') ? '(?:\\?[^/?#]*)?' : '[^/?#]*';
  });
  return new RegExp(`^${pattern}$`).test(uri);
}

/** Rule 10: whether a URI is in the normal form of RFC 3986, by the regular expression of its appendix B. */
export function isNormal(uri: string): boolean {
  const [, scheme, , authority, path = ''] = /^([a-z][a-z0-9+.-]*):(\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?$/.exec(uri) ?? [];
  const segments = path.replace(/^\//, '').split('/');
  return (
    scheme !== undefined &&
    /^[\w\-.~:/?#@!$&'()*+,;=%]*$/.test(uri) &&
    !/[@A-Z]/.test(authority ?? '') &&
    !segments.some((segment, at) => /^\.{1,2}$/.test(segment) || (segment === '' && at < segments.length - 1)) &&
    [...uri.matchAll(/%(.{0,2})/g)].every(
      ([, digits = '']) =>
        /^[0-9A-F]{2}$/.test(digits) &&
        !['2F', '5C', '00', '25'].includes(digits) &&
        !/[\w\-.~]/.test(String.fromCharCode(Number.parseInt(digits, 16))),
    )
  );
}
