import type { McpRequest, Services } from './mcp-request.ts';

/** Severities of RFC 5424, least first (2025-11-25 server/utilities/logging). */
export const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/**
 * Whether a log message of that severity goes to the client: a modern one gets what its request asks for, else nothing; a
 * legacy one what it set for its session, else everything.
 */
export function isLogWanted(services: Services, { era, message, session }: McpRequest, level: string | null): boolean {
  const severity = LOG_LEVELS.indexOf(level ?? '');
  if (severity < 0) return false;
  const wanted =
    era === 'modern' ? message.logLevel : session === null ? null : services.clientStreams.logLevel(session);
  if (wanted === null) return era === 'legacy';
  return severity >= LOG_LEVELS.indexOf(wanted);
}
