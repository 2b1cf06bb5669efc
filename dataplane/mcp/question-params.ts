import { redactSpan, type RuleSet } from '../content/index.ts';
import type { Span } from './scan-level.ts';
import { splice } from './splice.ts';
import { mapUris, type UriMap } from './uri-carriers.ts';

/**
 * The parameters of a server's question as its client gets them, as JSON text: after the rules, and with resources under
 * the names that they have here, so that no server can speak of another's. Null when they may not pass.
 *
 * @param mapUri From the server's URIs to ours; null where they are the same.
 */
export function questionParams(
  rules: RuleSet,
  bytes: Buffer,
  span: Span,
  method: string,
  mapUri: UriMap | null,
): string | null {
  const params = redacted(rules, bytes, span);
  return params === null ? null : mapQuestionUris(params, method, mapUri);
}

/** The same of parameters, JSON text, that the rules were applied to before. */
export function mapQuestionUris(params: string, method: string, mapUri: UriMap | null): string {
  if (mapUri === null) return params;
  const bytes = Buffer.from(params);
  const span = { start: 0, end: bytes.length };
  return splice(bytes, mapUris(method, bytes, { result: null, params: span }, mapUri)).toString('utf8');
}

/** A value after the rules, as JSON text; null when it may not pass. */
export function redacted(rules: RuleSet, bytes: Buffer, span: Span): string | null {
  const redaction = redactSpan(rules, bytes, span);
  if (redaction.kind === 'blocked') return null;
  if (redaction.kind === 'unchanged') return bytes.toString('utf8', span.start, span.end);
  const moved = redaction.edits.map((edit) => ({
    ...edit,
    start: edit.start - span.start,
    end: edit.end - span.start,
  }));
  return splice(bytes.subarray(span.start, span.end), moved).toString('utf8');
}
