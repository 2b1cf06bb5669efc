import type { ScanFailure } from './scan-envelope.ts';

/** Codes of JSON-RPC 2.0 and of MCP (2026-07-28 basic/index, Error Codes) that the gateway itself answers with. */
const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;
const RESOURCE_NOT_FOUND_LEGACY = -32_002;
const HEADER_MISMATCH = -32_020;
const UNSUPPORTED_VERSION = -32_022;

interface RefusalInfo {
  /** HTTP status. */
  readonly status: number;
  /** JSON-RPC error code. */
  readonly code: number;
  /** What the client is told; details may follow it, never anything of an upstream. */
  readonly message: string;
}

/**
 * Why a request ends with an error of the gateway's own. Closed: every refusal is in this table with its status and code,
 * and has its case in `test/hostile` or in the table of misbehaving upstreams.
 */
export const REFUSALS = {
  'untrusted-peer': { status: 403, code: INVALID_REQUEST, message: 'connect through the proxy in front' },
  'wrong-host': { status: 403, code: INVALID_REQUEST, message: 'this Host is not served here' },
  'wrong-origin': { status: 403, code: INVALID_REQUEST, message: 'this Origin is not allowed' },
  'no-such-path': { status: 404, code: INVALID_REQUEST, message: 'there is no MCP endpoint here' },
  'http-method': { status: 405, code: INVALID_REQUEST, message: 'this method is not served here' },
  'repeated-header': { status: 400, code: INVALID_REQUEST, message: 'a header that may come once came twice' },
  'not-ready': { status: 503, code: INTERNAL_ERROR, message: 'the gateway has no policy yet' },
  'audit-full': { status: 503, code: INTERNAL_ERROR, message: 'the gateway cannot record requests at the moment' },
  'content-type': { status: 415, code: INVALID_REQUEST, message: 'the body must be application/json, unencoded' },
  'not-acceptable': {
    status: 406,
    code: INVALID_REQUEST,
    message: 'the client must accept both application/json and text/event-stream',
  },
  'body-too-large': { status: 413, code: INVALID_REQUEST, message: 'the body is too large' },
  'body-incomplete': { status: 400, code: INVALID_REQUEST, message: 'the body is incomplete' },

  'bad-utf8': { status: 400, code: PARSE_ERROR, message: 'the body is not UTF-8' },
  'bad-json': { status: 400, code: PARSE_ERROR, message: 'the body is not JSON' },
  'too-deep': { status: 400, code: INVALID_REQUEST, message: 'the body is nested too deeply' },
  'too-many-members': { status: 400, code: INVALID_REQUEST, message: 'the body has too many members' },
  'too-many-values': { status: 400, code: INVALID_REQUEST, message: 'the body has too many values' },
  'too-long-key': { status: 400, code: INVALID_REQUEST, message: 'the body has a key that is too long' },
  'too-long-string': { status: 400, code: INVALID_REQUEST, message: 'the body has a string that is too long' },
  'too-long-number': { status: 400, code: INVALID_REQUEST, message: 'the body has a number that is too long' },
  'duplicate-key': { status: 400, code: INVALID_REQUEST, message: 'the body has an object with the same key twice' },
  'lone-surrogate': { status: 400, code: INVALID_REQUEST, message: 'the body has half of a surrogate pair' },
  'look-alike-key': {
    status: 400,
    code: INVALID_REQUEST,
    message: 'the body has a key that only resembles a known one',
  },
  batch: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'a batch is for sessions of 2025-03-26, not empty, and bounded',
  },
  'not-an-object': { status: 400, code: INVALID_REQUEST, message: 'the body is not a JSON-RPC message' },
  'bad-envelope': { status: 400, code: INVALID_REQUEST, message: 'the body is not a JSON-RPC 2.0 message' },
  'bad-params': { status: 400, code: INVALID_PARAMS, message: 'a parameter has a wrong type' },

  'missing-meta': {
    status: 400,
    code: INVALID_PARAMS,
    message: '_meta must have io.modelcontextprotocol/protocolVersion and io.modelcontextprotocol/clientCapabilities',
  },
  'unsupported-version': { status: 400, code: UNSUPPORTED_VERSION, message: 'unsupported protocol version' },
  'header-mismatch': { status: 400, code: HEADER_MISMATCH, message: 'header mismatch' },
  'unknown-method-modern': { status: 404, code: METHOD_NOT_FOUND, message: 'method not found' },
  'unknown-method-legacy': { status: 200, code: METHOD_NOT_FOUND, message: 'method not found' },

  'legacy-version': { status: 400, code: INVALID_REQUEST, message: 'unsupported MCP-Protocol-Version' },
  'session-required': { status: 400, code: INVALID_REQUEST, message: 'Mcp-Session-Id is missing: initialize first' },
  'session-unknown': { status: 404, code: INVALID_REQUEST, message: 'session not found: initialize again' },

  'unknown-tool': { status: 200, code: INVALID_PARAMS, message: 'Unknown tool' },
  'unknown-prompt': { status: 200, code: INVALID_PARAMS, message: 'Unknown prompt' },
  'unknown-resource': { status: 200, code: INVALID_PARAMS, message: 'Resource not found' },
  'unknown-resource-legacy': { status: 200, code: RESOURCE_NOT_FOUND_LEGACY, message: 'Resource not found' },
  'uri-not-normal': { status: 200, code: INVALID_PARAMS, message: 'the URI is not in normal form' },
  'uri-content': { status: 200, code: INVALID_PARAMS, message: 'the URI has content that may not be sent' },
  denied: { status: 200, code: INVALID_PARAMS, message: 'not allowed' },
  'missing-uri': { status: 200, code: INVALID_PARAMS, message: 'params.uri is missing' },
  'missing-ref': { status: 200, code: INVALID_PARAMS, message: 'params.ref names no prompt and no resource template' },
  'unknown-state': {
    status: 200,
    code: INVALID_PARAMS,
    message: 'the requestState is not of this request, or too old',
  },
  'unknown-event': { status: 400, code: INVALID_REQUEST, message: 'Last-Event-ID is not of this session, or too old' },
  'bad-listen': {
    status: 200,
    code: INVALID_PARAMS,
    message: 'params.notifications is not a filter, or subscribes to too many resources',
  },
  'bad-level': { status: 200, code: INVALID_PARAMS, message: 'params.level is no severity' },
  'too-many-streams': { status: 429, code: INTERNAL_ERROR, message: 'too many streams are open' },
  'too-many-subscriptions': { status: 200, code: INVALID_PARAMS, message: 'too many resources are subscribed to' },
  'missing-name': { status: 200, code: INVALID_PARAMS, message: 'params.name is missing' },
  'unknown-cursor': { status: 200, code: INVALID_PARAMS, message: 'the cursor is not one of ours' },
  'list-changed': { status: 200, code: INVALID_PARAMS, message: 'the list has changed: begin again without a cursor' },
  'invalid-arguments': { status: 200, code: INVALID_PARAMS, message: 'Invalid arguments' },
  'look-alike-argument': { status: 200, code: INVALID_PARAMS, message: 'invalid arguments' },

  'server-unavailable': {
    status: 200,
    code: INTERNAL_ERROR,
    message: 'is not available: ask whoever runs the gateway',
  },
  'upstream-unreachable': { status: 200, code: INTERNAL_ERROR, message: 'cannot be reached' },
  'upstream-busy': { status: 200, code: INTERNAL_ERROR, message: 'has too many calls under way: try again later' },
  'upstream-down': { status: 200, code: INTERNAL_ERROR, message: 'has not answered lately: try again later' },
  'upstream-era': {
    status: 200,
    code: INTERNAL_ERROR,
    message: 'speaks another revision of the protocol than before: try again',
  },
  'upstream-timeout': { status: 200, code: INTERNAL_ERROR, message: 'did not answer in time' },
  'upstream-truncated': { status: 200, code: INTERNAL_ERROR, message: 'stopped in the middle of its answer' },
  'upstream-malformed': { status: 200, code: INTERNAL_ERROR, message: 'sent an answer that is not MCP' },
  'upstream-too-large': { status: 200, code: INTERNAL_ERROR, message: 'sent an answer that is too large' },
  'upstream-denied': { status: 200, code: INTERNAL_ERROR, message: 'does not accept the credentials of the gateway' },
  'upstream-caller': {
    status: 200,
    code: INTERNAL_ERROR,
    message: 'is called with a token of whoever asks, and a key is none: sign in instead',
  },
  'upstream-status': { status: 200, code: INTERNAL_ERROR, message: 'failed' },
  'upstream-foreign': { status: 200, code: INTERNAL_ERROR, message: 'answered another request' },
  'upstream-rejected': { status: 200, code: INTERNAL_ERROR, message: 'does not accept requests of the gateway' },
  'upstream-session': { status: 200, code: INTERNAL_ERROR, message: 'did not open a session' },
  'upstream-input': { status: 200, code: INTERNAL_ERROR, message: 'asks for input that is not to be had here' },

  internal: { status: 500, code: INTERNAL_ERROR, message: 'the gateway failed' },
} as const satisfies Record<string, RefusalInfo> & Record<ScanFailure, RefusalInfo>;

export type Refusal = keyof typeof REFUSALS;

/** Refusals whose subject is the server that was called: its assignment's name is put before the message. */
export type UpstreamRefusal = Extract<Refusal, `upstream-${string}` | 'server-unavailable'>;

/** Why a call that was sent came to nothing. */
export type CallFailure = UpstreamRefusal | 'internal';
