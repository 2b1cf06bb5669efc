import { createHash } from 'node:crypto';
import { CURSOR_AGE_MS_MAX, CURSOR_CHARS_MAX } from '../../limits.ts';
import { open, seal, type KeyRing } from '../seal.ts';

/** Where a list goes on. */
export interface Cursor {
  /** The number of entries before. */
  readonly offset: number;
  /** Of the whole list, as it was when it was begun: another one is not gone on with. */
  readonly digest: string;
}

/** Whose cursor it is, and of which list: presented by anybody else, elsewhere or to another method it is none. */
export interface CursorOwner {
  /** `key` of the identity. */
  readonly principal: string;
  /** '' where there is none. */
  readonly gateway: string;
  readonly method: string;
}

const PURPOSE = 'cursor';

export function sealCursor(ring: KeyRing, owner: CursorOwner, { offset, digest }: Cursor, nowMs: number): string {
  const payload = JSON.stringify([offset, digest]);
  const sealed = seal(ring, { purpose: PURPOSE, binding: bindingOf(owner) }, payload, nowMs + CURSOR_AGE_MS_MAX);
  if (!sealed.ok) throw new Error('a cursor of bounded fields is too large to seal');
  return sealed.token;
}

/** The cursor that a client presents; null when it is not one of ours, not this owner's, or too old. */
export function openCursor(ring: KeyRing, owner: CursorOwner, token: string, nowMs: number): Cursor | null {
  if (token.length > CURSOR_CHARS_MAX) return null;
  const opened = open(ring, { purpose: PURPOSE, binding: bindingOf(owner) }, token, nowMs);
  if (!opened.ok) return null;
  const fields: unknown = JSON.parse(opened.payload);
  if (!Array.isArray(fields) || fields.length !== 2) return null;
  const [offset, digest]: readonly unknown[] = fields;
  return typeof offset === 'number' && typeof digest === 'string' ? { offset, digest } : null;
}

/** Equal for equal lists. */
export function digestList(entries: readonly Buffer[]): string {
  const hash = createHash('sha256');
  // No JSON text has this byte.
  for (const entry of entries) hash.update(entry).update('\0');
  return hash.digest('base64url');
}

const bindingOf = ({ principal, gateway, method }: CursorOwner): readonly string[] => [principal, gateway, method];
