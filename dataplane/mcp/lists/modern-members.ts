import type { ServerInfo } from '../../../schemas/types/catalog.ts';
import { SERVER_INFO_KEY } from '../server-profile.ts';

/**
 * The members that a modern list has and a legacy one must not have, as JSON text to put behind its first: how long it is
 * good, and that it is good for one caller only (2026-07-28 server/utilities/caching).
 */
export function modernMembers(ttlMs: number, serverInfo: ServerInfo): string {
  return `,"resultType":"complete","ttlMs":${ttlMs},"cacheScope":"private","_meta":${JSON.stringify({ [SERVER_INFO_KEY]: serverInfo })}`;
}
