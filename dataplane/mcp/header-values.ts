/** Visible ASCII, with spaces and tabs inside (RFC 9110 section 5.5, without obs-text). */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PREFIX = '=?base64?';
const SUFFIX = '?=';

/**
 * The value that `Mcp-Name` or `Mcp-Param-*` carries for a text (2026-07-28 streamable-http, Value Encoding): itself, or
 * Base64 between sentinels when it could not be told apart or would not survive as a header.
 */
export function encodeHeaderValue(text: string): string {
  if (PLAIN.test(text) && !isSentinel(text)) return text;
  return `${PREFIX}${Buffer.from(text, 'utf8').toString('base64')}${SUFFIX}`;
}

/**
 * The text that such a header carries; null when it has characters that it must not have, or Base64 that is not canonical
 * or not UTF-8. `value` is without surrounding spaces and tabs.
 */
export function decodeHeaderValue(value: string): string | null {
  if (!PLAIN.test(value)) return null;
  if (!isSentinel(value)) return value;
  const base64 = value.slice(PREFIX.length, -SUFFIX.length);
  if (!BASE64.test(base64)) return null;
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  const canonical = bytes.toString('base64') === base64 && Buffer.from(text, 'utf8').equals(bytes);
  return canonical ? text : null;
}

function isSentinel(value: string): boolean {
  return value.length >= PREFIX.length + SUFFIX.length && value.startsWith(PREFIX) && value.endsWith(SUFFIX);
}
