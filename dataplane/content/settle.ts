import { splice, type Edit } from '../json/splice.ts';
import { stringText } from '../json/text.ts';
import { editsOf } from './apply.ts';
import type { Wanted } from './carriers.ts';
import type { Deadline } from './detect/deadline.ts';
import { detect, type DetectResult } from './detect/detect.ts';
import type { ContentFailure, RuleDetection } from './detect/detection.ts';
import type { Leaf, Leaves } from './leaves.ts';
import { offsetInText } from './readings.ts';
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

export const NO_FINDINGS: readonly Finding[] = [];

/** What texts are to be gathered for a set of rules. */
export function wantedBy({ keys, numbers, recognizers }: RuleSet): Wanted {
  return { keys, numbers, paths: recognizers.length > 0, open: false };
}

/** What the rules that need nobody else find in texts of a message. `deadline`: of all its texts. */
export function detectIn(rules: RuleSet, { leaves, holders }: Leaves, deadline: Deadline): DetectResult {
  return detect(
    rules,
    leaves.map(({ text, keys }, at) => ({ text: holders.has(at) ? '' : text, keys })),
    deadline,
  );
}

/** What becomes of the texts of a message that these detections were made in. */
export function settle(rules: RuleSet, gathered: Leaves, detections: readonly RuleDetection[]): SpanRedaction {
  const { leaves } = gathered;
  const counting = detections.filter(({ text, rule }) => isFor(rules, rule, leaves[text]));
  if (counting.length === 0) return { kind: 'unchanged', findings: NO_FINDINGS };
  const { places, foundIn } = inTexts(leaves, counting);
  const { findings, blocked, lacksKey, changes } = resolve(rules, places, foundIn);
  if (lacksKey) return { kind: 'blocked', failure: 'no-key', findings };
  if (blocked) return { kind: 'blocked', failure: null, findings };
  if (changes.length === 0) return { kind: 'unchanged', findings };
  return { kind: 'changed', edits: editsOf(gathered, changes), findings };
}

/**
 * Detections where they are in the texts themselves, whichever reading they were made in; what the text itself has in a
 * place, or a reading of fewer escapes, no other reading has again. `foundIn`: what was read there.
 */
export function inTexts(
  leaves: readonly Leaf[],
  detections: readonly RuleDetection[],
): { readonly places: readonly RuleDetection[]; readonly foundIn: (detection: RuleDetection) => string } {
  const read = detections.filter(({ text }) => (leaves[text]?.reads ?? null) !== null);
  const plain = read.length === 0 ? detections : detections.filter(({ text }) => leaves[text]?.reads === null);
  const readings = new Map<RuleDetection, string>();
  const foundIn = (place: RuleDetection): string =>
    readings.get(place) ?? leaves[place.text]?.text.slice(place.start, place.end) ?? '';
  if (read.length === 0) return { places: plain, foundIn };
  const places = [...plain];
  const known = new Set(plain.map(keyOf));
  for (const detection of read.sort((a, b) => a.text - b.text)) {
    const leaf = leaves[detection.text];
    if (leaf === undefined || leaf.reads === null) continue;
    const { leaf: text, reading } = leaf.reads;
    const start = offsetInText(reading, detection.start);
    const place = { ...detection, text, start, end: offsetInText(reading, detection.end) };
    if (known.has(keyOf(place))) continue;
    known.add(keyOf(place));
    places.push(place);
    readings.set(place, leaf.text.slice(detection.start, detection.end));
  }
  return { places, foundIn };
}

const keyOf = ({ text, start, end, rule, entity }: RuleDetection): string =>
  `${text} ${start} ${end} ${rule} ${entity}`;

/** A text by itself after what was done to its string token. */
export function textOf(text: string, token: Buffer, redaction: SpanRedaction): TextRedaction {
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

/** Whether a rule looks into a text: into keys and numbers only where it asks for them, or where they are shown as text. */
export function isFor({ rules }: RuleSet, at: number, leaf: Leaf | undefined): boolean {
  if (leaf === undefined || leaf.forAll) return true;
  return (leaf.kind === 'key' ? rules[at]?.keys : rules[at]?.numbers) ?? true;
}

/** What is said of a message that could not be looked through. */
export function failed(failure: ContentFailure): Blocked {
  return { kind: 'blocked', failure, findings: NO_FINDINGS };
}
