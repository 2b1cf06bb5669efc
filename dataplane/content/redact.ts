import { splice } from '../json/splice.ts';
import { stringToken } from '../json/text.ts';
import { Deadline } from './detect/deadline.ts';
import { leavesOfMessage, leavesOfSpan, type LeavesResult } from './leaves.ts';
import type { RuleSet } from './rule-set.ts';
import {
  detectIn,
  failed,
  NO_FINDINGS,
  settle,
  textOf,
  wantedBy,
  type MessageRedaction,
  type SpanRedaction,
  type TextRedaction,
} from './settle.ts';

/**
 * Applies rules to every string below one JSON value of a body, such as `params.arguments`. `span` is
 * its place, in a body known to be UTF-8. The edits are for `splice` and leave every other byte as it is. `deadline`: of the
 * whole body, where more of it is looked through.
 */
export function redactSpan(
  rules: RuleSet,
  bytes: Buffer,
  span: { readonly start: number; readonly end: number },
  deadline: Deadline = new Deadline(rules.clock),
): SpanRedaction {
  if (rules.empty) return { kind: 'unchanged', findings: NO_FINDINGS };
  return redactLeaves(rules, leavesOfSpan(bytes, span, wantedBy(rules)), deadline);
}

/** Applies rules to every carrier of text in one JSON-RPC message: a response, an error, a notification or a server's request. */
export function redactMessage(rules: RuleSet, message: Buffer): MessageRedaction {
  if (rules.empty) return { kind: 'unchanged', bytes: message, findings: NO_FINDINGS };
  const redaction = redactLeaves(rules, leavesOfMessage(message, wantedBy(rules)), new Deadline(rules.clock));
  switch (redaction.kind) {
    case 'blocked':
      return redaction;
    case 'unchanged':
      return { kind: 'unchanged', bytes: message, findings: redaction.findings };
    case 'changed':
      return { kind: 'changed', bytes: splice(message, redaction.edits), findings: redaction.findings };
  }
}

/** Applies rules to one text by itself, as it would stand in a message: examples, tests, the self-test, fields of the audit record. */
export function redactText(rules: RuleSet, text: string): TextRedaction {
  if (rules.empty) return { kind: 'unchanged', text, findings: NO_FINDINGS };
  const token = Buffer.from(stringToken(text), 'utf8');
  const gathered = leavesOfSpan(token, { start: 0, end: token.length }, wantedBy(rules));
  const redaction = redactLeaves(rules, gathered, new Deadline(rules.clock));
  return textOf(text, token, redaction);
}

/** A set with detectors that are asked over the network is for `screen`: who cannot wait for them lets nothing pass. */
function redactLeaves(rules: RuleSet, gathered: LeavesResult, deadline: Deadline): SpanRedaction {
  if (rules.external.length > 0) return failed('external');
  if (!gathered.ok) return failed(gathered.failure);
  const found = detectIn(rules, gathered.leaves, deadline);
  return found.ok ? settle(rules, gathered.leaves, found.detections) : failed(found.failure);
}
