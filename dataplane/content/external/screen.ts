import { splice, spliceWithin, type Edit } from '../../json/splice.ts';
import { stringToken } from '../../json/text.ts';
import { leavesOfMessage, leavesOfSpan } from '../leaves.ts';
import type { Finding } from '../resolve.ts';
import type { RuleSet } from '../rule-set.ts';
import {
  failed,
  NO_FINDINGS,
  textOf,
  wantedBy,
  type MessageRedaction,
  type SpanRedaction,
  type TextRedaction,
} from '../settle.ts';
import { askWebhooks, hasWebhooks } from './ask-webhooks.ts';
import { lookThrough } from './look-through.ts';
import { mergeAgain, mergeFindings } from './merge-findings.ts';
import { subjectOfMessage, type Subject } from './question.ts';

/** A value of a body to be looked through. */
export interface ScreenedSpan {
  readonly start: number;
  readonly end: number;
  /** It is the `arguments` of a request, which a webhook may replace; at most one of a body is. */
  readonly what?: 'arguments';
  /** The token of the name that it has, which a webhook is told too. */
  readonly name?: { readonly start: number; readonly end: number };
}

/**
 * What `redactMessage` is for rule sets without external detectors, for all: a JSON-RPC message after the rules. Detectors
 * that find places come first, all at once on the original texts; webhooks are asked about what those leave of it. What a
 * webhook puts there is looked through like the message before it. Never rejects: whatever goes wrong blocks the message,
 * and so does an abort.
 */
export async function screenMessage(rules: RuleSet, message: Buffer, signal: AbortSignal): Promise<MessageRedaction> {
  if (rules.empty) return { kind: 'unchanged', bytes: message, findings: NO_FINDINGS };
  // Nobody waits for it: not even this process looks into it.
  if (signal.aborted) return failed('external');
  try {
    return await screenWhole(rules, message, signal);
  } catch {
    return failed('external');
  }
}

/** The same of several values of one body that is known to be UTF-8: an analyzer is asked about all of them at once. */
export async function screenSpans(
  rules: RuleSet,
  bytes: Buffer,
  spans: readonly ScreenedSpan[],
  signal: AbortSignal,
): Promise<SpanRedaction> {
  if (rules.empty) return { kind: 'unchanged', findings: NO_FINDINGS };
  if (signal.aborted) return failed('external');
  try {
    return await screenParts(rules, bytes, spans, signal);
  } catch {
    return failed('external');
  }
}

/** The same of one text by itself, as it would stand in a message: for whoever tries the rules. */
export async function screenText(rules: RuleSet, text: string, signal: AbortSignal): Promise<TextRedaction> {
  const token = Buffer.from(stringToken(text), 'utf8');
  return textOf(text, token, await screenSpans(rules, token, [{ start: 0, end: token.length }], signal));
}

async function screenWhole(rules: RuleSet, message: Buffer, signal: AbortSignal): Promise<MessageRedaction> {
  const looked = await lookThrough(rules, [leavesOfMessage(message, wantedBy(rules))], signal);
  if (looked.kind === 'blocked') return looked;
  const bytes = splice(message, looked.edits[0] ?? []);
  if (!hasWebhooks(rules)) return messageOf(message, bytes, looked.findings);
  const subject = subjectOfMessage(bytes);
  const judged = await askWebhooks(rules, subject, signal);
  const findings = mergeFindings([looked.findings, judged.findings]);
  if (judged.kind === 'blocked') return { ...judged, findings };
  if (judged.replacement === null || subject.changeable === null) return messageOf(message, bytes, findings);
  const replaced = splice(bytes, [{ ...subject.changeable, bytes: judged.replacement }]);
  const again = await lookThrough(rules, [leavesOfMessage(replaced, wantedBy(rules))], signal);
  const all = mergeAgain(findings, again.findings);
  if (again.kind === 'blocked') return { ...again, findings: all };
  return messageOf(message, splice(replaced, again.edits[0] ?? []), all);
}

function messageOf(before: Buffer, after: Buffer, findings: readonly Finding[]): MessageRedaction {
  return { kind: before === after ? 'unchanged' : 'changed', bytes: after, findings };
}

async function screenParts(
  rules: RuleSet,
  bytes: Buffer,
  spans: readonly ScreenedSpan[],
  signal: AbortSignal,
): Promise<SpanRedaction> {
  const wanted = wantedBy(rules);
  const inOrder = [...spans].sort((a, b) => a.start - b.start);
  const gathered = inOrder.map((span) => leavesOfSpan(bytes, span, wanted));
  const looked = await lookThrough(rules, gathered, signal);
  if (looked.kind === 'blocked') return looked;
  if (!hasWebhooks(rules)) return spansOf(looked.edits.flat(), looked.findings);
  const subject = subjectOfSpans(bytes, inOrder, looked.edits);
  const judged = await askWebhooks(rules, subject, signal);
  const findings = mergeFindings([looked.findings, judged.findings]);
  if (judged.kind === 'blocked') return { ...judged, findings };
  if (judged.replacement === null) return spansOf(looked.edits.flat(), findings);
  const { replacement } = judged;
  const again = await lookThrough(
    rules,
    [leavesOfSpan(replacement, { start: 0, end: replacement.length }, wanted)],
    signal,
  );
  const all = mergeAgain(findings, again.findings);
  if (again.kind === 'blocked') return { ...again, findings: all };
  const argumentBytes = splice(replacement, again.edits[0] ?? []);
  const edits = inOrder.flatMap(({ start, end, what }, at) =>
    what === 'arguments' ? [{ start, end, bytes: argumentBytes }] : (looked.edits[at] ?? []),
  );
  return spansOf(edits, all);
}

function spansOf(edits: readonly Edit[], findings: readonly Finding[]): SpanRedaction {
  return edits.length === 0 ? { kind: 'unchanged', findings } : { kind: 'changed', edits, findings };
}

/** The values as they are after the edits, and their names. Those that are not the arguments are one list. */
function subjectOfSpans(bytes: Buffer, spans: readonly ScreenedSpan[], edits: readonly (readonly Edit[])[]): Subject {
  const values = new Map<string, string>();
  const others: string[] = [];
  const positions = new Map(spans.map(({ start }, at) => [start, at]));
  const after = (span: { readonly start: number; readonly end: number }): string =>
    spliceWithin(bytes, span, edits[positions.get(span.start) ?? -1] ?? []).toString('utf8');
  let changeable: Subject['changeable'] = null;
  for (const span of spans) {
    const { start, end, what, name } = span;
    const json = after(span);
    if (what !== 'arguments') {
      others.push(name === undefined ? json : `{${after(name)}:${json}}`);
      continue;
    }
    values.set('arguments', json);
    if (json.startsWith('{')) changeable = { what: 'arguments', start, end };
  }
  if (others.length > 0) values.set('values', `[${others.join(',')}]`);
  return { values, changeable };
}
