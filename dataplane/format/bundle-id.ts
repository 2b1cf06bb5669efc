import { sha256 } from './digest.ts';

/** The name of a bundle: SHA-256 of the manifest's bytes, lower-case hex (bundle.md, Objects). */
export function bundleId(manifestBytes: Uint8Array): string {
  return sha256(manifestBytes);
}
