import type { RequestHeaders } from '../http/request-headers.ts';
import { decodeHeaderValue } from './header-values.ts';
import type { Refusal } from './refusals.ts';
import type { ScannedRequest } from './scan.ts';
import { LEGACY_VERSIONS, MODERN_VERSIONS, VERSIONS, type Era } from './versions.ts';

export const VERSION_HEADER = 'mcp-protocol-version';
export const METHOD_HEADER = 'mcp-method';
const NAME_HEADER = 'mcp-name';
export const SESSION_HEADER = 'mcp-session-id';

/**
 * The era of a message, from its body first (2026-07-28 basic/versioning): a version in `_meta` makes it modern,
 * `initialize` legacy. Where the body says nothing, a modern version in the header of a request without a session means
 * that the body lacks what it must have; with a session the header is tolerated, since clients are known that keep
 * sending the version they asked for first.
 */
export function classifyEra(message: ScannedRequest, headers: RequestHeaders): Era {
  if (message.protocolVersion !== null) return 'modern';
  if (message.kind === 'response' || message.method === 'initialize') return 'legacy';
  const version = headers.get(VERSION_HEADER);
  const modern = version !== null && MODERN_VERSIONS.includes(version);
  return modern && headers.get(SESSION_HEADER) === null ? 'modern' : 'legacy';
}

export type Check = { readonly reason: Refusal; readonly detail: string | null; readonly data: unknown } | null;

/** What a modern request must say about itself, twice: in its `_meta`, and in headers that agree (streamable-http, Server Validation). */
export function checkModern(message: ScannedRequest, headers: RequestHeaders): Check {
  const { protocolVersion, clientCapabilities, meta } = message;
  // The scan falls back to the `capabilities` of an `initialize`, which do not count here.
  const declared =
    meta !== null &&
    clientCapabilities !== null &&
    clientCapabilities.start >= meta.start &&
    clientCapabilities.end <= meta.end;
  if (protocolVersion === null || !declared) return { reason: 'missing-meta', detail: null, data: null };
  const version = headers.get(VERSION_HEADER);
  const mismatch = checkHeader('MCP-Protocol-Version', version, protocolVersion);
  if (version !== null && mismatch !== null) return mismatch;
  if (!MODERN_VERSIONS.includes(protocolVersion)) {
    return { reason: 'unsupported-version', detail: null, data: { supported: VERSIONS, requested: protocolVersion } };
  }
  return mismatch ?? checkHeader('Mcp-Method', headers.get(METHOD_HEADER), message.method ?? '');
}

/** `Mcp-Name` must carry what the request names: `params.name`, or `params.uri` of a resource. */
export function checkName(mirrors: 'name' | 'uri', message: ScannedRequest, headers: RequestHeaders): Check {
  const value = headers.get(NAME_HEADER);
  const name = message[mirrors]?.text ?? null;
  if (name === null) return null;
  return checkHeader('Mcp-Name', value === null ? null : decodeHeaderValue(value), name);
}

function checkHeader(name: string, value: string | null, expected: string): Check {
  if (value === expected) return null;
  const detail = value === null ? `${name} is missing or malformed` : `${name} does not match the body`;
  return { reason: 'header-mismatch', detail, data: null };
}

/**
 * A legacy request's version header (2025-11-25 basic/transports, Protocol Version Header): absent is fine, one that is
 * not served is not.
 */
export function checkLegacyVersion(message: ScannedRequest, headers: RequestHeaders): Check {
  const version = headers.get(VERSION_HEADER);
  if (version === null || message.method === 'initialize' || VERSIONS.includes(version)) return null;
  return { reason: 'legacy-version', detail: null, data: { supported: LEGACY_VERSIONS } };
}
