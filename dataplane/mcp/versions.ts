/** Legacy revisions served, newest first: an `initialize` handshake, a session. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26'];

/** Modern revisions served: every request says all about itself in its `_meta`. */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

/** All of them, as `server/discover` and error -32022 name them. */
export const VERSIONS: readonly string[] = [...MODERN_VERSIONS, ...LEGACY_VERSIONS];

export type Era = 'legacy' | 'modern';

/**
 * The version that answers an `initialize` (2025-11-25 basic/lifecycle, Version Negotiation): the one asked for when it
 * is served, else the newest.
 */
export function negotiateVersion(asked: string | null): string {
  const [newest = ''] = LEGACY_VERSIONS;
  return asked !== null && LEGACY_VERSIONS.includes(asked) ? asked : newest;
}
