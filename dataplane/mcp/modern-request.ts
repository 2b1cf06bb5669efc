import type { RequestHeaders } from '../http/request-headers.ts';
import { checkModern, checkName, type Check } from './era.ts';
import { NOTIFICATIONS, REQUESTS } from './methods.ts';
import type { ScannedRequest } from './scan.ts';
import type { Era } from './versions.ts';

/** Whether a method is one of those that are named in code, and so nothing that somebody made up. */
export const isServed = (method: string | null): boolean =>
  method !== null && (REQUESTS.has(method) || NOTIFICATIONS.has(method));

/** What is wrong with a modern request, before anything is routed. */
export function checkModernRequest(message: ScannedRequest, headers: RequestHeaders): Check {
  if (message.kind !== 'request') return null;
  const method = REQUESTS.get(message.method ?? '');
  if (method === undefined || !isOf(method.eras, 'modern')) {
    return { reason: 'unknown-method-modern', detail: null, data: null };
  }
  return (
    checkModern(message, headers) ?? (method.mirrors === null ? null : checkName(method.mirrors, message, headers))
  );
}

const isOf = (eras: readonly Era[], era: Era): boolean => eras.includes(era);
