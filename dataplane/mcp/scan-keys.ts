import { KnownKeys } from '../json/known-keys.ts';

/*
 * The keys that a JSON-RPC message is routed and decided on, level by level, in both directions, each with its position
 * in what `readLevel` fills. At these levels a key that only resembles one of them is refused: another reader might take
 * it for the real one (language.md, rule 11).
 */

export const TOP = { jsonrpc: 0, id: 1, method: 2, params: 3, result: 4, error: 5 } as const;
export const TOP_KEYS = new KnownKeys(Object.keys(TOP));

export const PARAMS = {
  name: 0,
  arguments: 1,
  _meta: 2,
  cursor: 3,
  uri: 4,
  ref: 5,
  argument: 6,
  context: 7,
  level: 8,
  protocolVersion: 9,
  capabilities: 10,
  clientInfo: 11,
  requestId: 12,
  progressToken: 13,
  inputResponses: 14,
  requestState: 15,
  task: 16,
  taskId: 17,
  notifications: 18,
  reason: 19,
  progress: 20,
  total: 21,
  message: 22,
  data: 23,
  logger: 24,
  mode: 25,
  url: 26,
  elicitationId: 27,
  requestedSchema: 28,
} as const;
export const PARAMS_KEYS = new KnownKeys(Object.keys(PARAMS));

export const META = {
  'io.modelcontextprotocol/protocolVersion': 0,
  'io.modelcontextprotocol/clientCapabilities': 1,
  'io.modelcontextprotocol/clientInfo': 2,
  'io.modelcontextprotocol/logLevel': 3,
  progressToken: 4,
  traceparent: 5,
  tracestate: 6,
  baggage: 7,
  'io.modelcontextprotocol/serverInfo': 8,
  'io.modelcontextprotocol/subscriptionId': 9,
  'io.modelcontextprotocol/related-task': 10,
} as const;
export const META_KEYS = new KnownKeys(Object.keys(META));

/** Of `clientInfo`. */
export const INFO = { name: 0, version: 1, title: 2, description: 3, websiteUrl: 4, icons: 5 } as const;
export const INFO_KEYS = new KnownKeys(Object.keys(INFO));

/** Of `ref`, `argument` and `context` of completion/complete. */
export const REF_KEYS = new KnownKeys(['type', 'name', 'uri']);
export const ARGUMENT_KEYS = new KnownKeys(['name', 'value']);
export const CONTEXT_KEYS = new KnownKeys(['arguments']);

export const RESULT = {
  resultType: 0,
  _meta: 1,
  content: 2,
  structuredContent: 3,
  isError: 4,
  contents: 5,
  messages: 6,
  description: 7,
  completion: 8,
  tools: 9,
  prompts: 10,
  resources: 11,
  resourceTemplates: 12,
  nextCursor: 13,
  ttlMs: 14,
  cacheScope: 15,
  inputRequests: 16,
  requestState: 17,
  task: 18,
  taskId: 19,
  protocolVersion: 20,
  supportedVersions: 21,
  capabilities: 22,
  serverInfo: 23,
  instructions: 24,
} as const;
export const RESULT_KEYS = new KnownKeys(Object.keys(RESULT));

export const ERROR = { code: 0, message: 1, data: 2 } as const;
export const ERROR_KEYS = new KnownKeys(Object.keys(ERROR));
