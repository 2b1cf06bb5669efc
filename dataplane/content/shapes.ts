import { KnownKeys } from '../json/known-keys.ts';

/**
 * What a string with a fixed meaning must look like to be believed; anything else is text after all. `id`: whatever it is,
 * the message goes nowhere unless it is the one that the gateway gave out. `state`: it is sealed where something is asked,
 * and no state anywhere else. Otherwise one of a few words.
 */
export type Structural = 'id' | 'state' | 'base64' | 'media-type' | ReadonlySet<string>;

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

const words = (...all: readonly string[]): ReadonlySet<string> => new Set(all);

const CONTENT_TYPES = words('text', 'image', 'audio', 'video', 'resource', 'resource_link', 'tool_use', 'tool_result');
const ROLES = words('user', 'assistant');

const RESOURCE = shape({ mimeType: 'media-type', blob: 'base64' });

/** What a tool result may hold in its own `content`; deeper it is all text. */
const INNER_CONTENT = shape({ type: CONTENT_TYPES, mimeType: 'media-type', data: 'base64', resource: RESOURCE }, [
  'image',
  'audio',
]);

const CONTENT = shape(
  { type: CONTENT_TYPES, mimeType: 'media-type', data: 'base64', resource: RESOURCE, content: INNER_CONTENT },
  ['image', 'audio'],
);

const PROMPT_MESSAGE = shape({ role: ROLES, content: CONTENT });

const RESULT = shape({
  resultType: words('complete', 'input_required'),
  cacheScope: words('private', 'public'),
  requestState: 'state',
  role: ROLES,
  content: CONTENT,
  contents: RESOURCE,
  structuredContent: 'shown',
  messages: PROMPT_MESSAGE,
});

/** Its names are the protocol's. */
const ERROR = shape({ code: words() });

const PARAMS = {
  level: words('debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'),
  messages: PROMPT_MESSAGE,
};

function message(params: Shape): Shape {
  return shape({
    jsonrpc: words('2.0'),
    id: 'id',
    method: words('notifications/message', 'notifications/progress', 'notifications/elicitation/complete'),
    params,
    result: RESULT,
    error: ERROR,
  });
}

/** A JSON-RPC message. `_meta` and whatever nobody foresaw are text throughout. */
export const MESSAGE = message(shape(PARAMS));

/** The message that alone says which request it belongs to. */
export const PROGRESS_MESSAGE = message(shape({ ...PARAMS, progressToken: 'id' }));
