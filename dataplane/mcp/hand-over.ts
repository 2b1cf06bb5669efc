import type { Services } from './mcp-request.ts';
import type { ScannedRequest } from './scan.ts';
import type { Turn } from './turn.ts';

/** Requests of a legacy session that need nothing but its token. */
const ANYWHERE: ReadonlySet<string> = new Set([
  'ping',
  'tools/list',
  'prompts/list',
  'resources/templates/list',
  'notifications/initialized',
]);

/** Whether a message of a legacy session is for the process that has its questions, streams and sessions with servers. */
export function needsHome({ method }: ScannedRequest): boolean {
  return method === null || !ANYWHERE.has(method);
}

/**
 * Lets another process of this proxy answer a request, when it is the one that has what the request is about and is still
 * there. Whether it did, or may have; otherwise the request is answered here. One that was handed over before stays.
 */
export function handOver(services: Services, turn: Turn, to: string, body: Buffer | null): boolean | Promise<boolean> {
  if (to === services.process || turn.isHandedOver || !services.peers.has(to)) return false;
  return relay(services, turn, to, body);
}

async function relay(services: Services, turn: Turn, to: string, body: Buffer | null): Promise<boolean> {
  switch (await services.peers.relay(turn.exchange, to, body)) {
    case 'gone':
      return false;
    case 'answered':
      turn.leave();
      return true;
    case 'lost':
      turn.refuse('internal', { recorded: 'worker-lost', detail: 'what was asked may have been done' });
      return true;
  }
}
