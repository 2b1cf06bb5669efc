import {
  redactMessage,
  screenMessage,
  type Blocked,
  type Finding,
  type MessageRedaction,
  type RuleSet,
} from '../content/index.ts';
import { scanResponse, type ScannedResponse } from './scan-response.ts';

/** A server's message after the rules. */
export type RedactedMessage =
  | {
      readonly kind: 'passed';
      readonly bytes: Buffer;
      readonly scanned: ScannedResponse;
      readonly findings: readonly Finding[];
    }
  | Blocked;

/** Whoever waits for what others say of a message. */
export interface Waiter {
  /** Aborted when it does not wait any more. Asked for only where others are asked. */
  readonly signal: AbortSignal;
}

/**
 * Applies the rules to a message, and reads it anew where they changed it. What cannot be read any more is blocked. A
 * promise, which never rejects, only where rules ask others.
 */
export function redactScanned(
  rules: RuleSet,
  bytes: Buffer,
  scanned: ScannedResponse,
  waiter: Waiter,
): RedactedMessage | Promise<RedactedMessage> {
  if (rules.external.length === 0) return readAgain(redactMessage(rules, bytes), scanned);
  return screenMessage(rules, bytes, waiter.signal).then((redaction) => readAgain(redaction, scanned));
}

function readAgain(redaction: MessageRedaction, scanned: ScannedResponse): RedactedMessage {
  if (redaction.kind === 'blocked') return redaction;
  const { bytes, findings } = redaction;
  if (redaction.kind === 'unchanged') return { kind: 'passed', bytes, scanned, findings };
  const again = scanResponse(bytes);
  if (!again.ok || !isAlike(again.message, scanned)) return { kind: 'blocked', failure: 'not-json', findings };
  return { kind: 'passed', bytes, scanned: again.message, findings };
}

/** Whether a message still is what it was: none becomes an answer, a question or a list by being changed. */
function isAlike(changed: ScannedResponse, scanned: ScannedResponse): boolean {
  return (
    changed.kind === scanned.kind &&
    changed.method === scanned.method &&
    changed.resultType?.text === scanned.resultType?.text
  );
}
