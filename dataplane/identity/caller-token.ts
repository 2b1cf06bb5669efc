import { createHash } from 'node:crypto';
import { parseBearer } from './bearer.ts';
import type { Identity } from './identity.ts';

/**
 * The token a caller was identified by, for the one use that may be made of it: exchanging it for another (RFC 8693). It
 * lives as long as the request; `forget` at its end takes it away from whoever still holds this object.
 */
export class CallerToken {
  /** `Identity.key` of whoever brought it. */
  readonly principal: string;
  #text: string | null;
  #digest: string | null = null;

  /** `authorization`: the header that `identity` was found by. A robot's key is no token. */
  constructor(identity: Identity, authorization: string | readonly string[] | undefined) {
    const parsed = parseBearer(authorization);
    this.principal = identity.key;
    this.#text = parsed.ok && parsed.credential.kind === 'jwt' ? parsed.credential.text : null;
  }

  /** Null when the caller brought none, and after `forget`. */
  get text(): string | null {
    return this.#text;
  }

  /** Tells this token from any other of the same caller, who may have signed in again with less; null like `text`. */
  get digest(): string | null {
    if (this.#text === null) return null;
    this.#digest ??= createHash('sha256').update(this.#text).digest('base64');
    return this.#digest;
  }

  forget(): void {
    this.#text = null;
  }
}
