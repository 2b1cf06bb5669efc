import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import { INVALID_PARAMS, type UpstreamRefusal } from './refusals.ts';
import type { ScannedResponse } from './scan-response.ts';
import { editMembers, splice, type Edit } from './splice.ts';
import type { Renamed, UpRequest } from './up-request.ts';
import type { Era } from './versions.ts';

export type DownMessage =
  | { readonly ok: true; readonly message: Buffer; readonly failed: 'no' | 'tool-error' | 'error' }
  | { readonly ok: false; readonly reason: UpstreamRefusal };

/**
 * The response that the client gets for an upstream's: the same bytes where eras and ids are equal, else with what the
 * client's revision wants put in or taken out (protocol.md, section 2).
 */
export function buildDownMessage(
  bytes: Buffer,
  scanned: ScannedResponse,
  request: UpRequest,
  downEra: Era,
  upEra: Era,
): DownMessage {
  const edits: Edit[] = [];
  if (scanned.id === null || !isSame(bytes.subarray(scanned.id.start, scanned.id.end), request.id.up)) {
    return { ok: false, reason: 'upstream-foreign' };
  }
  if (!request.id.up.equals(request.id.down)) edits.push({ ...scanned.id, bytes: request.id.down });
  if (scanned.kind === 'error') {
    const refused = errorEdits(bytes, scanned, downEra, edits);
    if (refused !== null) return { ok: false, reason: refused };
  } else {
    const type = scanned.resultType?.text ?? 'complete';
    // A legacy server knows no result types: whatever it has under that name means nothing.
    if (upEra === 'modern' && type !== 'complete') {
      return { ok: false, reason: type === 'input_required' ? 'upstream-input' : 'upstream-malformed' };
    }
    if (downEra !== upEra) resultEdits(bytes, scanned, downEra, edits);
  }
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return { ok: true, message: splice(bytes, edits), failed: failureOf(bytes, scanned) };
}

/** A progress notification as the client gets it; null when it belongs to no request of the client's. */
export function buildDownProgress(bytes: Buffer, scanned: ScannedResponse, token: Renamed | null): Buffer | null {
  const span = scanned.progressToken;
  if (token === null || span === null || !isSame(bytes.subarray(span.start, span.end), token.up)) return null;
  return token.up.equals(token.down) ? bytes : splice(bytes, [{ ...span, bytes: token.down }]);
}

function resultEdits(bytes: Buffer, scanned: ScannedResponse, downEra: Era, edits: Edit[]): void {
  const { result, meta } = scanned;
  if (result === null) return;
  if (downEra === 'legacy') {
    edits.push(...editMembers(bytes, result, { remove: ['resultType'] }));
    if (meta !== null) edits.push(...editMembers(bytes, meta, { remove: [SERVER_INFO_KEY] }));
    return;
  }
  const info = JSON.stringify(SERVER_INFO);
  const add = [{ key: 'resultType', json: '"complete"' }];
  if (meta === null) add.push({ key: '_meta', json: `{${JSON.stringify(SERVER_INFO_KEY)}:${info}}` });
  else edits.push(...editMembers(bytes, meta, { add: [{ key: SERVER_INFO_KEY, json: info }] }));
  edits.push(...editMembers(bytes, result, { add }));
}

/** Codes that speak of the request as the gateway wrote it, or of its own leg: the client has no part in that. */
const OF_THE_LEG: ReadonlySet<number> = new Set([-32_700, -32_600, -32_601]);
const RESOURCE_NOT_FOUND_LEGACY = -32_002;
const URL_ELICITATION_LEGACY = -32_042;
const MISSING_CAPABILITY = -32_021;

function errorEdits(bytes: Buffer, scanned: ScannedResponse, downEra: Era, edits: Edit[]): UpstreamRefusal | null {
  const span = scanned.errorCode;
  const code = span === null ? Number.NaN : Number(bytes.toString('latin1', span.start, span.end));
  if (span === null || !Number.isSafeInteger(code) || scanned.errorMessage === null) return 'upstream-malformed';
  if (code === URL_ELICITATION_LEGACY || code === MISSING_CAPABILITY) return 'upstream-input';
  if (OF_THE_LEG.has(code) || (code <= -32_020 && code >= -32_099)) return 'upstream-rejected';
  if (code === RESOURCE_NOT_FOUND_LEGACY && downEra === 'modern')
    edits.push({ ...span, bytes: String(INVALID_PARAMS) });
  return null;
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
