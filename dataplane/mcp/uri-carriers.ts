import { BACKSLASH } from '../json/bytes.ts';
import { KnownKeys } from '../json/known-keys.ts';
import { JsonScanner } from '../json/scanner.ts';
import type { Edit } from '../json/splice.ts';
import { ARRAY, ESCAPED_STRING, OBJECT, STRING, type JsonTape } from '../json/tape.ts';
import { stringText, stringToken } from '../json/text.ts';
import type { Span } from './scan-level.ts';
import type { ScannedResponse } from './scan-response.ts';

/** What a URI is called on the other side; null = it stays as it is. */
export type UriMap = (uri: string) => string | null;

/**
 * Where in a value resource URIs stand. Arrays are looked through. `link`: what a client may fetch by itself when it is
 * `https`, and could not any more under another name (2026-07-28 server/resources, Common URI Schemes), so it stays.
 */
type Carrier = 'uri' | 'link' | CarrierShape;

interface CarrierShape {
  readonly keys: KnownKeys;
  /** By position in `keys.names`. */
  readonly members: readonly Carrier[];
  /** Of every member, where the keys are the server's own; null = members not named carry nothing. */
  readonly every: Carrier | null;
}

const shape = (members: Readonly<Record<string, Carrier>>, every: Carrier | null = null): CarrierShape => ({
  keys: new KnownKeys(Object.keys(members)),
  members: Object.values(members),
  every,
});

/** MCP Apps, its older flat form, and ChatGPT's: the page that shows a tool's result (protocol.md 1.3). */
const META = shape({
  ui: shape({ resourceUri: 'uri' }),
  'ui/resourceUri': 'uri',
  'openai/outputTemplate': 'uri',
});

const RESOURCE = shape({ uri: 'uri', _meta: META });
const EMBEDDED = shape({ uri: 'link', _meta: META });
/** A content block: a link's own URI, an embedded resource's; what a tool use in sampling gave holds such blocks again. */
const INNER_CONTENT = shape({ uri: 'link', resource: EMBEDDED, _meta: META });
const CONTENT = shape({ uri: 'link', resource: EMBEDDED, content: INNER_CONTENT, _meta: META });
const MESSAGES = shape({ content: CONTENT });
const TOOL = shape({ _meta: META });
const SAMPLING = shape({ messages: MESSAGES });
/** Requests for input come in the result of whatever needs it. */
const INPUTS = shape({}, shape({ params: SAMPLING }));

/** The `result` of these methods, the `params` of what a server sends of its own accord. */
const CARRIERS: ReadonlyMap<string, CarrierShape> = new Map([
  ['tools/call', shape({ content: CONTENT, inputRequests: INPUTS, _meta: META })],
  ['prompts/get', shape({ messages: MESSAGES, inputRequests: INPUTS, _meta: META })],
  ['resources/read', shape({ contents: RESOURCE, inputRequests: INPUTS, _meta: META })],
  ['resources/list', shape({ resources: RESOURCE })],
  ['notifications/resources/updated', shape({ uri: 'uri', _meta: META })],
  ['sampling/createMessage', SAMPLING],
]);

/** result, messages, message, content, block, content, block, resource, _meta, ui, URI; and two more with requests for input. */
const LEVELS = 13;

const NO_EDITS: readonly Edit[] = [];
const scanner = new JsonScanner();

/**
 * The edits that put another URI in the place of each resource URI of a server's message: the answer to `method`, or a
 * message of that method. URIs in free text, in `structuredContent` and in what nobody specified stay. Linear in the
 * message, which `scanResponse` has accepted; in document order, for `splice`.
 */
export function mapUris(
  method: string,
  bytes: Buffer,
  scanned: Pick<ScannedResponse, 'result' | 'params'>,
  map: UriMap,
): readonly Edit[] {
  const carrier = CARRIERS.get(method);
  const span = scanned.result ?? scanned.params;
  return carrier === undefined || span === null ? NO_EDITS : mapWithin(carrier, bytes, span, map);
}

/** The same for one definition of a tool, which stands at `span`. */
export function mapToolUris(bytes: Buffer, span: Span, map: UriMap): readonly Edit[] {
  return mapWithin(TOOL, bytes, span, map);
}

/** The same for one entry of a list of resources, which is all of the bytes. */
export function mapResourceUris(entry: Buffer, map: UriMap): readonly Edit[] {
  return mapWithin(RESOURCE, entry, { start: 0, end: entry.length }, map);
}

function mapWithin(carrier: Carrier, bytes: Buffer, span: Span, map: UriMap): readonly Edit[] {
  // Its bounds and its syntax were checked before; were it refused here all the same, nothing would be changed.
  if (scanner.scanWithin(bytes, span.start, span.end, LEVELS) !== null) return NO_EDITS;
  const edits: Edit[] = [];
  pushEdits(bytes, scanner.tape, 0, carrier, map, edits);
  return edits;
}

function pushEdits(bytes: Buffer, tape: JsonTape, node: number, carrier: Carrier, map: UriMap, edits: Edit[]): void {
  const kind = tape.kind(node);
  const after = tape.next(node);
  if (kind === ARRAY) {
    for (let element = node + 1; element < after; element = tape.next(element)) {
      pushEdits(bytes, tape, element, carrier, map, edits);
    }
  } else if (typeof carrier === 'string') {
    if (kind === STRING || kind === ESCAPED_STRING) pushEdit(bytes, tape, node, carrier, map, edits);
  } else if (kind === OBJECT) {
    for (let member = node + 1; member < after; member = tape.next(member)) {
      const of = memberOf(carrier, bytes, tape.keyStart(member), tape.keyEnd(member));
      if (of !== null) pushEdits(bytes, tape, member, of, map, edits);
    }
  }
}

/** Some writers escape the slash in keys (PHP). */
function memberOf(carrier: CarrierShape, bytes: Buffer, start: number, end: number): Carrier | null {
  const { keys, members, every } = carrier;
  let known = keys.indexOf(bytes, start, end);
  if (known < 0 && bytes.subarray(start, end).includes(BACKSLASH)) {
    known = keys.names.indexOf(stringText(bytes, start, end));
  }
  return members[known] ?? every;
}

function pushEdit(
  bytes: Buffer,
  tape: JsonTape,
  node: number,
  carrier: 'uri' | 'link',
  map: UriMap,
  edits: Edit[],
): void {
  const start = tape.start(node);
  const end = tape.end(node);
  const uri = stringText(bytes, start, end);
  const mapped = carrier === 'link' && uri.startsWith('https:') ? null : map(uri);
  if (mapped !== null && mapped !== uri) edits.push({ start, end, bytes: stringToken(mapped) });
}
