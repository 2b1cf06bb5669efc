import type { Header } from '../http/exchange.ts';
import { encodeHeaderValue } from '../mcp/header-values.ts';
import type { UpstreamMessage } from './channel.ts';

/** Headers of a message to an upstream. Nothing of the client's is among them: each is made anew (protocol.md 1.8). */
export function postHeaders(version: string): Header[] {
  return [
    ['accept', 'application/json, text/event-stream'],
    ['content-type', 'application/json'],
    ['mcp-protocol-version', version],
  ];
}

/** What a modern request says of its body in headers (2026-07-28 streamable-http, Request Metadata). */
export function modernHeaders(version: string, request: UpstreamMessage): Header[] {
  const headers = postHeaders(version);
  headers.push(['mcp-method', request.method]);
  if (request.name !== null) headers.push(['mcp-name', encodeHeaderValue(request.name)]);
  headers.push(...request.headers);
  return headers;
}

/** Headers within a legacy session; `id` null: the server keeps none. */
export function sessionHeaders(version: string, id: string | null): Header[] {
  const headers = postHeaders(version);
  if (id !== null) headers.push(['mcp-session-id', id]);
  return headers;
}

/** Headers of a GET that opens a stream (2025-11-25 basic/transports, Listening for Messages; Resumability). */
export function streamHeaders(version: string, id: string | null, lastEventId: string | null): Header[] {
  const headers: Header[] = [
    ['accept', 'text/event-stream'],
    ['mcp-protocol-version', version],
  ];
  if (id !== null) headers.push(['mcp-session-id', id]);
  if (lastEventId !== null) headers.push(['last-event-id', lastEventId]);
  return headers;
}

/** The trace that a client's request belongs to, when it is written as W3C Trace Context says. */
export function traceHeaders(traceparent: string | null): Header[] {
  return traceparent !== null && isTraceparent(traceparent) ? [['traceparent', traceparent]] : [];
}

/** Whether a text is what W3C Trace Context calls a `traceparent`. */
export function isTraceparent(text: string): boolean {
  return /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(text);
}
