import { CLIENT_CAPABILITIES, CLIENT_INFO } from './client-profile.ts';
import type { ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { editMembers, membersOf, splice, type Edit } from './splice.ts';
import type { Era } from './versions.ts';

/** The keys of a request's `_meta` that say what a modern request is; an upstream of the other era gets none of them. */
const RESERVED_PREFIX = 'io.modelcontextprotocol/';

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
  /** The tool's own name. */
  readonly tool: string;
  /** What content rules changed. */
  readonly edits: readonly Edit[];
  readonly downEra: Era;
  readonly upEra: Era;
  /** The upstream's revision. */
  readonly version: string;
  /** Ids that no other request of the upstream session has; null where the client's own are unique. */
  readonly mint: (() => number) | null;
}

/**
 * The body that an upstream gets: the client's bytes with only what must differ replaced. When the eras are equal and the
 * tool is exposed under its own name, that is nothing, and the body passes as it arrived.
 */
export function buildUpRequest(input: UpRequestInput): UpRequest {
  const { body, message, tool, mint } = input;
  const edits: Edit[] = [...input.edits];
  const id = rename(body, message.id, mint, edits);
  if (id === null) throw new Error('a call that goes upstream has an id');
  const progressToken = metaEdits(input, edits);
  if (message.name !== null && message.name.text !== tool)
    edits.push({ ...message.name.span, bytes: JSON.stringify(tool) });
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return { body: splice(body, edits), id, progressToken };
}

function metaEdits(input: UpRequestInput, edits: Edit[]): Renamed | null {
  const { body, message, downEra, upEra, version, mint } = input;
  if (downEra === upEra) return rename(body, message.progressToken, mint, edits);
  if (upEra === 'legacy') {
    const progressToken = rename(body, message.progressToken, mint, edits);
    if (message.meta !== null)
      edits.push(...editMembers(body, message.meta, { remove: reservedKeys(body, message.meta) }));
    return progressToken;
  }
  const claims = [
    { key: `${RESERVED_PREFIX}protocolVersion`, json: JSON.stringify(version) },
    { key: `${RESERVED_PREFIX}clientInfo`, json: JSON.stringify(CLIENT_INFO) },
    { key: `${RESERVED_PREFIX}clientCapabilities`, json: JSON.stringify(CLIENT_CAPABILITIES) },
  ];
  if (message.meta !== null) {
    edits.push(...editMembers(body, message.meta, { remove: reservedKeys(body, message.meta), add: claims }));
  } else if (message.params !== null) {
    const json = `{${claims.map((claim) => `${JSON.stringify(claim.key)}:${claim.json}`).join(',')}}`;
    edits.push(...editMembers(body, message.params, { add: [{ key: '_meta', json }] }));
  }
  return rename(body, message.progressToken, mint, edits);
}

function reservedKeys(body: Buffer, meta: Span): readonly string[] {
  return membersOf(body, meta)
    .map((member) => member.key)
    .filter((key) => key.startsWith(RESERVED_PREFIX));
}

function rename(body: Buffer, span: Span | null, mint: (() => number) | null, edits: Edit[]): Renamed | null {
  if (span === null) return null;
  const down = body.subarray(span.start, span.end);
  if (mint === null) return { down, up: down };
  const up = Buffer.from(String(mint()));
  edits.push({ start: span.start, end: span.end, bytes: up });
  return { down, up };
}
