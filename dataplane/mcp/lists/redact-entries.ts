import { Deadline, redactSpan, screenSpans, type RuleSet, type SpanRedaction } from '../../content/index.ts';
import { SCREENING_ENTRIES_BYTES, SCREENING_ENTRIES_MAX } from '../../limits.ts';
import type { Waiter } from '../redact-scanned.ts';
import { splice, type Edit } from '../splice.ts';

/** One entry of a list after the rules; null = it may not be shown. */
export interface RedactedEntry {
  readonly entry: Buffer | null;
  readonly isChanged: boolean;
  readonly findings: SpanRedaction['findings'];
  /** The rules could not be applied. */
  readonly isUnseen: boolean;
}

/** Applies rules to each of the entries by itself. A promise, which never rejects, only where rules ask others. */
export function redactEntries(
  rules: RuleSet,
  entries: readonly Buffer[],
  waiter: Waiter,
): readonly RedactedEntry[] | Promise<readonly RedactedEntry[]> {
  if (rules.external.length > 0) return screenEntries(rules, entries, waiter.signal);
  const deadline = new Deadline(rules.clock);
  return entries.map((entry) => redacted(entry, redactSpan(rules, entry, { start: 0, end: entry.length }, deadline)));
}

/** Others are asked about many at once: a list has too many entries to ask about each. */
async function screenEntries(
  rules: RuleSet,
  entries: readonly Buffer[],
  signal: AbortSignal,
): Promise<readonly RedactedEntry[]> {
  const screened: RedactedEntry[] = [];
  let group: Buffer[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (group.length > 0 && (group.length >= SCREENING_ENTRIES_MAX || bytes + entry.length > SCREENING_ENTRIES_BYTES)) {
      screened.push(...(await screenGroup(rules, group, signal)));
      group = [];
      bytes = 0;
    }
    group.push(entry);
    bytes += entry.length;
  }
  return [...screened, ...(await screenGroup(rules, group, signal))];
}

/** Which of several entries is blocked is found by halves, so that the others are shown. */
async function screenGroup(
  rules: RuleSet,
  entries: readonly Buffer[],
  signal: AbortSignal,
): Promise<readonly RedactedEntry[]> {
  if (entries.length === 0) return [];
  let end = 0;
  const spans = entries.map((entry) => ({ start: end, end: (end += entry.length) }));
  const redaction = await screenSpans(rules, Buffer.concat(entries), spans, signal);
  // Whoever gave no answer about many gives none about some of them.
  const isHopeless = redaction.kind === 'blocked' && redaction.failure === 'external';
  if (redaction.kind === 'blocked' && entries.length > 1 && !isHopeless) {
    const middle = entries.length >> 1;
    return [
      ...(await screenGroup(rules, entries.slice(0, middle), signal)),
      ...(await screenGroup(rules, entries.slice(middle), signal)),
    ];
  }
  return entries.map((entry, at) => {
    const { start, end: after } = spans[at] ?? { start: 0, end: 0 };
    // What was found in all of them together is counted once.
    const findings = at === 0 ? redaction.findings : [];
    if (redaction.kind !== 'changed') return redacted(entry, { ...redaction, findings });
    const edits = redaction.edits
      .filter((edit) => edit.start >= start && edit.end <= after)
      .map((edit): Edit => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    return redacted(entry, edits.length === 0 ? { kind: 'unchanged', findings } : { kind: 'changed', edits, findings });
  });
}

function redacted(entry: Buffer, redaction: SpanRedaction): RedactedEntry {
  const { findings } = redaction;
  switch (redaction.kind) {
    case 'blocked':
      return { entry: null, isChanged: false, findings, isUnseen: redaction.failure !== null };
    case 'unchanged':
      return { entry, isChanged: false, findings, isUnseen: false };
    case 'changed':
      return { entry: splice(entry, redaction.edits), isChanged: true, findings, isUnseen: false };
  }
}
