import { memberOf, parseJsonTree } from '../format/json-tree.ts';
import { UPSTREAM_ERROR_CHARS_MAX, UPSTREAM_ERROR_DATA_BYTES_MAX } from '../limits.ts';
import { MAY_ASK } from './asks.ts';
import { NOTHING, readCapabilityTree, type ClientCapabilities } from './client-capabilities.ts';
import { labelEdits } from './input-request.ts';
import { INVALID_PARAMS, type UpstreamRefusal } from './refusals.ts';
import type { ScannedResponse } from './scan-response.ts';
import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import type { Span } from './scan-level.ts';
import { editMembers, membersOf, splice, type Edit } from './splice.ts';
import type { Renamed } from './up-request.ts';
import { mapUris } from './uri-carriers.ts';
import type { Era } from './versions.ts';

export type DownMessage =
  | {
      readonly ok: true;
      readonly message: Buffer;
      readonly failed: 'no' | 'tool-error' | 'error' | 'input-required';
      /** HTTP status, where no stream is open. */
      readonly status: number;
    }
  | { readonly ok: false; readonly reason: UpstreamRefusal };

export interface DownMessageInput {
  /** After the rules. */
  readonly bytes: Buffer;
  readonly scanned: ScannedResponse;
  readonly id: Renamed;
  readonly method: string;
  readonly downEra: Era;
  readonly upEra: Era;
  /** From the server's URIs to ours; null where they are the same. */
  readonly mapUri: ((uri: string) => string) | null;
  /** What the client declared. */
  readonly capabilities: ClientCapabilities;
  /** Put before what a person is asked: which server asks; null = there is only one. */
  readonly label: string | null;
  /** Seals the state of the server's own for this request; null = it cannot be carried. */
  readonly sealState: (state: string) => string | null;
}

/**
 * The response that the client gets for an upstream's: the same bytes where eras, ids and URIs are equal, else with what
 * the client's revision wants put in or taken out (protocol.md, section 2).
 */
export function buildDownMessage(input: DownMessageInput): DownMessage {
  const { bytes, scanned, id, method, downEra, upEra, mapUri } = input;
  const edits: Edit[] = [];
  if (scanned.id === null || !isSame(bytes.subarray(scanned.id.start, scanned.id.end), id.up)) {
    return { ok: false, reason: 'upstream-foreign' };
  }
  if (!id.up.equals(id.down)) edits.push({ ...scanned.id, bytes: id.down });
  let failed: 'no' | 'tool-error' | 'error' | 'input-required' = failureOf(bytes, scanned);
  let status = 200;
  if (scanned.kind === 'error') {
    const refused = errorEdits(input, edits);
    if (refused !== null) return { ok: false, reason: refused };
    if (codeOf(bytes, scanned) === MISSING_CAPABILITY) status = 400;
  } else {
    const type = upEra === 'legacy' ? 'complete' : (scanned.resultType?.text ?? 'complete');
    // A legacy server knows no result types: whatever it has under that name means nothing.
    if (type === 'input_required' && downEra === 'modern' && MAY_ASK.has(method)) {
      failed = 'input-required';
      if (!sealStateOf(input, edits)) return { ok: false, reason: 'upstream-too-large' };
      edits.push(...labelsOf(input));
    } else if (type !== 'complete') {
      return { ok: false, reason: type === 'input_required' ? 'upstream-input' : 'upstream-malformed' };
    } else {
      resultEdits(input, edits);
    }
    if (mapUri !== null) edits.push(...mapUris(method, bytes, scanned, mapUri));
  }
  if (edits.length > 1) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return { ok: true, message: splice(bytes, edits), failed, status };
}

/** A notification as the client gets it; null when it belongs to no request of the client's, or to another era. */
export function buildDownNotification(
  bytes: Buffer,
  scanned: ScannedResponse,
  token: { readonly up: Buffer; readonly down: Buffer | null } | null,
  downEra: Era,
): Buffer | null {
  switch (scanned.method ?? '') {
    case 'notifications/message':
      return bytes;
    case 'notifications/elicitation/complete':
      return downEra === 'legacy' ? bytes : null;
    case 'notifications/progress': {
      const span = scanned.progressToken;
      if (token === null || token.down === null || span === null) return null;
      if (!isSame(bytes.subarray(span.start, span.end), token.up) || !hasNumbers(bytes, scanned.params)) return null;
      return token.up.equals(token.down) ? bytes : splice(bytes, [{ ...span, bytes: token.down }]);
    }
    default:
      return null;
  }
}

/** Whether what must be a number still is one after content rules. */
function hasNumbers(bytes: Buffer, params: Span | null): boolean {
  const members = params === null ? [] : membersOf(bytes, params);
  return members.every(({ key, start }) => (key !== 'progress' && key !== 'total') || bytes[start] !== QUOTE);
}

const QUOTE = 0x22;

/** The state that the server wants back is sealed; what it gave none of gets none. */
function sealStateOf({ scanned, sealState }: DownMessageInput, edits: Edit[]): boolean {
  const state = scanned.requestState;
  if (state === null) return true;
  const sealed = sealState(state.text);
  if (sealed === null) return false;
  edits.push({ ...state.span, bytes: JSON.stringify(sealed) });
  return true;
}

const labelsOf = ({ bytes, scanned: { inputRequests }, label }: DownMessageInput): readonly Edit[] =>
  inputRequests === null || label === null ? [] : labelEdits(bytes, inputRequests, label);

/** Members that only the modern era has; every answer to anybody is private, since it depends on who asks. */
const MODERN_MEMBERS: readonly string[] = ['resultType', 'ttlMs', 'cacheScope'];
const PRIVATE = { key: 'cacheScope', json: '"private"' };

