import type { Channel } from '../upstream/channel.ts';
import { IGNORE_ANSWER } from '../upstream/ignore-answer.ts';
import type { ClientContext, McpRequest, Services } from './mcp-request.ts';

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

/** The severity from which a client wants log messages; null = it has not said. */
export function wantedLevel(services: Services, { era, message, session }: McpRequest): string | null {
  if (era === 'modern') return message.logLevel;
  return session === null ? null : services.clientStreams.logLevel(session);
}

/**
 * Whether a log message of that severity goes to the client: a modern one gets what its request asks for, else nothing; a
 * legacy one what it set for its session, else everything.
 */
export function isLogWanted(services: Services, request: McpRequest, level: string | null): boolean {
  const severity = LOG_LEVELS.indexOf(level ?? '');
  if (severity < 0) return false;
  const wanted = wantedLevel(services, request);
  if (wanted === null) return request.era === 'legacy';
  return severity >= LOG_LEVELS.indexOf(wanted);
}

const levels = new WeakMap<Channel, string>();

/** Tells a legacy server from which severity its log is wanted, when it is another one than it was told last. */
export function tellLevel({ snapshot }: ClientContext, server: number, channel: Channel, level: string | null): void {
  const logs = snapshot.bundle.catalog.servers[server]?.capabilities.logging === true;
  if (level === null || channel.era === 'modern' || !logs || levels.get(channel) === level) return;
  levels.set(channel, level);
  const id = Buffer.from(String(channel.mint()));
  const method = 'logging/setLevel';
  const body = Buffer.from(
    `{"jsonrpc":"2.0","id":${id.toString()},"method":"${method}","params":{"level":${JSON.stringify(level)}}}`,
  );
  channel.send({ body, method, id, progressToken: null, name: null, headers: [] }, IGNORE_ANSWER);
}
