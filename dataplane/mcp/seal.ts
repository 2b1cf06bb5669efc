import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { SEALED_PAYLOAD_BYTES_MAX } from '../limits.ts';

/**
 * Sealed tokens: state that clients carry for us, which they can neither read nor change (protocol.md 1.6 and 1.9).
 *
 *     v1.<key id>.<base64url(iv | ciphertext | tag)>
 *
 * AES-256-GCM; the plaintext is the expiry (48 bits, Unix milliseconds) and the payload; version, key id, purpose and
 * binding are authenticated with it, so a token opens for the purpose and the principal it was sealed for and for nothing
 * else. With random 96-bit IVs a key is good for 2^32 tokens (NIST SP 800-38D section 8.3): rotate before that.
 */
export interface SealContext {
  /** What the token is for, e.g. `session`: one kind is never taken for another. */
  readonly purpose: string;
  /** What it belongs to, in an order that the purpose fixes: principal, gateway, upstream, ... */
  readonly binding: readonly string[];
}

/** The first key seals, all open: a new one is put first, the old one goes when the last of its tokens has expired. */
export interface KeyRing {
  readonly sealing: SealKey;
  readonly byId: ReadonlyMap<string, SealKey>;
}

interface SealKey {
  readonly id: string;
  readonly key: KeyObject;
}

export type KeyRingResult =
  | { readonly ok: true; readonly ring: KeyRing }
  | { readonly ok: false; readonly reason: 'no-key' | 'wrong-length' | 'duplicate-key' };

export type SealResult =
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly reason: 'too-large' };

/**
 * `forged` is a token that was not sealed by this key, or for another purpose or binding: the two cannot be told apart, nor
 * should whoever presents it learn which.
 */
type SealFailure = 'malformed' | 'unknown-key' | 'forged' | 'expired';

export type OpenResult =
  | { readonly ok: true; readonly payload: string; readonly expiresMs: number }
  | { readonly ok: false; readonly reason: SealFailure };

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const EXPIRY_BYTES = 6;
const EXPIRY_MS_MAX = 2 ** 48 - 1;
const BODY_BYTES_MAX = IV_BYTES + EXPIRY_BYTES + SEALED_PAYLOAD_BYTES_MAX + TAG_BYTES;
const TOKEN_CHARS_MAX = 'v1.01234567.'.length + Math.ceil((BODY_BYTES_MAX * 4) / 3);

/** The 32 bytes of a key as `seal.keys` refers to it, base64 or base64url; null when it is anything else. */
export function parseSealKey(text: string): Uint8Array | null {
  for (const encoding of ['base64', 'base64url'] as const) {
    const bytes = Buffer.from(text, encoding);
    if (bytes.length === KEY_BYTES && bytes.toString(encoding) === text) return bytes;
  }
  return null;
}

/** A key's id follows from the key, so replicas agree on it without being told. */
export function buildKeyRing(keys: readonly Uint8Array[]): KeyRingResult {
  const byId = new Map<string, SealKey>();
  for (const bytes of keys) {
    if (bytes.length !== KEY_BYTES) return { ok: false, reason: 'wrong-length' };
    const id = createHash('sha256').update('mcpgw seal key 1\0').update(bytes).digest('hex').slice(0, 8);
    if (byId.has(id)) return { ok: false, reason: 'duplicate-key' };
    byId.set(id, { id, key: createSecretKey(bytes) });
  }
  const [sealing] = byId.values();
  return sealing === undefined ? { ok: false, reason: 'no-key' } : { ok: true, ring: { sealing, byId } };
}

/** Seals up to `SEALED_PAYLOAD_BYTES_MAX` bytes of UTF-8 until `expiresMs` (Unix milliseconds). The same never twice. */
export function seal(ring: KeyRing, context: SealContext, payload: string, expiresMs: number): SealResult {
  const bytes = Buffer.from(payload, 'utf8');
  if (bytes.length > SEALED_PAYLOAD_BYTES_MAX) return { ok: false, reason: 'too-large' };
  const expiry = Buffer.alloc(EXPIRY_BYTES);
  expiry.writeUIntBE(Math.min(Math.max(Math.floor(expiresMs), 0), EXPIRY_MS_MAX), 0, EXPIRY_BYTES);
  const { id, key } = ring.sealing;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(id, context));
  const body = Buffer.concat([iv, cipher.update(expiry), cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return { ok: true, token: `v1.${id}.${body.toString('base64url')}` };
}

/** Opens what `seal` made for this very context, if any key of the ring did and `nowMs` is before its expiry. */
export function open(ring: KeyRing, context: SealContext, token: string, nowMs: number): OpenResult {
  if (token.length > TOKEN_CHARS_MAX) return { ok: false, reason: 'malformed' };
  const [version, id = '', text = '', ...rest] = token.split('.');
  const body = Buffer.from(text, 'base64url');
  // Decoding is lenient, and two texts for one token would be two session ids for one session.
  const canonical = version === 'v1' && rest.length === 0 && body.toString('base64url') === text;
  if (!canonical || body.length < IV_BYTES + EXPIRY_BYTES + TAG_BYTES) return { ok: false, reason: 'malformed' };
  const held = ring.byId.get(id);
  if (held === undefined) return { ok: false, reason: 'unknown-key' };
  const plain = decrypt(held, context, body);
  if (plain === null) return { ok: false, reason: 'forged' };
  const expiresMs = plain.readUIntBE(0, EXPIRY_BYTES);
  if (nowMs >= expiresMs) return { ok: false, reason: 'expired' };
  return { ok: true, payload: plain.toString('utf8', EXPIRY_BYTES), expiresMs };
}

function decrypt({ id, key }: SealKey, context: SealContext, body: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated(id, context));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  const plain = decipher.update(body.subarray(IV_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** A JSON array: whatever the texts contain, two lists of them never give the same bytes. */
function authenticated(id: string, context: SealContext): Buffer {
  return Buffer.from(JSON.stringify(['mcpgw sealed token 1', id, context.purpose, context.binding]), 'utf8');
}
