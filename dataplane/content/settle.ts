import type { Edit } from '../json/splice.ts';
import { editsOf } from './apply.ts';
import type { Wanted } from './carriers.ts';
import { detect, type DetectResult } from './detect/detect.ts';
import type { ContentFailure, RuleDetection } from './detect/detection.ts';
import type { Leaf, Leaves } from './leaves.ts';
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

export const NO_FINDINGS: readonly Finding[] = [];

/** What texts are to be gathered for a set of rules. */
export function wantedBy({ keys, numbers, recognizers }: RuleSet): Wanted {
  return { keys, numbers, paths: recognizers.length > 0, open: false };
}

/** What the rules that need nobody else find in the texts of a message. */
export function detectIn(rules: RuleSet, { leaves, holders }: Leaves): DetectResult {
  return detect(
    rules,
    leaves.map(({ text, keys }, at) => ({ text: holders.has(at) ? '' : text, keys })),
  );
}

/** What becomes of the texts of a message that these detections were made in. */
export function settle(rules: RuleSet, gathered: Leaves, detections: readonly RuleDetection[]): SpanRedaction {
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

/** What is said of a message that could not be looked through. */
export function failed(failure: ContentFailure): Blocked {
  return { kind: 'blocked', failure, findings: NO_FINDINGS };
}
