/**
 * Headers that the proxy itself writes, or that belong to one connection (RFC 9110 section 7.6.1): a policy that set one
 * could frame another request, choose another host, or lie about what was decided.
 */
const RESERVED: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'baggage',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'last-event-id',
  'origin',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const RESERVED_PREFIXES = ['mcp-', 'proxy-', 'sec-', 'x-forwarded-'];

/** The name in lower case when a credential may be sent in that header, else null (RFC 9110 section 5.1: a token). */
export function parseCredentialHeader(name: string): string | null {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(name)) return null;
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix)) ? null : lower;
}
