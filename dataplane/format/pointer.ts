import type { Pointer } from '../../schemas/types/pointer.ts';
import { integer, literal, object, text } from './shape.ts';
import { packPayload, readPayload, type PayloadResult } from './signed-json.ts';

export const DIGEST = /^[0-9a-f]{64}$/;

const POINTER = object<Pointer>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  channel: text(),
  seq: integer(1),
  bundle: text(DIGEST),
});

/** The payload of `channels/{name}.dsse.json`. */
export function packPointer(pointer: Pointer): Buffer {
  return packPayload(pointer);
}

/** The pointer in a verified payload. */
export function readPointer(payload: Uint8Array): PayloadResult<Pointer> {
  return readPayload(POINTER, payload);
}
