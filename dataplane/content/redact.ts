import { splice, type Edit } from '../json/splice.ts';
import { stringText, stringToken } from '../json/text.ts';
import { editsOf } from './apply.ts';
import type { Wanted } from './carriers.ts';
import type { ContentFailure, RuleDetection } from './detect/detection.ts';
import { detect } from './detect/detect.ts';
import { leavesOfMessage, leavesOfSpan, type Leaf, type Leaves, type LeavesResult } from './leaves.ts';
import { resolve, type Finding } from './resolve.ts';
import type { RuleSet } from './rule-set.ts';

/** `failure` null: a rule blocks; otherwise the rules could not be applied, and nothing passes unseen. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly failure: ContentFailure | null;
  readonly findings: readonly Finding[];
}

export type SpanRedaction =
  | { readonly kind: 'unchanged'; readonly findings: readonly Finding[] }
  | { readonly kind: 'changed'; readonly edits: readonly Edit[]; readonly findings: readonly Finding[] }
  | Blocked;

export type MessageRedaction =
  { readonly kind: 'unchanged' | 'changed'; readonly bytes: Buffer; readonly findings: readonly Finding[] } | Blocked;

export type TextRedaction =
  { readonly kind: 'unchanged' | 'changed'; readonly text: string; readonly findings: readonly Finding[] } | Blocked;

const NO_FINDINGS: readonly Finding[] = [];

/**
 * Applies rules to every string below one JSON value of a body, such as `params.arguments`. `span` is
 * its place, in a body known to be UTF-8. The edits are for `splice` and leave every other byte as it is.
 */
export function redactSpan(
  rules: RuleSet,
  bytes: Buffer,
  span: { readonly start: number; readonly end: number },
): SpanRedaction {
  if (rules.empty) return { kind: 'unchanged', findings: NO_FINDINGS };
  return redactLeaves(rules, leavesOfSpan(bytes, span, wantedBy(rules)));
}

/** Applies rules to every carrier of text in one JSON-RPC message: a response, an error, a notification or a server's request. */
export function redactMessage(rules: RuleSet, message: Buffer): MessageRedaction {
  if (rules.empty) return { kind: 'unchanged', bytes: message, findings: NO_FINDINGS };
  const redaction = redactLeaves(rules, leavesOfMessage(message, wantedBy(rules)));
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
  const redaction = redactLeaves(rules, leavesOfSpan(token, { start: 0, end: token.length }, wantedBy(rules)));
  switch (redaction.kind) {
    case 'blocked':
      return redaction;
    case 'unchanged':
      return { kind: 'unchanged', text, findings: redaction.findings };
    case 'changed': {
      const changed = splice(token, redaction.edits);
      return { kind: 'changed', text: stringText(changed, 0, changed.length), findings: redaction.findings };
    }
  }
}

function wantedBy({ keys, numbers, recognizers }: RuleSet): Wanted {
  return { keys, numbers, paths: recognizers.length > 0, open: false };
}

function redactLeaves(rules: RuleSet, gathered: LeavesResult): SpanRedaction {
  if (!gathered.ok) return failed(gathered.failure);
  const { leaves, holders } = gathered.leaves;
  const found = detect(
    rules,
    leaves.map(({ text, keys }, at) => ({ text: holders.has(at) ? '' : text, keys })),
  );
  return found.ok ? settle(rules, gathered.leaves, found.detections) : failed(found.failure);
}

/** What becomes of the texts of a message that these detections were made in. */
function settle(rules: RuleSet, gathered: Leaves, detections: readonly RuleDetection[]): SpanRedaction {
  const { leaves } = gathered;
  const counting = detections.filter(({ text, rule }) => isFor(rules, rule, leaves[text]));
  if (counting.length === 0) return { kind: 'unchanged', findings: NO_FINDINGS };
  const { findings, blocked, lacksKey, changes } = resolve(rules, counting, (text) => leaves[text]?.text ?? '');
  if (lacksKey) return { kind: 'blocked', failure: 'no-key', findings };
  if (blocked) return { kind: 'blocked', failure: null, findings };
  if (changes.length === 0) return { kind: 'unchanged', findings };
  return { kind: 'changed', edits: editsOf(gathered, changes), findings };
}

/** Whether a rule looks into a text: into keys and numbers only where it asks for them, or where they are shown as text. */
export function isFor({ rules }: RuleSet, at: number, leaf: Leaf | undefined): boolean {
  if (leaf === undefined || leaf.forAll) return true;
  return (leaf.kind === 'key' ? rules[at]?.keys : rules[at]?.numbers) ?? true;
}

function failed(failure: ContentFailure): Blocked {
  return { kind: 'blocked', failure, findings: NO_FINDINGS };
}
