import type { Header } from '../http/exchange.ts';
import { encodeHeaderValue } from './header-values.ts';

/** The headers of every request to an upstream. Nothing of the client's is among them: each is made anew (protocol.md 1.8). */
export function upHeaders(version: string, credentials: readonly Header[]): Header[] {
  return [
    ['accept', 'application/json, text/event-stream'],
    ['content-type', 'application/json'],
    ['mcp-protocol-version', version],
    ...credentials,
  ];
}

/** What a modern request says of its body in headers (2026-07-28 streamable-http, Request Metadata). */
export function metadataHeaders(method: string, name: string): Header[] {
  return [
    ['mcp-method', method],
    ['mcp-name', encodeHeaderValue(name)],
  ];
}

/** The trace that a client's request belongs to, when it is written as W3C Trace Context says. */
export function traceHeaders(traceparent: string | null): Header[] {
  if (traceparent === null || !/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)) return [];
  return [['traceparent', traceparent]];
}