function resultEdits({ bytes, scanned, method, downEra, upEra }: DownMessageInput, edits: Edit[]): void {
  const { result, meta } = scanned;
  if (result === null) return;
  // A legacy server that pretends to ask: content rules took this for a state, which is sealed, and it is not.
  const remove = upEra === 'legacy' && scanned.resultType?.text === 'input_required' ? ['requestState'] : [];
  const isCacheable = method === 'resources/read';
  if (downEra === upEra) {
    const add = downEra === 'modern' && isCacheable ? [PRIVATE] : [];
    if (add.length + remove.length > 0) edits.push(...editMembers(bytes, result, { add, remove }));
    return;
  }
  if (downEra === 'legacy') {
    edits.push(...editMembers(bytes, result, { remove: [...MODERN_MEMBERS, ...notObjects(bytes, scanned)] }));
    if (meta !== null) edits.push(...editMembers(bytes, meta, { remove: [SERVER_INFO_KEY] }));
    return;
  }
  const info = JSON.stringify(SERVER_INFO);
  const add = [{ key: 'resultType', json: '"complete"' }];
  if (isCacheable) add.push({ key: 'ttlMs', json: '0' }, PRIVATE);
  if (meta === null) add.push({ key: '_meta', json: `{${JSON.stringify(SERVER_INFO_KEY)}:${info}}` });
  else edits.push(...editMembers(bytes, meta, { add: [{ key: SERVER_INFO_KEY, json: info }] }));
  edits.push(...editMembers(bytes, result, { add, remove }));
}

/** Structured content of a legacy result is an object (2025-11-25 server/tools); the text beside it says the same. */
function notObjects(bytes: Buffer, { structuredContent }: ScannedResponse): readonly string[] {
  return structuredContent !== null && bytes[structuredContent.start] !== 0x7b ? ['structuredContent'] : [];
}

/** Codes that speak of the request as the gateway wrote it, or of its own leg: the client has no part in that. */
const OF_THE_LEG: ReadonlySet<number> = new Set([-32_700, -32_600, -32_601]);
const RESOURCE_NOT_FOUND_LEGACY = -32_002;
const URL_ELICITATION_LEGACY = -32_042;
const MISSING_CAPABILITY = -32_021;

function errorEdits(input: DownMessageInput, edits: Edit[]): UpstreamRefusal | null {
  const { bytes, scanned, method, downEra, upEra } = input;
  const span = scanned.errorCode;
  const code = codeOf(bytes, scanned);
  if (span === null || !Number.isSafeInteger(code) || scanned.errorMessage === null) return 'upstream-malformed';
  if (code === MISSING_CAPABILITY) return isOfClient(input) ? null : 'upstream-input';
  if (code === URL_ELICITATION_LEGACY) return downEra === 'legacy' && upEra === 'legacy' ? null : 'upstream-input';
  if (OF_THE_LEG.has(code) || (code <= -32_020 && code >= -32_099)) return 'upstream-rejected';
  if (code === RESOURCE_NOT_FOUND_LEGACY && downEra === 'modern') {
    edits.push({ ...span, bytes: String(INVALID_PARAMS) });
  } else if (code === INVALID_PARAMS && method === 'resources/read' && downEra === 'legacy' && upEra === 'modern') {
    edits.push({ ...span, bytes: String(RESOURCE_NOT_FOUND_LEGACY) });
  }
  boundError(bytes, scanned, edits);
  return null;
}

/** An error is read by people and models: of a long one the beginning says what there is to say. */
function boundError(bytes: Buffer, { error, errorMessage, errorData }: ScannedResponse, edits: Edit[]): void {
  if (errorMessage !== null && errorMessage.text.length > UPSTREAM_ERROR_CHARS_MAX) {
    const text = errorMessage.text.slice(0, UPSTREAM_ERROR_CHARS_MAX - 1).toWellFormed();
    edits.push({ ...errorMessage.span, bytes: JSON.stringify(`${text}…`) });
  }
  if (error === null || errorData === null) return;
  if (errorData.end - errorData.start > UPSTREAM_ERROR_DATA_BYTES_MAX) {
    edits.push(...editMembers(bytes, error, { remove: ['data'] }));
  }
}

/** Whether it is the client that lacks a capability, and not the policy that took it away. */
function isOfClient({ bytes, scanned, downEra, upEra, capabilities }: DownMessageInput): boolean {
  if (downEra === 'legacy' || upEra === 'legacy' || scanned.errorData === null) return false;
  const { start, end } = scanned.errorData;
  const parsed = parseJsonTree(bytes.toString('utf8', start, end));
  const required = parsed.ok ? memberOf(parsed.tree, 'requiredCapabilities') : null;
  const needs = required === null ? NOTHING : readCapabilityTree(required);
  return [...needs.has].some((capability) => !capabilities.has.has(capability)) || (needs.more && !capabilities.more);
}

function codeOf(bytes: Buffer, { errorCode }: ScannedResponse): number {
  return errorCode === null ? Number.NaN : Number(bytes.toString('latin1', errorCode.start, errorCode.end));
}

function failureOf(bytes: Buffer, scanned: ScannedResponse): 'no' | 'tool-error' | 'error' {
  if (scanned.kind === 'error') return 'error';
  const span = scanned.isError;
  return span !== null && bytes.toString('latin1', span.start, span.end) === 'true' ? 'tool-error' : 'no';
}

/** Whether two ids or tokens, as JSON text, are the same value. */
function isSame(a: Buffer, b: Buffer): boolean {
  if (a.equals(b)) return true;
  return a[0] === 0x22 && b[0] === 0x22 && JSON.parse(a.toString('utf8')) === JSON.parse(b.toString('utf8'));
}
