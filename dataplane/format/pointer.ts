import type { Pointer } from '../../schemas/types/pointer.ts';
import { POINTER_LIFE_MS_MAX, POINTER_REVOKED_MAX, TIME_MS_MAX } from '../limits.ts';
import { integer, list, literal, nullable, object, text } from './shape.ts';
import { packPayload, readPayload, type PayloadResult } from './signed-json.ts';

export const DIGEST = /^[0-9a-f]{64}$/;

const POINTER = object<Pointer>({
  format: literal(2),
  workspace: text(),
  environment: text(),
  channel: text(),
  seq: integer(1),
  bundle: text(DIGEST),
  commit: nullable(text()),
  issued: integer(0, TIME_MS_MAX),
  expires: integer(1, TIME_MS_MAX),
  revoked: list(text(DIGEST), POINTER_REVOKED_MAX),
  disabledSeqMin: integer(0),
  // eslint-disable-next-line no-control-regex -- that there are none is the point
  reason: nullable(text(/^[^\u0000-\u001f\u007f-\u009f]{1,500}$/u)),
});

/** The payload of `channels/{name}.dsse.json`. */
export function packPointer(pointer: Pointer): Buffer {
  return packPayload(pointer);
}

/** The pointer in a verified payload. One that lives too long, or lists revoked bundles out of order, is refused. */
export function readPointer(payload: Uint8Array): PayloadResult<Pointer> {
  const read = readPayload(POINTER, payload);
  if (!read.ok) return read;
  const { issued, expires, revoked } = read.value;
  if (expires <= issued) return malformed('expires before it is issued');
  if (expires - issued > POINTER_LIFE_MS_MAX) return malformed(`lives longer than ${POINTER_LIFE_MS_MAX} ms`);
  // One order for one set: a payload has no two spellings.
  if (revoked.some((id, at) => at > 0 && id <= (revoked[at - 1] ?? ''))) return malformed('revoked is not sorted');
  return read;
}

const malformed = (message: string): PayloadResult<never> => ({ ok: false, reason: 'malformed', message });
