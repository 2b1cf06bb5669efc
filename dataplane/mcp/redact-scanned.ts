import { redactMessage, type Blocked, type Finding, type RuleSet } from '../content/index.ts';
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

/** Applies the rules to a message, and reads it anew where they changed it. What cannot be read any more is blocked. */
export function redactScanned(rules: RuleSet, bytes: Buffer, scanned: ScannedResponse): RedactedMessage {
  const redaction = redactMessage(rules, bytes);
  if (redaction.kind === 'blocked') return redaction;
  const { findings } = redaction;
  if (redaction.kind === 'unchanged') return { kind: 'passed', bytes, scanned, findings };
  const again = scanResponse(redaction.bytes);
  if (!again.ok) return { kind: 'blocked', failure: 'not-json', findings };
  return { kind: 'passed', bytes: redaction.bytes, scanned: again.message, findings };
}
