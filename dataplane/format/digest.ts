import assert from 'node:assert/strict';
import { hash } from 'node:crypto';

/** SHA-256 of the bytes, lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/**
 * SHA-256 over a domain and fields joined by NUL, lower-case hex: a digest made for one purpose never equals one made
 * for another. Only the last field may contain NUL, so that no two lists of fields give the same bytes.
 */
export function domainDigest(domain: string, ...fields: readonly string[]): string {
  const parts = [domain, ...fields];
  for (const part of parts.slice(0, -1)) assert(!part.includes('\0'), 'a field of a digest contains NUL');
  return hash('sha256', parts.join('\0'), 'hex');
}
