import { redactSpan, type Blocked, type Finding, type RuleSet } from '../content/index.ts';
import type { ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { membersOf, type Edit } from './splice.ts';

export type RequestContent =
  { readonly kind: 'passed'; readonly edits: readonly Edit[]; readonly findings: readonly Finding[] } | Blocked;

/** Members that say what is called and how: no text of the caller's. */
const OF_PARAMS: ReadonlySet<string> = new Set(['name', '_meta']);
const OF_META: ReadonlySet<string> = new Set([
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientCapabilities',
  'io.modelcontextprotocol/logLevel',
  'progressToken',
  'traceparent',
  'tracestate',
]);

/** Applies rules to all text that a call carries to its server: the arguments, and whatever else its parameters have. */
export function redactRequest(rules: RuleSet, body: Buffer, message: ScannedRequest): RequestContent {
  const edits: Edit[] = [];
  const findings: Finding[] = [];
  if (rules.empty) return { kind: 'passed', edits, findings };
  for (const span of carriersOf(body, message)) {
    const redaction = redactSpan(rules, body, span);
    if (redaction.kind === 'blocked') return { ...redaction, findings: [...findings, ...redaction.findings] };
    findings.push(...redaction.findings);
    if (redaction.kind === 'changed') edits.push(...redaction.edits);
  }
  return { kind: 'passed', edits, findings };
}

function carriersOf(body: Buffer, message: ScannedRequest): readonly Span[] {
  const inParams =
    message.params === null ? [] : membersOf(body, message.params).filter(({ key }) => !OF_PARAMS.has(key));
  const inMeta = message.meta === null ? [] : membersOf(body, message.meta).filter(({ key }) => !OF_META.has(key));
  return [...inParams, ...inMeta];
}
