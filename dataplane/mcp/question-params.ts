import { redactSpan, screenSpans, type Finding, type RuleSet, type SpanRedaction } from '../content/index.ts';
import { goOn } from '../go-on.ts';
import type { Waiter } from './redact-scanned.ts';
import type { Span } from './scan-level.ts';
import { splice, spliceWithin } from './splice.ts';
import { mapUris, type UriMap } from './uri-carriers.ts';

/** A part of a message after the rules. */
export interface RedactedPart {
  /** JSON text; null when it may not pass. */
  readonly text: string | null;
  readonly findings: readonly Finding[];
}

/** A server's question as its client gets it, parameters apart. */
interface Asking {
  readonly method: string;
  /** From the server's URIs to ours; null where they are the same. */
  readonly mapUri: UriMap | null;
}

/**
 * The parameters of a server's question as its client gets them: after the rules, and with resources under the names that
 * they have here, so that no server can speak of another's. A promise only where rules ask others.
 */
export function questionParams(
  rules: RuleSet,
  bytes: Buffer,
  span: Span,
  asking: Asking,
  waiter: Waiter,
): RedactedPart | Promise<RedactedPart> {
  return goOn(redactPart(rules, bytes, span, waiter), (params) => withUris(params, asking));
}

function withUris(params: RedactedPart, { method, mapUri }: Asking): RedactedPart {
  return params.text === null ? params : { ...params, text: mapQuestionUris(params.text, method, mapUri) };
}

/** The same of parameters, JSON text, that the rules were applied to before. */
export function mapQuestionUris(params: string, method: string, mapUri: UriMap | null): string {
  if (mapUri === null) return params;
  const bytes = Buffer.from(params);
  const span = { start: 0, end: bytes.length };
  return splice(bytes, mapUris(method, bytes, { result: null, params: span }, mapUri)).toString('utf8');
}

/** A value after the rules. A promise, which never rejects, only where rules ask others. */
export function redactPart(
  rules: RuleSet,
  bytes: Buffer,
  span: Span,
  waiter: Waiter,
): RedactedPart | Promise<RedactedPart> {
  if (rules.external.length === 0) return partOf(redactSpan(rules, bytes, span), bytes, span);
  return screenSpans(rules, bytes, [span], waiter.signal).then((redaction) => partOf(redaction, bytes, span));
}

function partOf(redaction: SpanRedaction, bytes: Buffer, span: Span): RedactedPart {
  const { findings } = redaction;
  if (redaction.kind === 'blocked') return { text: null, findings };
  if (redaction.kind === 'unchanged') return { text: bytes.toString('utf8', span.start, span.end), findings };
  return { text: spliceWithin(bytes, span, redaction.edits).toString('utf8'), findings };
}
