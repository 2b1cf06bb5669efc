import { CLIENT_INFO } from './client-profile.ts';
import type { ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { editMembers, membersOf, splice, type Edit } from './splice.ts';
import type { Era } from './versions.ts';

/** The keys of a request's `_meta` that say what a modern request is; an upstream of the other era gets none of them. */
const RESERVED_PREFIX = 'io.modelcontextprotocol/';
/** W3C Baggage ends at this trust boundary (protocol.md 1.8). */
const NOT_PASSED_ON: readonly string[] = ['baggage'];

/** A value that is one thing to the client and another to the upstream, both as JSON text. */
export interface Renamed {
  readonly down: Buffer;
  readonly up: Buffer;
}

export interface UpRequest {
  readonly body: Buffer;
  readonly id: Renamed;
  /** Null: the client asked for no progress. */
  readonly progressToken: Renamed | null;
}

export interface UpRequestInput {
  readonly body: Buffer;
  readonly message: ScannedRequest;
  /** What the server's own name for the thing and content rules change. */
  readonly edits: readonly Edit[];
  readonly downEra: Era;
  readonly upEra: Era;
  /** The upstream's revision. */
  readonly version: string;
  /** Ids that no other request of the channel has. */
  readonly mint: () => number;
  /** The client's own ids are unique there, and are sent as they are, unless content rules find something in them. */
  readonly isOwn: boolean;
  /** What the server may ask of the client, as JSON text; null = what the client declares itself. */
  readonly capabilities: string | null;
  /** The severity from which log messages are wanted; null = as the client's own request says. */
  readonly logLevel: string | null;
  /** The server's own state of an earlier round. */
  readonly state: string | null;
  /** What a legacy client answered to the server's questions, as JSON text. */
  readonly inputResponses: string | null;
}

/**
 * The body that an upstream gets: the client's bytes with only what must differ replaced. When the eras are equal and the
 * thing is exposed under its own name, that is nothing, and the body passes as it arrived.
 */
export function buildUpRequest(input: UpRequestInput): UpRequest {
  const { body, message } = input;
  const edits: Edit[] = [];
  const id = rename(input, message.id, edits);
  if (id === null) throw new Error('a call that goes upstream has an id');
  const progressToken = rename(input, message.progressToken, edits);
  edits.push(...paramsEdits(input));
  edits.push(...(edits.length === 0 ? input.edits : outsideOf(edits, input.edits)));
  if (edits.length > 1) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return { body: splice(body, edits), id, progressToken };
}

/** What content rules change in a value that is not sent anyhow, or sent as another, is not changed. */
function outsideOf(own: readonly Edit[], edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(({ start, end }) => !own.some((edit) => edit.start <= start && end <= edit.end));
}

/** What differs between the client's parameters and the server's, but for name, id and token. */
function paramsEdits(input: UpRequestInput): readonly Edit[] {
  const { body, message, downEra, upEra } = input;
  const { meta, params } = message;
  const edits: Edit[] = [];
  const add: Claim[] = [...answersOf(input)];
  const remove = message.requestState !== null && input.state === null ? ['requestState'] : [];
  // A legacy server knows no rounds.
  if (upEra === 'legacy' && message.inputResponses !== null) remove.push('inputResponses');
  if (message.requestState !== null && input.state !== null && input.inputResponses === null) {
    edits.push({ ...message.requestState.span, bytes: JSON.stringify(input.state) });
  }
  if (downEra === 'modern' && upEra === 'modern') edits.push(...modernEdits(input));
  else if (meta !== null) edits.push(...metaEdits(input, meta));
  else if (upEra === 'modern') add.push({ key: '_meta', json: objectOf(claimsOf(input)) });
  if (add.length === 0 && remove.length === 0) return edits;
  if (params !== null) edits.push(...editMembers(body, params, { add, remove }));
  else if (message.id !== null) {
    edits.push({ start: message.id.end, end: message.id.end, bytes: `,"params":${objectOf(add)}` });
  }
  return edits;
}

function metaEdits(input: UpRequestInput, meta: Span): readonly Edit[] {
  const { body, downEra, upEra } = input;
  const own = membersOf(body, meta).map((member) => member.key);
  const isDropped = (key: string): boolean =>
    NOT_PASSED_ON.includes(key) || (downEra !== upEra && key.startsWith(RESERVED_PREFIX));
  return editMembers(body, meta, { remove: own.filter(isDropped), add: upEra === 'modern' ? claimsOf(input) : [] });
}

/** The answers to the server's last questions, with the state it gave along. */
function answersOf({ state, inputResponses }: UpRequestInput): readonly Claim[] {
  if (inputResponses === null) return [];
  const answers = { key: 'inputResponses', json: inputResponses };
  return state === null ? [answers] : [answers, { key: 'requestState', json: JSON.stringify(state) }];
}

/** Between modern ends everything stays, but what the policy takes from the client's capabilities. */
function modernEdits({ body, message, capabilities }: UpRequestInput): readonly Edit[] {
  const { meta, clientCapabilities } = message;
  const edits: Edit[] = [];
  if (capabilities !== null && clientCapabilities !== null) edits.push({ ...clientCapabilities, bytes: capabilities });
  if (meta !== null && message.hasBaggage) edits.push(...editMembers(body, meta, { remove: NOT_PASSED_ON }));
  return edits;
}

function claimsOf({ version, capabilities, logLevel }: UpRequestInput): readonly Claim[] {
  const claims: Claim[] = [
    { key: `${RESERVED_PREFIX}protocolVersion`, json: JSON.stringify(version) },
    { key: `${RESERVED_PREFIX}clientInfo`, json: JSON.stringify(CLIENT_INFO) },
    { key: `${RESERVED_PREFIX}clientCapabilities`, json: capabilities ?? '{}' },
  ];
  if (logLevel !== null) claims.push({ key: `${RESERVED_PREFIX}logLevel`, json: JSON.stringify(logLevel) });
  return claims;
}

interface Claim {
  readonly key: string;
  readonly json: string;
}

const objectOf = (claims: readonly Claim[]): string =>
  `{${claims.map((claim) => `${JSON.stringify(claim.key)}:${claim.json}`).join(',')}}`;

function rename(input: UpRequestInput, span: Span | null, edits: Edit[]): Renamed | null {
  if (span === null) return null;
  const { body, mint, isOwn } = input;
  const down = body.subarray(span.start, span.end);
  if (isOwn && !input.edits.some((edit) => edit.start < span.end && edit.end > span.start)) return { down, up: down };
  // Beside clients' own numbers a number could be taken.
  const up = Buffer.from(isOwn ? `"mcpgw-${mint()}"` : String(mint()));
  edits.push({ start: span.start, end: span.end, bytes: up });
  return { down, up };
}
