import { memberOf, parseJsonTree, plainValue, type JsonTree } from '../format/json-tree.ts';
import { CLIENT_INFO } from '../mcp/client-profile.ts';
import { LEGACY_VERSIONS } from '../mcp/versions.ts';

/**
 * Legacy revisions spoken where all messages share one connection. The oldest differs from the next only in what a server
 * may leave out; over Streamable HTTP it does not exist.
 */
export const SHARED_VERSIONS: readonly string[] = [...LEGACY_VERSIONS, '2024-11-05'];

/** The modern request whose answer is a stream of announcements (2026-07-28 basic/patterns/subscriptions). */
export const LISTEN_METHOD = 'subscriptions/listen';

/** What says that the handshake is complete (2025-11-25 basic/lifecycle, Initialization). */
export const INITIALIZED = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');

/** `initialize`, asking for a revision and declaring these capabilities (JSON text). `id` is JSON text. */
export function buildInitialize(id: string, protocolVersion: string, capabilities: string): Buffer {
  const version = JSON.stringify(protocolVersion);
  const params = `{"protocolVersion":${version},"capabilities":${capabilities},"clientInfo":${JSON.stringify(CLIENT_INFO)}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"initialize","params":${params}}`);
}

/** What says that an answer is not wanted any more (2025-11-25 basic/utilities/cancellation). `id`: as JSON text. */
export function buildCancelled(id: Buffer): Buffer {
  const params = `{"requestId":${id.toString('utf8')}}`;
  return Buffer.from(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`);
}

/** The revision that a server chose in its answer to `initialize`; null when it is none that we speak. */
export function negotiatedVersion(answer: Buffer, spoken: readonly string[] = LEGACY_VERSIONS): string | null {
  const parsed = parseJsonTree(answer.toString('utf8'));
  const result = parsed.ok ? memberOf(parsed.tree, 'result') : null;
  const version = textOf(result === null ? null : memberOf(result, 'protocolVersion'));
  return version !== null && spoken.includes(version) ? version : null;
}

function textOf(tree: JsonTree | null): string | null {
  const value = tree === null ? null : plainValue(tree);
  return typeof value === 'string' ? value : null;
}
