import { KnownKeys } from '../json/known-keys.ts';

/** What a string with a fixed meaning must look like to be believed; anything else is text after all. */
export type Structural = 'word' | 'token' | 'number' | 'base64';

/**
 * A value that is shown as JSON text as well (structured content beside its text): its keys and numbers are looked into like
 * those of that text, so that both say the same afterwards.
 */
type Shown = 'shown';

/**
 * Where in a message strings are structure and not text. Members not named are text, with everything in them; arrays are
 * looked through, so a shape is of an object or of the objects in a list.
 */
export interface Shape {
  readonly keys: KnownKeys;
  /** By position in `keys.names`. */
  readonly members: readonly (Shape | Structural | Shown)[];
  /** Its `data` is base64 only where its `type` is one of these. */
  readonly binaryTypes: readonly string[];
}

function shape(
  members: Readonly<Record<string, Shape | Structural | Shown>>,
  binaryTypes: readonly string[] = [],
): Shape {
  return { keys: new KnownKeys(Object.keys(members)), members: Object.values(members), binaryTypes };
}

const RESOURCE = shape({ mimeType: 'word', blob: 'base64' });

/** What a tool result may hold in its own `content`; deeper it is all text. */
const INNER_CONTENT = shape({ type: 'word', mimeType: 'word', data: 'base64', resource: RESOURCE }, ['image', 'audio']);

const CONTENT = shape({ type: 'word', mimeType: 'word', data: 'base64', resource: RESOURCE, content: INNER_CONTENT }, [
  'image',
  'audio',
]);

const PROMPT_MESSAGE = shape({ role: 'word', content: CONTENT });

const RESULT = shape({
  resultType: 'word',
  cacheScope: 'word',
  requestState: 'token',
  nextCursor: 'token',
  taskId: 'token',
  role: 'word',
  content: CONTENT,
  contents: RESOURCE,
  structuredContent: 'shown',
  messages: PROMPT_MESSAGE,
});

const ERROR = shape({ code: 'number' });

const PARAMS = shape({
  progress: 'number',
  total: 'number',
  progressToken: 'token',
  requestId: 'token',
  requestState: 'token',
  taskId: 'token',
  elicitationId: 'token',
  level: 'word',
  messages: PROMPT_MESSAGE,
});

/** A JSON-RPC message. `_meta` and whatever nobody foresaw are text throughout. */
export const MESSAGE = shape({
  jsonrpc: 'word',
  id: 'token',
  method: 'word',
  params: PARAMS,
  result: RESULT,
  error: ERROR,
});
