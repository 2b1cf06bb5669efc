import { JsonScanner } from '../json/scanner.ts';
import { splice, type Edit } from '../json/splice.ts';
import { stringText } from '../json/text.ts';
import { CONTENT_TEXTS_MAX, JSON_DEPTH_MAX } from '../limits.ts';
import { changeText, editsOf } from './apply.ts';
import { textsOfMessage, textsOfValue } from './carriers.ts';
import type { ContentFailure } from './detect/detection.ts';
import { detect } from './detect/detect.ts';
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

const ALL_LEVELS = JSON_DEPTH_MAX + 1;
const NO_FINDINGS: readonly Finding[] = [];
const scanner = new JsonScanner();

/**
 * Applies rules to every string below one JSON value of a body, such as `params.arguments`; keys are not text. `span` is
 * its place, in a body known to be UTF-8. The edits are for `splice` and leave every other byte as it is.
 */
export function redactSpan(
  rules: RuleSet,
  bytes: Buffer,
  span: { readonly start: number; readonly end: number },
): SpanRedaction {
  if (rules.empty) return { kind: 'unchanged', findings: NO_FINDINGS };
  if (scanner.scanWithin(bytes, span.start, span.end, ALL_LEVELS) !== null) return failed('not-json');
  return redactNodes(rules, bytes, textsOfValue(scanner.tape));
}

/** Applies rules to every carrier of text in one JSON-RPC message: a response, an error, a notification or a server's request. */
export function redactMessage(rules: RuleSet, message: Buffer): MessageRedaction {
  if (rules.empty) return { kind: 'unchanged', bytes: message, findings: NO_FINDINGS };
  if (scanner.scan(message, ALL_LEVELS) !== null) return failed('not-json');
  const redaction = redactNodes(rules, message, textsOfMessage(message, scanner.tape));
  switch (redaction.kind) {
    case 'blocked':
      return redaction;
    case 'unchanged':
      return { kind: 'unchanged', bytes: message, findings: redaction.findings };
    case 'changed':
      return { kind: 'changed', bytes: splice(message, redaction.edits), findings: redaction.findings };
  }
}

/** Applies rules to one text by itself: examples, tests, the self-test, fields of the audit record. */
export function redactText(rules: RuleSet, text: string): TextRedaction {
  if (rules.empty) return { kind: 'unchanged', text, findings: NO_FINDINGS };
  const found = detect(rules, [{ text, keys: [] }]);
  if (!found.ok) return failed(found.failure);
  const { findings, blocked, lacksKey, changes } = resolve(rules, found.detections, () => text);
  if (lacksKey) return { kind: 'blocked', failure: 'no-key', findings };
  if (blocked) return { kind: 'blocked', failure: null, findings };
  if (changes.length === 0) return { kind: 'unchanged', text, findings };
  return { kind: 'changed', text: changeText(text, changes), findings };
}

/** `nodes`: the strings to look into, on the tape of this module's scanner. */
function redactNodes(rules: RuleSet, bytes: Buffer, nodes: readonly number[]): SpanRedaction {
  if (nodes.length > CONTENT_TEXTS_MAX) return failed('too-many-texts');
  const { tape } = scanner;
  const found = detect(
    rules,
    nodes.map((node) => ({ text: stringText(bytes, tape.start(node), tape.end(node)), keys: [] })),
  );
  if (!found.ok) return failed(found.failure);
  if (found.detections.length === 0) return { kind: 'unchanged', findings: NO_FINDINGS };
  const { findings, blocked, lacksKey, changes } = resolve(rules, found.detections, (at) => {
    const node = nodes[at] ?? 0;
    return stringText(bytes, tape.start(node), tape.end(node));
  });
  if (lacksKey) return { kind: 'blocked', failure: 'no-key', findings };
  if (blocked) return { kind: 'blocked', failure: null, findings };
  if (changes.length === 0) return { kind: 'unchanged', findings };
  const edits = editsOf(
    bytes,
    nodes.map((node) => tape.start(node)),
    changes,
  );
  return { kind: 'changed', edits, findings };
}

function failed(failure: ContentFailure): Blocked {
  return { kind: 'blocked', failure, findings: NO_FINDINGS };
}
