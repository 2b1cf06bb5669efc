import { canonicalJson } from './canonical-json.ts';
import { decodeShape, type Shape } from './shape.ts';

/** Why a signed payload is refused, though its signature was good. */
export const PAYLOAD_FAILURES = ['malformed', 'not-canonical'] as const;
type PayloadFailure = (typeof PAYLOAD_FAILURES)[number];

export type PayloadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: PayloadFailure; readonly message: string };

/** The bytes to sign. */
export function packPayload(value: object): Buffer {
  return Buffer.from(canonicalJson(value));
}

/** What was signed, when the bytes are the canonical JSON of a T. Give it verified bytes only. */
export function readPayload<T>(shape: Shape<T>, bytes: Uint8Array): PayloadResult<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { ok: false, reason: 'malformed', message: 'not JSON' };
  }
  const decoded = decodeShape(shape, parsed);
  if (!decoded.ok) {
    const message = decoded.at === '' ? decoded.message : `${decoded.at}: ${decoded.message}`;
    return { ok: false, reason: 'malformed', message };
  }
  if (!Buffer.from(canonicalJson(decoded.value)).equals(bytes)) {
    return { ok: false, reason: 'not-canonical', message: 'not the canonical JSON of what it says' };
  }
  return decoded;
}
